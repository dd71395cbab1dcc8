internal import Glibc

/// Writes the current part of a recording.
///
/// One thread at a time owns it.
final class RecordingWriter {
  let folder: String
  private let tracks: [EncodedTrack]
  private let partIndex: Int
  private let reservedBytes: Int
  private var journal: RecordingJournal
  private let muxer: FragmentMuxer
  private let file: DurableFile
  private var interleaver: PacketInterleaver
  private var fragmentStart: Int64?
  private var end: Int64 = 0
  private(set) var hasFragments = false

  init(
    folder: String, container: FragmentMuxer.Container, tracks: [EncodedTrack],
    startedAtMilliseconds: Int64, reservedBytes: Int
  ) throws(RecordingError) {
    let index: Int
    (journal, index, muxer, file) = try RecordingError.wrapping {
      var journal = try RecordingJournal(folder: folder)
      if let file = journal.finishedFile { throw RecordingError.alreadyFinished(file) }
      if let other = journal.container, other != container {
        throw RecordingError.otherContainer(other)
      }
      for part in journal.parts { try part.cutToWholeFragments(folder, container) }
      if journal.container == nil {
        try journal.append(
          .recording(container: container, startedAtMilliseconds: startedAtMilliseconds),
          isDurable: false)
      }
      let index = (journal.parts.map(\.index).max() ?? -1) &+ 1
      let name = "part-\(index).\(container.rawValue)"
      let muxer = try FragmentMuxer(container: container, tracks: tracks)
      let file = try DurableFile(appendingTo: "\(folder)/\(name)", truncatedTo: 0)
      try file.append(muxer.header)
      try journal.append(
        .part(
          index: index, file: name, startedAtMilliseconds: startedAtMilliseconds, tracks: tracks),
        isDurable: true)
      return (journal, index, muxer, file)
    }
    partIndex = index
    self.folder = folder
    self.tracks = tracks
    self.reservedBytes = reservedBytes
    interleaver = PacketInterleaver(tracks: tracks)
  }

  /// Adds packets, and ends fragments as they become long enough.
  func write(_ packets: [EncodedPacket]) throws(RecordingError) {
    var ready: [EncodedPacket] = []
    for packet in packets { interleaver.add(packet, into: &ready) }
    try add(ready)
  }

  /// Writes everything that is still held back.
  func drain() throws(RecordingError) {
    var ready: [EncodedPacket] = []
    interleaver.drain(into: &ready)
    try add(ready)
    try endFragment()
  }

  /// Puts what was added on disk.
  func endFragment() throws(RecordingError) {
    guard fragmentStart != nil else { return }
    fragmentStart = nil
    try RecordingError.wrapping {
      let bytes = try muxer.takeFragment()
      try keepReserve(for: bytes.count)
      try file.append(bytes)
      try file.synchronize()
      // Not waited for: the scan of the part finds what the journal does not know yet.
      try journal.append(
        .fragment(part: partIndex, bytes: file.length, endMilliseconds: end / 1_000_000),
        isDurable: false)
      hasFragments = true
    }
  }

  /// Writes down why the recording ends here, if there is room for that.
  func noteInterruption(_ reason: String) {
    try? journal.append(.interrupted(reason: reason), isDurable: false)
  }

  private func add(_ packets: [EncodedPacket]) throws(RecordingError) {
    for packet in packets {
      guard let track = tracks.first(where: { $0.id == packet.trackID }) else { continue }
      let start = track.nanoseconds(packet.dts)
      if let fragmentStart, start &- fragmentStart >= RecordingSink.fragmentNanoseconds {
        try endFragment()
      }
      do throws(AVError) { try muxer.add(packet) } catch { throw .libav(error) }
      if fragmentStart == nil { fragmentStart = start }
      end = max(end, track.nanoseconds(packet.dts &+ packet.duration))
    }
  }

  private func keepReserve(for count: Int) throws(FileError) {
    var status = statvfs()
    guard reservedBytes > 0, statvfs(folder, &status) == 0 else { return }
    let free = Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    guard free >= reservedBytes &+ count else { throw FileError(ENOSPC, "write a fragment") }
  }
}

extension RecordingJournal.Part {
  /// Removes what a crash left behind the last whole fragment; a part without any becomes empty.
  ///
  /// - Returns: what is left.
  @discardableResult
  func cutToWholeFragments(
    _ folder: String, _ container: FragmentMuxer.Container
  ) throws(FileError) -> FragmentScanner? {
    let path = "\(folder)/\(file)"
    guard let size = Files.size(path) else { return nil }
    let scanner = try FragmentScanner(path: path, container: container)
    if scanner.wholeLength < size {
      let file = try DurableFile(appendingTo: path, truncatedTo: scanner.wholeLength)
      try file.synchronize()
    }
    return scanner
  }
}
