/// A command to send a keyframe (RFC 5104 §4.3.1).
public struct FullIntraRequest: ~Escapable {
  /// One stream that shall send a keyframe.
  public struct Entry: Hashable, Sendable {
    public var ssrc: UInt32
    /// Goes up by one with every new command; a repetition has the same number.
    public var sequenceNumber: UInt8

    public init(ssrc: UInt32, sequenceNumber: UInt8) {
      self.ssrc = ssrc
      self.sequenceNumber = sequenceNumber
    }
  }

  private let bytes: RawSpan
  public let senderSSRC: UInt32

  /// `nil` if `packet` is something else or cut short.
  @_lifetime(copy packet)
  public init?(parsing packet: borrowing RTCPPacketView) {
    guard packet.isFeedback(.payloadFeedback, RTCPFeedbackFormat.fullIntra) else { return nil }
    bytes = packet.bytes
    senderSSRC = packet.bytes.bigEndian(at: 4)
  }

  public func forEachEntry(_ body: (Entry) -> Void) {
    var offset = 12
    while bytes.byteCount - offset >= 8 {
      body(
        Entry(ssrc: bytes.bigEndian(at: offset), sequenceNumber: bytes.bigEndian(at: offset + 4)))
      offset += 8
    }
  }
}
