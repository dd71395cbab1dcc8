/// An HLS media playlist as a store that only holds files can serve it: whole segments, and nothing that
/// is waited for (RFC 8216bis §4.4).
package struct StaticPlaylist: Equatable, Sendable {
  /// Tags of parts, and of what only an origin that answers late can do.
  private static let dynamicTags = [
    "#EXT-X-SERVER-CONTROL:", "#EXT-X-PART-INF:", "#EXT-X-PART:", "#EXT-X-PRELOAD-HINT:",
    "#EXT-X-RENDITION-REPORT:",
  ]

  /// The playlist.
  package private(set) var text = ""
  /// What it names, each once, in its order.
  package private(set) var uris: [String] = []
  /// Nothing will be added.
  package private(set) var isEnded = false

  package init(_ playlist: String) {
    var known: Set<String> = []
    // Tags wait for the segment that they are of: the one that is being made is not listed.
    var waiting = ""
    for line in playlist.split(separator: "\n") {
      if line.hasPrefix("#EXT-X-ENDLIST") {
        isEnded = true
      } else if line.hasPrefix("#") {
        guard !Self.dynamicTags.contains(where: { line.hasPrefix($0) }) else { continue }
        if let map = Self.map(line), known.insert(map).inserted { uris.append(map) }
        waiting += line + "\n"
      } else {
        if known.insert(String(line)).inserted { uris.append(String(line)) }
        text += waiting + line + "\n"
        waiting = ""
      }
    }
    // Without a segment the head is all there is.
    if text.isEmpty { text = waiting }
    if isEnded { text += "#EXT-X-ENDLIST\n" }
  }

  private static func map(_ line: Substring) -> String? {
    guard line.hasPrefix("#EXT-X-MAP:"), let start = line.firstRange(of: "URI=\"") else {
      return nil
    }
    return String(line[start.upperBound...].prefix { $0 != "\"" })
  }
}
