/// A decoder lost its picture and needs a keyframe (RFC 4585 §6.3.1).
public struct PictureLossIndication: Hashable, Sendable {
  public var senderSSRC: UInt32
  public var mediaSSRC: UInt32

  public init(senderSSRC: UInt32, mediaSSRC: UInt32) {
    self.senderSSRC = senderSSRC
    self.mediaSSRC = mediaSSRC
  }

  /// `nil` if `packet` is something else or cut short.
  public init?(parsing packet: borrowing RTCPPacketView) {
    guard packet.isFeedback(.payloadFeedback, RTCPFeedbackFormat.pictureLoss) else { return nil }
    senderSSRC = packet.bytes.bigEndian(at: 4)
    mediaSSRC = packet.bytes.bigEndian(at: 8)
  }
}
