/// A report of someone who sends nothing (RFC 3550 §6.4.2), without the report blocks.
///
/// See `RTCPPacketView.forEachReportBlock` for those.
public struct ReceiverReport: Hashable, Sendable {
  /// Bytes before the first report block.
  static let byteCount = 8

  public var ssrc: UInt32

  public init(ssrc: UInt32) { self.ssrc = ssrc }

  /// `nil` if `packet` is something else or cut short.
  public init?(parsing packet: borrowing RTCPPacketView) {
    guard packet.type == .receiverReport, packet.bytes.byteCount >= Self.byteCount else {
      return nil
    }
    ssrc = packet.bytes.bigEndian(at: 4)
  }
}
