import RTC
import Wire

/// One encoding of a published track: what arrives under one SSRC, repaired and kept for a second.
struct IncomingStream: ~Copyable {
  let track: Int32
  /// Position among the track's encodings, smallest first.
  let layer: Int8
  let ssrc: UInt32
  let isAudio: Bool
  let format: CodecFormat
  var ring: PacketRing
  var sequence = SequenceUnwrapper()
  var statistics: ReceptionStatistics
  var nack = NackGenerator()
  var clock: SenderReportClock
  var keyframes = KeyframeRequester()
  var quality = IncomingQuality()
  var lastArrival: MonotonicTime
  var lastTimestamp: UInt32 = 0

  /// The stream has stopped (a browser switched the layer off, a muted track) after this long.
  static let idle = Nanoseconds.milliseconds(1_500)

  init(
    track: Int32, layer: Int8, ssrc: UInt32, isAudio: Bool, format: CodecFormat,
    at now: MonotonicTime
  ) {
    self.track = track
    self.layer = layer
    self.ssrc = ssrc
    self.isAudio = isAudio
    self.format = format
    ring = isAudio ? .audio() : .video()
    statistics = ReceptionStatistics(clockRate: format.clockRate)
    clock = SenderReportClock(clockRate: format.clockRate)
    lastArrival = now
  }
}
