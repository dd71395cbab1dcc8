internal import Media
internal import Signal
internal import StoaClient

/// What a composed output is made of.
struct OutputFormats {
  var video: [Rendition.Format] = []
  var audio: EncodedTrack.AudioCodec = .aac
  var only: Selection?
  var watermark: Composition.Mark?

  /// `nil` for outputs that are not composed.
  init?(_ specification: OutputSpecification) {
    let composition = specification.composition ?? CompositionSpecification()
    let isAudioOnly = composition.mode == .audio
    var hasPicture = !isAudioOnly
    var codec = EncodedTrack.VideoCodec.h264
    switch specification.kind {
    case .recording(let format, let audioOnly):
      hasPicture = hasPicture && !audioOnly
      if format == .webm { (codec, audio) = (.vp8, .opus) }
    case .rtmp: break
    case .hls(let renditions):
      video =
        isAudioOnly
        ? []
        : renditions.map {
          Rendition.Format(
            codec: .h264, width: $0.width & ~1, height: $0.height & ~1, bitrate: $0.bitsPerSecond)
        }
      return
    case .participantRecording(let id, let format):
      // A browser's codecs go into WebM as they are, but not into MP4.
      guard format == .mp4 else { return nil }
      only = [id: [.audio, .video]]
    case .compositeRecording(let participants, let watermarks, let format):
      var selection: Selection = [:]
      for participant in participants {
        selection[participant.participantID] = Set(participant.kinds.map(BotStreamKind.init))
      }
      only = selection
      let texts = watermarks.compactMap(\.text).filter { !$0.isEmpty }
      let image = watermarks.lazy.compactMap(\.imagePath).first
      if image != nil || !texts.isEmpty {
        // One picture, and all that is written, beside it.
        watermark = Composition.Mark(
          imagePath: image, text: texts.isEmpty ? nil : texts.joined(separator: " · "))
      }
      let kinds = selection.values.reduce(into: Set<BotStreamKind>()) { $0.formUnion($1) }
      hasPicture = hasPicture && (kinds.contains(.video) || kinds.contains(.share))
      if format == .webm { (codec, audio) = (.vp8, .opus) }
    case .trackRecording, .merge: return nil
    }
    guard hasPicture else { return }
    video = [
      Rendition.Format(
        codec: codec, width: composition.width, height: composition.height,
        bitrate: Self.bitrate(composition.quality))
    ]
  }

  /// Bits per second that faces and slides need at most at these sizes and 30 pictures a second.
  private static func bitrate(_ quality: CompositionSpecification.Quality) -> Int {
    switch quality {
    case .low: 1_200_000
    case .med: 2_500_000
    case .high: 4_500_000
    }
  }
}

extension BotStreamKind {
  init(_ kind: RecordedTrackKind) {
    switch kind {
    case .audio: self = .audio
    case .video: self = .video
    case .screenAudio: self = .shareAudio
    case .screenVideo: self = .share
    }
  }
}
