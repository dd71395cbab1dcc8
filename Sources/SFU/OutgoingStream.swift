import RTC
import Wire

/// One sending m-line of a subscriber: a single unbroken RTP stream, whatever is shown in it.
struct OutgoingStream: ~Copyable {
  let ssrc: UInt32
  let repairSSRC: UInt32
  let isAudio: Bool
  var extensions: OutgoingExtensions
  var sequence: SequenceRewriter
  var timestamps: TimestampRewriter
  var pictures = PictureRewriter()
  /// Only of video: nobody repairs audio.
  var log: SentPacketLog?
  /// The next index of the repair stream.
  var repairIndex: Int64
  var packets: UInt32 = 0
  var bytes: UInt32 = 0
  /// What the receiver last reported.
  var fractionLost: UInt8 = 0
  var roundTrip: Nanoseconds?
  var quality = OutgoingQuality()
  /// Our last sender report, to tell the round trip by.
  var lastReport: SentReport?
  var nextReport = MonotonicTime(nanoseconds: 0)

  struct SentReport {
    var ntp: NTPTime
    var time: MonotonicTime
  }

  /// A packet requested again sooner may still be on its way.
  static let minimumRepeatInterval = Nanoseconds.milliseconds(20)

  init(
    ssrc: UInt32, repairSSRC: UInt32, isAudio: Bool, extensions: OutgoingExtensions,
    using random: inout some RandomNumberGenerator
  ) {
    self.ssrc = ssrc
    self.repairSSRC = repairSSRC
    self.isAudio = isAudio
    self.extensions = extensions
    // Below 2¹⁵, so that losing the first packets cannot confuse the receiver's rollover counter
    // (RFC 3711 §3.3.1).
    sequence = SequenceRewriter(start: Int64.random(in: 0..<0x4000, using: &random))
    repairIndex = Int64.random(in: 0..<0x4000, using: &random)
    timestamps = TimestampRewriter(start: random.next())
    if !isAudio { log = SentPacketLog() }
  }
}
