/// What a receiver believes its path can carry: REMB (draft-alvestrand-rmcat-remb-03 §2).
public struct ReceiverEstimatedMaximumBitrate: ~Escapable {
  /// "REMB".
  static let identifier: UInt32 = 0x5245_4D42

  private let bytes: RawSpan
  private let ssrcCount: Int
  public let senderSSRC: UInt32
  /// For all named streams together; the largest a packet can say saturates.
  public let bitsPerSecond: UInt64

  /// `nil` if `packet` is something else or cut short.
  @_lifetime(copy packet)
  public init?(parsing packet: borrowing RTCPPacketView) {
    let bytes = packet.bytes
    guard packet.isFeedback(.payloadFeedback, RTCPFeedbackFormat.application),
      bytes.byteCount >= 20, bytes.bigEndian(at: 12) == Self.identifier
    else { return nil }
    let count = Int(bytes.bigEndian(at: 16, as: UInt8.self))
    guard bytes.byteCount - 20 >= 4 * count else { return nil }
    let rate = bytes.bigEndian24(at: 17)  // six bits of exponent, 18 of mantissa
    let mantissa = UInt64(rate & 0x3_FFFF)
    let exponent = UInt64(rate >> 18)
    self.bytes = bytes
    ssrcCount = count
    senderSSRC = bytes.bigEndian(at: 4)
    bitsPerSecond = mantissa.leadingZeroBitCount >= Int(exponent) ? mantissa << exponent : .max
  }

  public func forEachSSRC(_ body: (UInt32) -> Void) {
    for index in 0..<ssrcCount { body(bytes.bigEndian(at: 20 + 4 * index)) }
  }
}
