internal import Media
internal import Signal
internal import StoaClient
internal import Wire

/// A recording of one participant's streams as they came, without decoding them.
///
/// The file begins when its first stream does; a picture is waited for as long as `patience`, because
/// containers want to know of all their tracks at first. The pipeline's thread owns it.
final class TrackRecording {
  private static let patience = Nanoseconds.seconds(2)
  /// Units kept while a picture is waited for.
  private static let maximumWaiting = 1_000

  let specification: OutputSpecification
  let participantID: String
  let kinds: Set<BotStreamKind>
  private let clock: PipelineClock
  private let reservedBytes: Int64
  private(set) var target: RecordingTarget?
  private(set) var byteCount: Int64 = 0
  private var waiting: [(unit: EncodedUnit, trackID: Int)] = []
  private var waitingSince: MonotonicTime?
  /// When the file's zero was captured.
  private var zero = MonotonicTime(nanoseconds: 0)
  private var codecs: [Int: Media.MediaCodec] = [:]
  private var lastTimes: [Int: Int64] = [:]
  private(set) var isFinishing = false
  /// Its start was told.
  var wasTold = false
  /// Why nothing can be recorded.
  private(set) var failure: String?

  private static let videoTrack = 0
  private static let audioTrack = 1

  init?(
    _ specification: OutputSpecification, clock: PipelineClock, reservedBytes: Int64
  ) {
    switch specification.kind {
    case .participantRecording(let id, .webm): (participantID, kinds) = (id, [.audio, .video])
    case .trackRecording(let id, let kind, _): (participantID, kinds) = (id, [BotStreamKind(kind)])
    case .participantRecording, .recording, .rtmp, .hls, .compositeRecording, .merge: return nil
    }
    self.specification = specification
    self.clock = clock
    self.reservedBytes = reservedBytes
  }

  var hasStarted: Bool { target != nil }

  /// How long the file is, pauses included; 0 before it begins.
  func duration(at now: MonotonicTime) -> Nanoseconds {
    hasStarted ? max(now - zero, .zero) : .zero
  }

  func wants(_ track: RemoteTrack) -> Bool {
    !isFinishing && track.participantID == participantID && kinds.contains(track.kind)
  }

  /// Takes what came of a wanted track.
  func take(_ unit: EncodedUnit, at now: MonotonicTime) {
    let trackID = unit.codec.isAudio ? Self.audioTrack : Self.videoTrack
    guard target == nil else { return write(unit, trackID) }
    guard failure == nil else { return }
    if waiting.isEmpty {
      guard unit.isKeyframe else { return }
      waitingSince = now
    }
    if waiting.count < Self.maximumWaiting { waiting.append((unit, trackID)) }
    openIfComplete(at: now)
  }

  /// Stops waiting for a picture when it takes too long.
  func handleTimeouts(at now: MonotonicTime) {
    if target == nil, !waiting.isEmpty { openIfComplete(at: now) }
  }

  func finish() {
    guard !isFinishing else { return }
    isFinishing = true
    if target == nil, !waiting.isEmpty { open() }
    target?.finish()
    if target == nil, failure == nil { failure = "nothing came to record" }
  }

  private func openIfComplete(at now: MonotonicTime) {
    let hasVideo = waiting.contains { $0.trackID == Self.videoTrack && $0.unit.isKeyframe }
    let needsVideo = kinds.contains(.video) || kinds.contains(.share)
    let since = waitingSince ?? now
    guard hasVideo || !needsVideo || now - since >= Self.patience else { return }
    open()
  }

  private func open() {
    var tracks: [EncodedTrack] = []
    let first = waiting.first { $0.trackID == Self.videoTrack && $0.unit.isKeyframe }?.unit
    if kinds.contains(.video) || kinds.contains(.share) {
      codecs[Self.videoTrack] = first?.codec ?? .vp8
      tracks.append(
        EncodedTrack(
          id: Self.videoTrack,
          kind: .video(
            codec: EncodedTrack.VideoCodec(first?.codec ?? .vp8), width: first?.width ?? 640,
            height: first?.height ?? 480, framesPerSecond: Int(PipelineClock.framesPerSecond)),
          extradata: first.map(Self.extradata) ?? []))
    }
    if kinds.contains(.audio) || kinds.contains(.shareAudio) {
      codecs[Self.audioTrack] = .opus
      tracks.append(
        EncodedTrack(
          id: Self.audioTrack, kind: .audio(codec: .opus, sampleRate: 48_000, channels: 2),
          extradata: Self.opusHead))
    }
    zero = waiting.map(\.unit.time).min() ?? zero
    let container: FragmentMuxer.Container = first?.codec == .h264 ? .mp4 : .webm
    do {
      target = try RecordingTarget(
        specification, container: container, tracks: tracks,
        startedAt: clock.unixMilliseconds(of: zero), reservedBytes: reservedBytes)
      for (unit, trackID) in waiting { write(unit, trackID) }
    } catch {
      failure = error.reason
    }
    waiting = []
  }

  private func write(_ unit: EncodedUnit, _ trackID: Int) {
    // A track keeps the codec it began with; a sender that changes it is not followed.
    guard unit.codec == codecs[trackID] else { return }
    guard lastTimes[trackID] != nil || unit.isKeyframe else { return }
    let rate: Int64 = unit.codec.isAudio ? 48_000 : 90_000
    let passed = max((unit.time - zero).count, 0)
    let (seconds, rest) = passed.quotientAndRemainder(dividingBy: 1_000_000_000)
    let time = max(
      seconds * rate + rest * rate / 1_000_000_000, (lastTimes[trackID] ?? -1) + 1)
    // A picture lasts as long as the one before did, which is known, but no longer than usual: a pause is none.
    let usual = rate / PipelineClock.framesPerSecond
    let duration =
      unit.codec.isAudio
      ? (OpusTOC(parsing: unit.payload.span.bytes)?.packetDuration.count ?? 0) * 48 / 1_000_000
      : lastTimes[trackID].map { min(time - $0, usual) } ?? usual
    lastTimes[trackID] = time
    guard
      let packet = try? EncodedPacket(
        trackID: trackID, pts: time, dts: time, duration: duration, isKeyframe: unit.isKeyframe,
        bytes: unit.payload)
    else { return }
    byteCount += Int64(unit.payload.count)
    target?.write(packet)
  }

  /// RFC 7845 §5.1: two channels, nothing skipped, no gain.
  private static let opusHead: [UInt8] =
    Array("OpusHead".utf8) + [1, 2, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0]

  /// What decoders need before the first packet, out of a keyframe.
  private static func extradata(_ keyframe: EncodedUnit) -> [UInt8] {
    switch keyframe.codec {
    case .h264: keyframe.h264ParameterSets
    case .av1: keyframe.av1SequenceHeader
    case .vp8, .vp9, .opus: []
    }
  }
}

extension EncodedTrack.VideoCodec {
  /// Sound counts as VP8, which nobody asks for.
  init(_ codec: Media.MediaCodec) {
    switch codec {
    case .h264: self = .h264
    case .vp9: self = .vp9
    case .av1: self = .av1
    case .vp8, .opus: self = .vp8
    }
  }
}
