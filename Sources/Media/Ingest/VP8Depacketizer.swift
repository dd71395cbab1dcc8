internal import Wire

/// VP8 from RTP (RFC 7741).
struct VP8Depacketizer: FrameDepacketizer {
  private var frame: [UInt8] = []

  func startsFrame(_ payload: [UInt8]) -> Bool {
    guard let descriptor = VP8Descriptor(parsing: payload.span.bytes) else { return false }
    return descriptor.startsPartition && descriptor.partitionIndex == 0
  }

  mutating func append(_ payload: [UInt8]) -> Bool {
    guard let descriptor = VP8Descriptor(parsing: payload.span.bytes),
      descriptor.length < payload.count, !frame.isEmpty || startsFrame(payload)
    else { return false }
    frame += payload[descriptor.length...]
    return frame.count <= MediaCodec.maximumFrameBytes
  }

  mutating func take() -> DepacketizedFrame? {
    defer { frame = [] }
    guard let first = frame.first else { return nil }
    let isKeyframe = first & 0x01 == 0
    return DepacketizedFrame(
      payload: frame, isKeyframe: isKeyframe,
      size: isKeyframe ? PictureSize(vp8Keyframe: frame) : nil)
  }

  mutating func discard() { frame = [] }
}
