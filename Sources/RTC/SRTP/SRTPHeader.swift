public import Wire

/// What of an encrypted RTP packet can be read before it is decrypted.
///
/// `RTPPacketView` cannot parse such a packet: the padding count is still encrypted, and the tag
/// stands in its place.
public struct SRTPHeader: Equatable, Sendable {
  /// Bytes left in the clear: fixed header, CSRCs, extension.
  public var length: Int
  public var ssrc: UInt32
  public var sequenceNumber: SequenceNumber
  /// 0...127.
  public var payloadType: UInt8

  /// - Throws: `tooShort` if the header does not lie within `packet` or its version is not 2.
  @inlinable
  public init(_ packet: RawSpan) throws(SRTPError) {
    guard packet.byteCount >= 12 else { throw .tooShort }
    let first: UInt8 = packet.bigEndian(at: 0)
    guard first >> 6 == 2 else { throw .tooShort }
    var length = 12 + 4 * Int(first & 0x0F)  // CSRC count
    if first & 0x10 != 0 {  // X: one extension header, length in 32-bit words
      guard packet.byteCount >= length + 4 else { throw .tooShort }
      length += 4 + 4 * Int(packet.bigEndian(at: length + 2, as: UInt16.self))
    }
    guard packet.byteCount >= length else { throw .tooShort }
    self.length = length
    ssrc = packet.bigEndian(at: 8)
    sequenceNumber = SequenceNumber(packet.bigEndian(at: 2))
    payloadType = packet.bigEndian(at: 1, as: UInt8.self) & 0x7F
  }
}
