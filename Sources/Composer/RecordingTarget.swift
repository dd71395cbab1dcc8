internal import Media
internal import Signal

/// A recording in a folder.
final class RecordingTarget: OutputTarget {
  private let sink: RecordingSink
  private let kind: OutputFile.Kind
  private let startedAt: Int64
  private var interruption: String?

  /// Begins it, or goes on with the one in the folder.
  ///
  /// - Parameter startedAt: Unix milliseconds of the packets' zero.
  init(
    _ specification: OutputSpecification, container: FragmentMuxer.Container,
    tracks: [EncodedTrack], startedAt: Int64, reservedBytes: Int64
  ) throws(RecordingError) {
    kind = tracks.contains(where: \.isVideo) ? .video : .audio
    self.startedAt = startedAt
    sink = try RecordingSink(
      folder: specification.folder, container: container, tracks: tracks,
      startedAtMilliseconds: startedAt, reservedBytes: Int(clamping: reservedBytes))
  }

  /// Makes the file of what an output's folder holds, or of two sides' files; tells how that went.
  static func finish(_ specification: OutputSpecification) -> ComposerEvent {
    do throws(RecordingError) {
      let file: RecordedFile
      if case .merge(let left, let right) = specification.kind {
        // The composer of a server that was killed may still be at it.
        let lock = FolderLock(specification.folder)
        defer { lock.release() }
        file = try RecordingMerge.merge(
          channel1: left.map(RecordingMerge.Source.init),
          channel2: right.map(RecordingMerge.Source.init),
          to: specification.folder + "/recording.mp4")
      } else {
        file = try RecordingRecovery.finish(folder: specification.folder)
      }
      return .stopped(outputID: specification.id, files: [OutputFile(file)])
    } catch {
      let parts =
        error == .diskFull ? RecordingRecovery.parts(folder: specification.folder) : []
      return .failed(
        outputID: specification.id, code: specification.kind.failureCode, reason: error.reason,
        files: parts.map { OutputFile($0) })
    }
  }

  func write(_ packet: EncodedPacket) { sink.write(packet) }
  func finish() { sink.finish() }

  func takeNews() -> [OutputNews] {
    sink.events.drain().flatMap { (event: RecordingEvent) -> [OutputNews] in
      switch event {
      case .started: return []
      case .dropped(let count):
        return [.warning(.slowSink, "\(count) packets were dropped: the disk is too slow")]
      case .interrupted(let reason, let isDiskFull):
        interruption = reason
        return [.warning(isDiskFull ? .diskFull : .other, reason)]
      case .finished(let file):
        let files = [OutputFile(file, kind: kind, startedAt: startedAt)]
        return [interruption.map { .failed($0, files) } ?? .finished(files)]
      case .inParts(let parts):
        let files = parts.map { OutputFile($0, kind: kind, startedAt: nil) }
        return [.failed(interruption ?? RecordingError.diskFull.reason, files)]
      case .failed(let error): return [.failed(interruption ?? error.reason, [])]
      }
    }
  }
}

extension RecordingMerge.Source {
  init(_ source: MergeSource) {
    self.init(path: source.path, startMilliseconds: max(source.offsetMilliseconds, 0))
  }
}

extension OutputFile {
  /// Of a recording that another process wrote.
  init(_ file: RecordedFile) {
    self.init(file, kind: file.width == nil ? .audio : .video, startedAt: nil)
  }

  init(_ file: RecordedFile, kind: Kind, startedAt: Int64?) {
    self.init(
      path: file.path, size: Int64(file.size), durationMilliseconds: file.durationMilliseconds,
      width: file.width ?? 0, height: file.height ?? 0, format: file.format.rawValue, kind: kind,
      startedAt: startedAt)
  }
}
