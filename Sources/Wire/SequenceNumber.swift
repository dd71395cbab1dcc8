/// A 16-bit RTP sequence number, compared on the circle (RFC 3550 §5.1, RFC 1982).
///
/// Not `Comparable`: circular order is not transitive, so sorting by it is a bug.
public struct SequenceNumber: Hashable, Sendable {
  public var rawValue: UInt16
  @inlinable public init(_ rawValue: UInt16) { self.rawValue = rawValue }

  /// Signed distance in packets from `other` to `self`, in `-32768...32767`.
  @inlinable public func distance(from other: Self) -> Int {
    Int(Int16(truncatingIfNeeded: rawValue &- other.rawValue))
  }
  @inlinable public func advanced(by n: Int) -> Self {
    Self(rawValue &+ UInt16(truncatingIfNeeded: n))
  }
}
