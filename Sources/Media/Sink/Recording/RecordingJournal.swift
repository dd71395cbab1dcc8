internal import Foundation

/// What is known of a recording besides its parts: one line of JSON for each step, appended.
///
/// A line that was cut off by a crash is the last one, and is passed over.
struct RecordingJournal {
  /// A step.
  enum Entry: Codable, Equatable {
    /// The first line.
    case recording(container: FragmentMuxer.Container, startedAtMilliseconds: Int64)
    /// A part was begun; the time is Unix time, and where the part's zero lies.
    case part(index: Int, file: String, startedAtMilliseconds: Int64, tracks: [EncodedTrack])
    /// So many bytes of a part are on disk and whole.
    case fragment(part: Int, bytes: Int, endMilliseconds: Int64)
    /// Writing ended before it was asked to.
    case interrupted(reason: String)
    /// The file was put in its place.
    case finished(file: RecordedFile)
  }

  /// A file with fragments.
  struct Part: Equatable {
    var index: Int
    var file: String
    var startedAtMilliseconds: Int64
    var tracks: [EncodedTrack]
    /// Whole and on disk, as far as the journal tells.
    var bytes: Int = 0
  }

  static let name = "journal.jsonl"

  let folder: String
  private(set) var container: FragmentMuxer.Container?
  private(set) var parts: [Part] = []
  private(set) var finishedFile: RecordedFile?

  var path: String { "\(folder)/\(Self.name)" }

  /// Reads the journal of a folder; an empty one if there is none.
  init(folder: String) throws(FileError) {
    self.folder = folder
    guard Files.exists(path) else { return }
    let decoder = JSONDecoder()
    for line in try Files.read(path, limit: 1 << 30).split(separator: UInt8(ascii: "\n")) {
      guard let entry = try? decoder.decode(Entry.self, from: Data(line)) else { continue }
      apply(entry)
    }
  }

  /// Appends a step.
  ///
  /// - Parameter isDurable: waits until it would survive a power failure.
  mutating func append(_ entry: Entry, isDurable: Bool) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(entry) else { return }
    let isNew = !Files.exists(path)
    let file = try DurableFile(appendingTo: path)
    // A line that a crash cut off must not swallow this one.
    try file.append(Array("\n".utf8.prefix(isNew ? 0 : 1)) + Array(data))
    if isDurable {
      try file.synchronize()
      if isNew { Files.synchronizeFolder(of: path) }
    }
    apply(entry)
  }

  private mutating func apply(_ entry: Entry) {
    switch entry {
    case .recording(let container, _): self.container = container
    case .part(let index, let file, let start, let tracks):
      // A name from a file: it must not lead out of the folder.
      guard !file.contains("/"), file != ".." else { return }
      parts.append(
        Part(index: index, file: file, startedAtMilliseconds: start, tracks: tracks))
    case .fragment(let part, let bytes, _):
      guard let position = parts.lastIndex(where: { $0.index == part }) else { return }
      parts[position].bytes = bytes
    case .interrupted: break
    case .finished(let file): finishedFile = file
    }
  }
}
