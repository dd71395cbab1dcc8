internal import CFFmpeg

/// Makes one file of a recording's parts, copying packets as they are.
///
/// A gap between parts lasts as long as it did: the picture stands still, and frames of silence are put in.
/// May be repeated at any point after a crash: the parts go only after the file is in its place and noted.
struct RecordingFinisher {
  /// Silence is made up to here; a longer absence is shortened to it.
  static let maximumGapMilliseconds: Int64 = 6 * 3_600_000

  private let folder: String

  init(folder: String) { self.folder = folder }

  /// Makes `recording.mp4` or `recording.webm`, or returns it if it was made before.
  func finish() throws(RecordingError) -> RecordedFile {
    try RecordingError.wrapping { try finishOrThrow() }
  }

  private func finishOrThrow() throws -> RecordedFile {
    var journal = try RecordingJournal(folder: folder)
    if let file = journal.finishedFile {
      removeParts(journal)
      return file
    }
    guard let container = journal.container else { throw RecordingError.empty }
    var sources: [RecordingPartSource] = []
    for part in journal.parts {
      guard let scanner = try part.cutToWholeFragments(folder, container),
        scanner.fragmentCount > 0
      else { continue }
      sources.append(
        RecordingPartSource(path: "\(folder)/\(part.file)", part: part, scanner: scanner))
    }
    guard let first = sources.first else { throw RecordingError.empty }
    var file = try joinOrPromote(sources, container)
    file.width = first.size?.width
    file.height = first.size?.height
    try? journal.append(.finished(file: file), isDurable: true)
    // Without that line the next start would begin anew; it needs the parts for that.
    if journal.finishedFile != nil { removeParts(journal) }
    return file
  }

  /// The parts as they lie there: fragmented, which players know, and needing no room.
  func parts() -> [RecordedFile] {
    guard let journal = try? RecordingJournal(folder: folder), let container = journal.container
    else { return [] }
    return journal.parts.compactMap { part in
      guard let scanner = try? part.cutToWholeFragments(folder, container),
        scanner.fragmentCount > 0
      else { return nil }
      let path = "\(folder)/\(part.file)"
      let source = RecordingPartSource(path: path, part: part, scanner: scanner)
      return RecordedFile(
        path: path, size: Files.size(path) ?? 0,
        durationMilliseconds: (try? source.durationMilliseconds()) ?? 0,
        width: source.size?.width, height: source.size?.height, format: container)
    }
  }

  private func joinOrPromote(
    _ sources: [RecordingPartSource], _ container: FragmentMuxer.Container
  ) throws -> RecordedFile {
    do throws(AVError) {
      return try join(sources, container)
    } catch {
      guard error.isDiskFull else { throw error }
      // A single part is a file already: its index is spread over it, but players know that.
      guard sources.count == 1, let source = sources.first else { throw RecordingError.diskFull }
      return try promote(source, container)
    }
  }

  private func join(
    _ sources: [RecordingPartSource], _ container: FragmentMuxer.Container
  ) throws(AVError) -> RecordedFile {
    guard let first = sources.first else { throw AVError(-EINVAL, "finish a recording") }
    let path = "\(folder)/recording.\(container.rawValue)"
    var indexBytes = indexBytes(of: sources, container)
    // The estimate holds for what we write; a second attempt is for what we did not think of.
    for isLastAttempt in [false, true] {
      let joiner = try RecordingJoiner(
        path: path, container: container, indexBytes: indexBytes, first: first)
      do throws(AVError) {
        for source in sources { try joiner.append(source) }
        return try joiner.finish()
      } catch {
        joiner.discard()
        if isLastAttempt || error.isDiskFull { throw error }
        indexBytes *= 4
      }
    }
    throw AVError(-EIO, "finish a recording")
  }

  /// What the index needs at most.
  private func indexBytes(
    of sources: [RecordingPartSource], _ container: FragmentMuxer.Container
  ) -> Int {
    let first = sources.first?.part.startedAtMilliseconds ?? 0
    let last = sources.last?.part.startedAtMilliseconds ?? 0
    let fragments = sources.reduce(0) { $0 &+ $1.scanner.fragmentCount }
    switch container {
    case .mp4:
      // A second of silence has 47 frames; all of the time between the first and the last part might be silence.
      let silence =
        sources.count > 1 ? Int(min(last &- first, Self.maximumGapMilliseconds)) / 20 : 0
      let samples = sources.reduce(max(0, silence)) { $0 &+ $1.scanner.sampleCount }
      // Size 4, chunk 8 and 12 if tracks alternate with each sample, duration 8 for one in two.
      let perSample = sources.contains { $0.part.tracks.count > 1 } ? 28 : 8
      return 65_536 &+ samples &* perSample
    case .webm:
      // At most two cue points in a cluster, below 40 bytes each.
      return 4096 &+ fragments &* 80
    }
  }

  private func promote(
    _ source: RecordingPartSource, _ container: FragmentMuxer.Container
  ) throws -> RecordedFile {
    let path = "\(folder)/recording.\(container.rawValue)"
    let milliseconds = try source.durationMilliseconds()
    try Files.rename(source.path, to: path, isDurable: true)
    return RecordedFile(
      path: path, size: Files.size(path) ?? 0, durationMilliseconds: milliseconds,
      format: container)
  }

  private func removeParts(_ journal: RecordingJournal) {
    for part in journal.parts { Files.remove("\(folder)/\(part.file)") }
    for container in ["mp4", "webm"] { Files.remove("\(folder)/recording.\(container).new") }
  }
}

/// A part with at least one whole fragment.
struct RecordingPartSource {
  let path: String
  let part: RecordingJournal.Part
  let scanner: FragmentScanner

  /// Pixels of the picture, if there is one.
  var size: (width: Int, height: Int)? {
    for track in part.tracks {
      if case .video(_, let width, let height, _) = track.kind { return (width, height) }
    }
    return nil
  }

  /// Pictures in a second, if there are any.
  var framesPerSecond: Int? {
    for track in part.tracks {
      if case .video(_, _, _, let rate) = track.kind { return rate }
    }
    return nil
  }

  /// From the first packet to the end of the last.
  func durationMilliseconds() throws(AVError) -> Int64 {
    let demuxer = try FileDemuxer(path: path)
    let milliseconds = AVRational(num: 1, den: 1000)
    var start = Int64.max
    var end = Int64.min
    while let packet = try demuxer.next() {
      let index = Int(packet.pointee.stream_index)
      guard demuxer.streams.indices.contains(index) else { continue }
      let base = demuxer.streams[index].pointee.time_base
      let time = av_rescale_q(packet.pointee.dts, base, milliseconds)
      start = min(start, time)
      end = max(end, time &+ av_rescale_q(packet.pointee.duration, base, milliseconds))
    }
    return start <= end ? end &- start : 0
  }
}
