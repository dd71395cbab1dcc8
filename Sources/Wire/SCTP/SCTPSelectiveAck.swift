/// What a receiver has (RFC 9260 §3.3.4).
public struct SCTPSelectiveAck: ~Escapable {
  private let bytes: RawSpan
  public let cumulativeTSN: UInt32
  /// Bytes the receiver has room for.
  public let window: UInt32
  private let gapCount: Int

  /// `nil` if `chunk` is something else or its counts do not fit it.
  @_lifetime(copy chunk)
  public init?(parsing chunk: borrowing SCTPChunkView) {
    let bytes = chunk.bytes
    guard chunk.type == .selectiveAck, bytes.byteCount >= 16 else { return nil }
    let gaps = Int(bytes.bigEndian(at: 12, as: UInt16.self))
    let duplicates = Int(bytes.bigEndian(at: 14, as: UInt16.self))
    guard 4 * (gaps + duplicates) <= bytes.byteCount - 16 else { return nil }
    self.bytes = bytes
    cumulativeTSN = bytes.bigEndian(at: 4)
    window = bytes.bigEndian(at: 8)
    gapCount = gaps
  }

  /// Calls `body` with first and last offset from `cumulativeTSN` of every block received beyond it;
  /// blocks that end before they start are left out.
  public func forEachGapBlock(_ body: (UInt16, UInt16) -> Void) {
    for index in 0..<gapCount {
      let first: UInt16 = bytes.bigEndian(at: 16 + 4 * index)
      let last: UInt16 = bytes.bigEndian(at: 18 + 4 * index)
      if first > 0, first <= last { body(first, last) }
    }
  }
}
