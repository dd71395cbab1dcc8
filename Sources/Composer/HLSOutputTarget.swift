internal import Media
internal import Signal

/// An HLS broadcast in a folder.
final class HLSOutputTarget: OutputTarget {
  /// Bits per second of sound.
  private static let audioBitrate = 128_000
  /// Chromium's own player refuses playlists of less than three target durations.
  private static let segmentsBeforePlayable = 3

  private let sink: HLSSink
  private let folder: String
  private let startedAt: Int64
  /// Pixels of the largest rendition.
  private let width: Int
  private let height: Int

  /// - Parameter renditions: one for each video track, in the tracks' order; none for sound alone.
  init(
    _ specification: OutputSpecification, renditions: [Signal.HLSRendition],
    tracks: [EncodedTrack], startedAt: Int64
  ) throws {
    folder = specification.folder
    self.startedAt = startedAt
    width = renditions.map(\.width).max() ?? 0
    height = renditions.map(\.height).max() ?? 0
    let sound = tracks.last?.id ?? 0
    var offered = zip(renditions, tracks).map { rendition, track in
      Media.HLSRendition(
        name: rendition.name, trackIDs: [track.id, sound],
        bitrate: rendition.bitsPerSecond + Self.audioBitrate)
    }
    if offered.isEmpty {
      offered = [Media.HLSRendition(name: "audio", trackIDs: [sound], bitrate: Self.audioBitrate)]
    }
    sink = try HLSSink(
      folder: specification.folder,
      renditions: offered.sorted { $0.bitrate > $1.bitrate }, tracks: tracks,
      startedAtMilliseconds: startedAt, segmentsBeforePlayable: Self.segmentsBeforePlayable)
  }

  func write(_ packet: EncodedPacket) { sink.write(packet) }
  func finish() { sink.finish() }
  func takeKeyframeWish() -> Bool { sink.takeKeyframeWish() }

  func takeNews() -> [OutputNews] {
    sink.events.drain().map { (event: HLSEvent) -> OutputNews in
      switch event {
      case .playable: .playable
      case .dropped(let count):
        .warning(.slowSink, "\(count) packets were dropped: the disk is too slow")
      case .finished(let duration, let bytes): .finished([file(duration, bytes)])
      case .failed(let reason, _): .failed(reason, [])
      }
    }
  }

  private func file(_ durationMilliseconds: Int64, _ bytes: Int) -> OutputFile {
    OutputFile(
      path: folder + "/index.m3u8", size: Int64(bytes),
      durationMilliseconds: durationMilliseconds, width: width, height: height, format: "m3u8",
      kind: .playlist, startedAt: startedAt)
  }
}
