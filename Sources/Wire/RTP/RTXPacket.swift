/// What a retransmission carries before the original payload (RFC 4588 §4).
public struct RTXPacket: Hashable, Sendable {
  /// Bytes of the original sequence number that precede the original payload.
  public static let headerLength = 2

  public var originalSequenceNumber: SequenceNumber
  /// Where the original payload is in the packet; may be empty.
  public var payloadRange: Range<Int>

  /// `nil` if the payload is too short, as it is in a padding-only probe on the RTX stream.
  @inlinable
  public init?(parsing packet: borrowing RTPPacketView) {
    guard packet.payloadLength >= Self.headerLength else { return nil }
    originalSequenceNumber = SequenceNumber(packet.bytes.bigEndian(at: packet.payloadOffset))
    payloadRange = packet.payloadOffset + Self.headerLength..<packet.payloadRange.upperBound
  }
}
