/// When a packet left its sender: 24 bits of seconds in 6.18 fixed point, wrapping every 64 s.
///
/// See http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time.
public struct AbsoluteSendTime: Hashable, Sendable {
  /// 0...0xFF_FFFF.
  public var rawValue: UInt32

  /// - Parameter rawValue: the upper eight bits are dropped.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue & 0xFF_FFFF }

  /// The reading of `time`, rounded down to 1/2^18 s (3.8 µs).
  @inlinable
  public init(_ time: MonotonicTime) {
    // Split first: nanoseconds shifted by 18 would not fit after ten hours.
    let seconds = time.nanoseconds / 1_000_000_000
    let rest = time.nanoseconds % 1_000_000_000
    let ticks = (seconds << 18) &+ (rest << 18) / 1_000_000_000
    self.init(rawValue: UInt32(truncatingIfNeeded: ticks))
  }

  /// The shorter way from `other` to `self`: −32...32 s.
  @inlinable
  public func distance(from other: Self) -> Nanoseconds {
    let ticks = Int32(truncatingIfNeeded: (rawValue &- other.rawValue) << 8) >> 8  // sign of bit 23
    return Nanoseconds((Int64(ticks) * 1_000_000_000) >> 18)
  }
}
