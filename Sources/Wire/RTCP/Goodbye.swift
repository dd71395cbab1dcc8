/// Sources that leave (RFC 3550 §6.6); the reason text is not read.
public struct Goodbye: ~Escapable {
  private let bytes: RawSpan
  private let sourceCount: UInt8

  /// `nil` if `packet` is something else.
  @_lifetime(copy packet)
  public init?(parsing packet: borrowing RTCPPacketView) {
    guard packet.type == .goodbye else { return nil }
    bytes = packet.bytes
    sourceCount = packet.count
  }

  /// Calls `body` with every SSRC that leaves.
  public func forEachSSRC(_ body: (UInt32) -> Void) {
    for index in 0..<Int(sourceCount) {
      guard let ssrc = bytes.checkedBigEndian(at: 4 + 4 * index, as: UInt32.self) else { return }
      body(ssrc)
    }
  }
}
