/// The byte before the OBU elements of an AV1 RTP payload (RTP Payload Format For AV1, §4.4).
public struct AV1AggregationHeader: Hashable, Sendable {
  public static let byteCount = 1

  /// The first element goes on from the packet before: Z.
  public let continuesElement: Bool
  /// The last element goes on in the next packet: Y.
  public let isContinued: Bool
  /// Elements in the packet, 1...3, the last without a length; 0 if all have lengths: W.
  public let elementCount: UInt8
  /// The packet is the first of a coded video sequence, which starts with a keyframe: N.
  public let startsSequence: Bool

  /// `nil` if `payload` is cut short, or says it both starts a sequence and goes on with one.
  public init?(parsing payload: RawSpan) {
    guard payload.byteCount >= 2 else { return nil }
    let bits: UInt8 = payload.bigEndian(at: 0)
    continuesElement = bits & 0x80 != 0
    isContinued = bits & 0x40 != 0
    elementCount = bits >> 4 & 3
    startsSequence = bits & 0x08 != 0
    if startsSequence, continuesElement { return nil }
  }

  /// Calls `body` with the range of every element in `payload`.
  ///
  /// - Parameters:
  ///   - payload: the one this header was parsed from.
  ///   - body: gets ranges that lie within `payload` and are not empty.
  /// - Returns: `false` if a length is malformed.
  @discardableResult
  public func forEachElement(of payload: RawSpan, _ body: (Range<Int>) -> Void) -> Bool {
    var offset = Self.byteCount
    var index: UInt8 = 0
    while offset < payload.byteCount {
      index &+= 1
      var length = payload.byteCount - offset
      if elementCount == 0 || index < elementCount {
        guard let size = Self.leb128(payload, at: &offset), size <= payload.byteCount - offset
        else { return false }
        length = size
      }
      if length > 0 { body(offset..<offset + length) }
      offset += length
      if index == elementCount { return true }
    }
    return elementCount == 0
  }

  /// A length of at most five bytes; AV1 allows none above 2³² − 1 (AV1 specification §4.10.5).
  private static func leb128(_ bytes: RawSpan, at offset: inout Int) -> Int? {
    var value = 0
    for position in 0..<5 {
      guard let byte = bytes.checkedBigEndian(at: offset, as: UInt8.self) else { return nil }
      offset += 1
      value |= Int(byte & 0x7F) << (7 * position)
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}
