/// Packets someone did not receive: generic NACK (RFC 4585 §6.2.1).
public struct Nack: ~Escapable {
  private let bytes: RawSpan
  public let senderSSRC: UInt32
  /// The stream the packets are missing from.
  public let mediaSSRC: UInt32

  /// `nil` if `packet` is something else or cut short.
  @_lifetime(copy packet)
  public init?(parsing packet: borrowing RTCPPacketView) {
    guard packet.isFeedback(.transportFeedback, RTCPFeedbackFormat.nack) else { return nil }
    bytes = packet.bytes
    senderSSRC = packet.bytes.bigEndian(at: 4)
    mediaSSRC = packet.bytes.bigEndian(at: 8)
  }

  /// Calls `body` with every sequence number asked for; a packet of 1500 bytes can name 6,324.
  public func forEachLost(_ body: (SequenceNumber) -> Void) {
    var offset = 12
    while bytes.byteCount - offset >= 4 {
      let first = SequenceNumber(bytes.bigEndian(at: offset))
      var mask: UInt16 = bytes.bigEndian(at: offset + 2)
      body(first)
      while mask != 0 {
        body(first.advanced(by: mask.trailingZeroBitCount + 1))
        mask &= mask &- 1
      }
      offset += 4
    }
  }
}
