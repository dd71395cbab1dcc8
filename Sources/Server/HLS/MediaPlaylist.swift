/// What the origin has to know of an HLS media playlist: how far it is (RFC 8216bis §4.4).
package struct MediaPlaylist: Equatable, Sendable {
  /// Of the last whole segment; -1 without one.
  package let lastSegment: Int
  /// Parts of the segment after that one.
  package let parts: Int
  /// Parts of the last whole segment; 0 if they are not listed.
  package let partsOfLastSegment: Int
  /// Seconds.
  package let targetDuration: Double
  package let isEnded: Bool
  /// The part that is being made, which a player may ask for already.
  package let preloadHint: String?
  /// It lists segments rather than other playlists.
  package let isMedia: Bool

  package init(_ text: String) {
    var sequence = 0
    var segments = 0
    var parts = 0
    var partsOfLastSegment = 0
    var target = 6.0
    var isEnded = false
    var isMedia = false
    var hint: String?
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("#EXT-X-MEDIA-SEQUENCE:") {
        sequence = Int(line.dropFirst(22)) ?? 0
      } else if line.hasPrefix("#EXT-X-TARGETDURATION:") {
        target = Double(line.dropFirst(22)) ?? target
        isMedia = true
      } else if line.hasPrefix("#EXTINF:") {
        segments += 1
        partsOfLastSegment = parts
        parts = 0
      } else if line.hasPrefix("#EXT-X-PART:") {
        parts += 1
      } else if line.hasPrefix("#EXT-X-PRELOAD-HINT:") {
        hint = Self.attribute("URI", of: line)
      } else if line.hasPrefix("#EXT-X-ENDLIST") {
        isEnded = true
      }
    }
    lastSegment = sequence + segments - 1
    self.parts = parts
    self.partsOfLastSegment = partsOfLastSegment
    targetDuration = target
    self.isEnded = isEnded
    self.isMedia = isMedia
    preloadHint = hint
  }

  private static func attribute(_ name: String, of line: Substring) -> String? {
    guard let start = line.firstRange(of: "\(name)=\"") else { return nil }
    return String(line[start.upperBound...].prefix { $0 != "\"" })
  }

  /// Whether a blocking request for this segment, or part of it, can be answered (§6.2.5.2).
  package func has(segment: Int, part: Int?) -> Bool {
    if isEnded || segment < lastSegment { return true }
    if segment == lastSegment {
      // A part that the segment did not come to have stands for the first of the next segment.
      guard let part, partsOfLastSegment > 0, part >= partsOfLastSegment else { return true }
      return parts > 0
    }
    guard segment == lastSegment + 1, let part else { return false }
    return part < parts
  }

  /// Further ahead than a server has to wait for.
  package func isTooFar(_ segment: Int) -> Bool { segment > lastSegment + 2 }
}
