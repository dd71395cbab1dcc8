/// Which protocol a datagram on the media port belongs to (RFC 7983 §7, RFC 5761 §4).
public enum DatagramKind: Hashable, Sendable {
  case stun, dtls, turnChannel, rtp, rtcp, unknown

  /// - Parameters:
  ///   - firstByte: tells the protocol.
  ///   - secondByte: tells RTCP from RTP: packet types 192...223 are RTCP.
  @inlinable
  public init(firstByte: UInt8, secondByte: UInt8 = 0) {
    switch firstByte {
    case 0...3: self = .stun
    case 20...63: self = .dtls
    case 64...79: self = .turnChannel
    case 128...191: self = (192...223).contains(secondByte) ? .rtcp : .rtp
    default: self = .unknown
    }
  }

  /// The kind of a whole datagram; `unknown` when it is shorter than two bytes.
  @inlinable
  public init(_ datagram: RawSpan) {
    guard datagram.byteCount >= 2 else {
      self = .unknown
      return
    }
    self.init(firstByte: datagram.bigEndian(at: 0), secondByte: datagram.bigEndian(at: 1))
  }
}
