public import Wire

/// The relation of a stream's timestamps to the sender's wall clock, from its last sender report (RFC 3550 §6.4.1).
public struct SenderReportClock: Sendable {
  public struct Reading: Sendable {
    public var ntp: NTPTime
    public var timestamp: UInt32
    public var arrival: MonotonicTime
  }
  public private(set) var last: Reading?
  public let clockRate: UInt32

  public init(clockRate: UInt32) {
    self.clockRate = clockRate
  }

  public mutating func reportReceived(ntp: NTPTime, timestamp: UInt32, at now: MonotonicTime) {
    last = Reading(ntp: ntp, timestamp: timestamp, arrival: now)
  }

  /// The timestamp that the sender's clock `ntp` falls on; `nil` before the first report.
  public func timestamp(at ntp: NTPTime) -> UInt32? {
    guard let last else { return nil }
    let difference = Int64(bitPattern: ntp.rawValue &- last.ntp.rawValue)  // 32.32 seconds
    let units = (difference >> 16) &* Int64(clockRate) >> 16
    return last.timestamp &+ UInt32(truncatingIfNeeded: units)
  }

  /// The sender's wall clock when it sampled `timestamp`.
  public func ntp(of timestamp: UInt32) -> NTPTime? {
    guard let last, clockRate > 0 else { return nil }
    let units = Int64(Int32(bitPattern: timestamp &- last.timestamp))
    return NTPTime(
      rawValue: last.ntp.rawValue &+ UInt64(bitPattern: (units << 32) / Int64(clockRate)))
  }
}
