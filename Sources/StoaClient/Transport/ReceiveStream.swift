import RTC
import Wire

/// One stream that we get, whatever the server shows in it.
struct ReceiveStream: Sendable {
  let mid: ShortToken
  let isAudio: Bool
  let ssrc: UInt32
  let repairSSRC: UInt32?
  var sequence = SequenceUnwrapper()
  var statistics: ReceptionStatistics
  var nack = NackGenerator()
  var counters = ReceiveCounters()
  /// The middle of the last sender report's NTP time, and when it came.
  var lastReport: UInt32 = 0
  var lastReportTime: MonotonicTime?
  var wantsKeyframe = false

  init(mid: ShortToken, isAudio: Bool, ssrc: UInt32, repairSSRC: UInt32?) {
    self.mid = mid
    self.isAudio = isAudio
    self.ssrc = ssrc
    self.repairSSRC = repairSSRC
    statistics = ReceptionStatistics(clockRate: isAudio ? 48_000 : 90_000)
  }

  /// Packets that never came, not even on request, up to the newest.
  var lost: Int64 {
    max(statistics.expected - Int64(clamping: counters.packets), 0)
  }
}

/// What was received of one stream.
package struct ReceiveCounters: Sendable, Equatable {
  /// Different packets, repaired ones among them.
  package var packets: UInt64 = 0
  /// Of payload.
  package var bytes: UInt64 = 0
  /// Packets that came only because we asked for them again.
  package var repaired: UInt64 = 0
  package var duplicates: UInt64 = 0
  /// Packets we asked for again.
  package var requested: UInt64 = 0
}
