/// A span of time in nanoseconds.
///
/// Signed; 8 bytes, so timers and packet records stay small.
public struct Nanoseconds: Hashable, Comparable, Sendable {
  public var count: Int64
  @inlinable public init(_ count: Int64) { self.count = count }
  @inlinable public static var zero: Self { Self(0) }
  @inlinable public static func microseconds(_ n: Int64) -> Self { Self(n &* 1_000) }
  @inlinable public static func milliseconds(_ n: Int64) -> Self { Self(n &* 1_000_000) }
  @inlinable public static func seconds(_ n: Int64) -> Self { Self(n &* 1_000_000_000) }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.count < b.count }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(a.count &+ b.count) }
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(a.count &- b.count) }
  @inlinable public static func * (a: Self, n: Int64) -> Self { Self(a.count &* n) }
  @inlinable public static func / (a: Self, n: Int64) -> Self { Self(n == 0 ? 0 : a.count / n) }

  /// Whole milliseconds, rounded towards zero.
  @inlinable public var milliseconds: Int64 { count / 1_000_000 }
}

/// A point on the caller's monotonic clock.
///
/// Pure code never reads a clock: it is handed one of these.
public struct MonotonicTime: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Later than anything that happens.
  @inlinable public static var distantFuture: Self { Self(nanoseconds: .max) }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  @inlinable public static func + (a: Self, d: Nanoseconds) -> Self {
    Self(nanoseconds: a.nanoseconds &+ d.count)
  }
  @inlinable public static func - (a: Self, d: Nanoseconds) -> Self {
    Self(nanoseconds: a.nanoseconds &- d.count)
  }
  @inlinable public static func - (a: Self, b: Self) -> Nanoseconds {
    Nanoseconds(a.nanoseconds &- b.nanoseconds)
  }
}

/// Wall-clock time as NTP writes it: seconds since 1900 in the upper half, fraction in the lower (RFC 5905 §6).
public struct NTPTime: Hashable, Sendable {
  public var rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Seconds from 1900 to 1970, the epoch of Unix time.
  @usableFromInline static let unixOffset: UInt64 = 2_208_988_800

  /// - Parameter unixNanoseconds: nanoseconds since 1970, not negative.
  @inlinable public init(unixNanoseconds: Int64) {
    let count = UInt64(clamping: unixNanoseconds)
    let (seconds, rest) = count.quotientAndRemainder(dividingBy: 1_000_000_000)
    rawValue = ((seconds &+ Self.unixOffset) << 32) | ((rest << 32) / 1_000_000_000)
  }

  /// The middle 32 bits, as report blocks carry them (RFC 3550 §6.4.1).
  @inlinable public var middle: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 16) }

  @inlinable public func advanced(by span: Nanoseconds) -> Self {
    let whole = span.count / 1_000_000_000
    let rest = span.count % 1_000_000_000
    let fraction = (rest << 32) / 1_000_000_000
    return Self(rawValue: rawValue &+ UInt64(bitPattern: (whole << 32) &+ fraction))
  }
}
