/// A sender's clock and counters (RFC 3550 §6.4.1), without the report blocks.
///
/// See `RTCPPacketView.forEachReportBlock` for those.
public struct SenderReport: Hashable, Sendable {
  /// Bytes before the first report block.
  static let byteCount = 28

  public var ssrc: UInt32
  public var ntpTime: NTPTime
  /// The media clock at `ntpTime`.
  public var rtpTimestamp: UInt32
  public var packetCount: UInt32
  /// Payload bytes, without headers and padding.
  public var octetCount: UInt32

  public init(
    ssrc: UInt32, ntpTime: NTPTime, rtpTimestamp: UInt32, packetCount: UInt32, octetCount: UInt32
  ) {
    self.ssrc = ssrc
    self.ntpTime = ntpTime
    self.rtpTimestamp = rtpTimestamp
    self.packetCount = packetCount
    self.octetCount = octetCount
  }

  /// `nil` if `packet` is something else or cut short.
  public init?(parsing packet: borrowing RTCPPacketView) {
    let bytes = packet.bytes
    guard packet.type == .senderReport, bytes.byteCount >= Self.byteCount else { return nil }
    ssrc = bytes.bigEndian(at: 4)
    ntpTime = NTPTime(rawValue: bytes.bigEndian(at: 8))
    rtpTimestamp = bytes.bigEndian(at: 16)
    packetCount = bytes.bigEndian(at: 20)
    octetCount = bytes.bigEndian(at: 24)
  }
}
