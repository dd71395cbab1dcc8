internal import Wire

/// Opus from RTP: a payload is a packet (RFC 7587 §4.2).
struct OpusDepacketizer: FrameDepacketizer {
  private var packet: [UInt8] = []

  func startsFrame(_ payload: [UInt8]) -> Bool { true }

  mutating func append(_ payload: [UInt8]) -> Bool {
    guard packet.isEmpty, OpusTOC(parsing: payload.span.bytes) != nil else { return false }
    packet = payload
    return true
  }

  mutating func take() -> DepacketizedFrame? {
    defer { packet = [] }
    guard !packet.isEmpty else { return nil }
    return DepacketizedFrame(payload: packet, isKeyframe: true)
  }

  mutating func discard() { packet = [] }
}
