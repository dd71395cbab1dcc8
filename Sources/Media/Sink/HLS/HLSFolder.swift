internal import Foundation

/// The files of one rendition: playlists, segments, parts, and what a next process has to know.
///
/// `segments.jsonl` has a line for each segment. `state.json` says how far the playlists are, for an origin that
/// answers blocking reloads: it is replaced after the playlists.
struct HLSFolder {
  /// How far the playlists of a rendition are.
  struct State: Codable, Equatable {
    /// Media sequence number of the last whole segment; -1 before the first.
    var sequence: Int
    /// Listed parts of the segment after that one.
    var parts: Int
    var hasEnded: Bool
    /// The segment that is being made.
    var openSegment: HLSPlaylist.Segment?
  }

  let path: String
  private(set) var segments: [HLSPlaylist.Segment] = []
  private(set) var state: State?

  static func segmentName(_ sequence: Int) -> String { "segment-\(sequence).m4s" }
  static func partName(_ sequence: Int, _ index: Int) -> String {
    "part-\(sequence).\(index).m4s"
  }

  /// Makes the folder, or reads what is in it.
  init(path: String) throws(FileError) {
    self.path = path
    try Files.createFolder(path)
    let decoder = JSONDecoder()
    if Files.exists("\(path)/segments.jsonl") {
      for line in try Files.read("\(path)/segments.jsonl").split(separator: UInt8(ascii: "\n")) {
        guard
          let segment = try? decoder.decode(HLSPlaylist.Segment.self, from: Data(line)),
          segment.sequence == (segments.last?.sequence ?? -1) &+ 1,
          Files.exists("\(path)/\(segment.uri)")
        else { continue }
        segments.append(segment)
      }
    }
    if let bytes = try? Files.read("\(path)/state.json") {
      state = try? decoder.decode(State.self, from: Data(bytes))
    }
  }

  /// Notes a segment whose file is on disk.
  mutating func append(_ segment: HLSPlaylist.Segment) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(segment) else { return }
    let file = try DurableFile(appendingTo: "\(path)/segments.jsonl")
    try file.append((file.length > 0 ? [UInt8(ascii: "\n")] : []) + Array(data))
    try file.synchronize()
    segments.append(segment)
  }

  mutating func replaceState(_ state: State) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(state) else { return }
    try Files.replace("\(path)/state.json", with: Array(data), isDurable: false)
    self.state = state
  }

  func write(_ name: String, _ bytes: [UInt8], isDurable: Bool) throws(FileError) {
    try Files.replace("\(path)/\(name)", with: bytes, isDurable: isDurable)
  }
}
