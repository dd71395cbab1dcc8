/// Tells from a frame's first bytes whether decoding can start with it.
enum PictureStart {
  static func isKeyframe(_ frame: ArraySlice<UInt8>, codec: MediaCodec) -> Bool {
    switch codec {
    case .opus: true
    // RFC 6386 §9.1: the lowest bit is 0.
    case .vp8: frame.first.map { $0 & 1 == 0 } ?? false
    case .vp9: isVP9Keyframe(frame)
    case .h264: AnnexBReader.units(of: frame).contains { frame[$0.lowerBound] & 0x1F == 5 }
    case .av1: AV1Unit.units(of: frame)?.contains { $0.kind == .sequenceHeader } ?? false
    }
  }

  /// VP9 bitstream specification §6.2: marker, profile, `show_existing_frame`, `frame_type`.
  private static func isVP9Keyframe(_ frame: ArraySlice<UInt8>) -> Bool {
    guard let first = frame.first, first >> 6 == 2 else { return false }
    let isProfile3 = first & 0x30 == 0x30  // has one more reserved bit
    let rest = isProfile3 ? first << 5 : first << 4
    return rest & 0xC0 == 0
  }
}
