/// The RTCP packet types we know (RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2).
public enum RTCPPacketType: UInt8, Hashable, Sendable {
  case senderReport = 200
  case receiverReport = 201
  case sourceDescription = 202
  case goodbye = 203
  case application = 204
  case transportFeedback = 205
  case payloadFeedback = 206
  case extendedReport = 207
}

/// Feedback message types, the `count` field of feedback packets.
public enum RTCPFeedbackFormat {
  /// Transport layer: generic NACK (RFC 4585 §6.2.1).
  public static let nack: UInt8 = 1
  /// Transport layer: transport-wide congestion control.
  public static let transportWide: UInt8 = 15
  /// Payload-specific: picture loss indication (RFC 4585 §6.3.1).
  public static let pictureLoss: UInt8 = 1
  /// Payload-specific: full intra request (RFC 5104 §4.3.1).
  public static let fullIntra: UInt8 = 4
  /// Payload-specific: application layer, which REMB uses (RFC 4585 §6.4).
  public static let application: UInt8 = 15
}
