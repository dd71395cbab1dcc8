/// A token of 1...16 printable ASCII bytes, kept inline: a mid, a rid, an ICE ufrag.
public struct ShortToken: Hashable, Sendable {
  public static let maximumLength = 16

  /// First eight bytes, first byte on top, zero-filled.
  @usableFromInline var high: UInt64
  /// Last eight bytes, likewise.
  @usableFromInline var low: UInt64

  @usableFromInline
  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The token in `range` of `bytes`; `nil` if empty, too long, out of bounds or not printable.
  ///
  /// Trailing zero bytes are dropped: senders fill elements with them to keep lengths equal.
  @inlinable
  public init?(_ bytes: RawSpan, in range: Range<Int>) {
    guard range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return nil }
    var end = range.upperBound
    while end > range.lowerBound, bytes.bigEndian(at: end - 1, as: UInt8.self) == 0 { end -= 1 }
    let length = end - range.lowerBound
    guard length > 0, length <= Self.maximumLength else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for index in 0..<length {
      let byte: UInt8 = bytes.bigEndian(at: range.lowerBound + index)
      guard byte > 0x20, byte < 0x7F else { return nil }
      if index < 8 {
        high |= UInt64(byte) << (56 - 8 * index)
      } else {
        low |= UInt64(byte) << (120 - 8 * index)
      }
    }
    self.high = high
    self.low = low
  }

  /// `nil` if `string` is empty, longer than 16 bytes or has other than printable ASCII.
  public init?(_ string: String) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var count = 0
    for byte in string.utf8 {
      guard count < Self.maximumLength, byte > 0x20, byte < 0x7F else { return nil }
      if count < 8 {
        high |= UInt64(byte) << (56 - 8 * count)
      } else {
        low |= UInt64(byte) << (120 - 8 * count)
      }
      count += 1
    }
    guard count > 0 else { return nil }
    self.init(high: high, low: low)
  }

  /// Bytes, 1...16.
  @inlinable public var count: Int {
    low == 0 ? 8 - high.trailingZeroBitCount / 8 : 16 - low.trailingZeroBitCount / 8
  }

  /// The byte at `index`, 0 past the end.
  @inlinable
  public func byte(at index: Int) -> UInt8 {
    guard index >= 0, index < 16 else { return 0 }
    let half = index < 8 ? high : low
    return UInt8(truncatingIfNeeded: half >> (56 - 8 * (index & 7)))
  }

  public var string: String {
    String(decoding: (0..<count).lazy.map { byte(at: $0) }, as: Unicode.ASCII.self)
  }
}

extension ShortToken: CustomStringConvertible {
  public var description: String { string }
}
