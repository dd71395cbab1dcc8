/// The 96 bits that pair a STUN response with its request (RFC 8489 §5).
public struct STUNTransactionID: Hashable, Sendable {
  /// The first four bytes.
  public var high: UInt32
  /// The last eight bytes.
  public var low: UInt64

  @inlinable
  public init(high: UInt32, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A new id; `generator` must be unpredictable when responses are not authenticated.
  @inlinable
  public static func random(using generator: inout some RandomNumberGenerator) -> Self {
    Self(high: generator.next(), low: generator.next())
  }
}
