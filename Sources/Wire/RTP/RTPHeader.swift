/// The part of an RTP packet that SRTP leaves readable (RFC 3711 §3.1).
///
/// Unlike `RTPPacketView` it does not look at padding, whose count is still encrypted.
public struct RTPHeader: Sendable {
  /// Bytes before the payload: fixed header, CSRCs, extension.
  public let length: Int
  public let sequenceNumber: SequenceNumber
  public let ssrc: UInt32

  /// `nil` if it is not version 2 or a length points past the end.
  @inlinable
  public init?(parsing bytes: RawSpan) {
    guard bytes.byteCount >= 12 else { return nil }
    let first: UInt8 = bytes.bigEndian(at: 0)
    guard first >> 6 == 2 else { return nil }
    var offset = 12 + 4 * Int(first & 0x0F)
    if first & 0x10 != 0 {
      guard bytes.byteCount >= offset + 4 else { return nil }
      offset += 4 + 4 * Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
    }
    guard bytes.byteCount >= offset else { return nil }
    length = offset
    sequenceNumber = SequenceNumber(bytes.bigEndian(at: 2))
    ssrc = bytes.bigEndian(at: 8)
  }
}
