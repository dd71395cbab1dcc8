/// The 20 bytes HMAC-SHA1 yields; compared in constant time.
public struct SHA1Digest: Equatable, Sendable {
  public static let byteCount = 20
  public var bytes: [20 of UInt8]

  @inlinable public init(_ bytes: [20 of UInt8]) { self.bytes = bytes }

  /// `nil` unless `range` is 20 bytes within `bytes`.
  @inlinable
  public init?(_ bytes: RawSpan, in range: Range<Int>) {
    guard range.count == Self.byteCount, range.lowerBound >= 0, range.upperBound <= bytes.byteCount
    else { return nil }
    self.bytes = [20 of UInt8] { bytes.bigEndian(at: range.lowerBound + $0) }
  }

  /// Looks at every byte whatever differs, so timing tells an attacker nothing.
  @inlinable
  public static func == (a: Self, b: Self) -> Bool {
    var difference: UInt8 = 0
    for index in 0..<Self.byteCount { difference |= a.bytes[index] ^ b.bytes[index] }
    return difference == 0
  }
}
