/// A piece of a message (RFC 9260 §3.3.1).
public struct SCTPDataChunk: Hashable, Sendable {
  /// Bytes before the user data, the chunk header included.
  public static let headerLength = 16

  public var tsn: UInt32
  public var streamID: UInt16
  public var streamSequenceNumber: UInt16
  /// What the data is (RFC 8831 §8): 50 DCEP, 51 text, 53 binary, 56 and 57 empty ones.
  public var payloadProtocol: UInt32
  public var isUnordered: Bool
  public var isFirst: Bool
  public var isLast: Bool
  /// Where the user data is, counted from the chunk's start; never empty.
  public var dataRange: Range<Int>

  /// `nil` if `chunk` is something else or carries no data.
  public init?(parsing chunk: borrowing SCTPChunkView) {
    let bytes = chunk.bytes
    guard chunk.type == .data, bytes.byteCount > Self.headerLength else { return nil }
    let flags = chunk.flags
    isLast = flags & 1 != 0
    isFirst = flags & 2 != 0
    isUnordered = flags & 4 != 0
    tsn = bytes.bigEndian(at: 4)
    streamID = bytes.bigEndian(at: 8)
    streamSequenceNumber = bytes.bigEndian(at: 10)
    payloadProtocol = bytes.bigEndian(at: 12)
    dataRange = Self.headerLength..<bytes.byteCount
  }
}
