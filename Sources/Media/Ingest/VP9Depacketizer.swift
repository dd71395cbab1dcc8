internal import Wire

/// VP9 from RTP (RFC 9628); the frames of several spatial layers become one superframe (VP9
/// bitstream specification, annex B).
struct VP9Depacketizer: FrameDepacketizer {
  /// Spatial layers (RFC 9628 §4.2.1: N_S has three bits).
  private static let maximumLayers = 8

  private var picture: [UInt8] = []
  /// Where in `picture` the frame of each layer begins.
  private var starts: [Int] = []
  private var isKeyframe = false

  func startsFrame(_ payload: [UInt8]) -> Bool {
    guard let descriptor = VP9Descriptor(parsing: payload.span.bytes) else { return false }
    return descriptor.startsFrame
      && (descriptor.spatialLayer == 0 || !descriptor.isInterLayerPredicted)
  }

  mutating func append(_ payload: [UInt8]) -> Bool {
    guard let descriptor = VP9Descriptor(parsing: payload.span.bytes),
      descriptor.length < payload.count, !picture.isEmpty || startsFrame(payload)
    else { return false }
    if descriptor.startsFrame {
      guard starts.count < Self.maximumLayers else { return false }
      if starts.isEmpty { isKeyframe = !descriptor.isInterPicturePredicted }
      starts.append(picture.count)
    }
    picture += payload[descriptor.length...]
    return picture.count <= MediaCodec.maximumFrameBytes
  }

  mutating func take() -> DepacketizedFrame? {
    defer { discard() }
    guard !picture.isEmpty, let last = starts.last else { return nil }
    // The largest layer comes last, but only the first of a keyframe has its size spelt out.
    let size = isKeyframe ? PictureSize(vp9Keyframe: Array(picture[last...])) : nil
    if starts.count > 1 { appendIndex() }
    return DepacketizedFrame(payload: picture, isKeyframe: isKeyframe, size: size)
  }

  mutating func discard() {
    picture = []
    starts = []
    isKeyframe = false
  }

  /// The sizes of all frames, four bytes each, between two equal marker bytes.
  private mutating func appendIndex() {
    let marker = 0xC0 | 3 << 3 | UInt8(truncatingIfNeeded: starts.count - 1)
    let ends = starts.dropFirst() + [picture.count]
    picture.append(marker)
    for (start, end) in zip(starts, ends) {
      let size = UInt32(truncatingIfNeeded: end - start)
      for byte in 0..<4 { picture.append(UInt8(truncatingIfNeeded: size >> UInt32(8 * byte))) }
    }
    picture.append(marker)
  }
}
