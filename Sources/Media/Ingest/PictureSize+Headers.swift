/// Sizes that a keyframe's header tells within its first bytes.
extension PictureSize {
  /// RFC 6386 §9.1: three bytes of tag, start code, then 14 bits each.
  init?(vp8Keyframe bytes: [UInt8]) {
    guard bytes.count >= 10, bytes[3] == 0x9D, bytes[4] == 0x01, bytes[5] == 0x2A else {
      return nil
    }
    self.init(
      width: Int(bytes[6]) | Int(bytes[7] & 0x3F) << 8,
      height: Int(bytes[8]) | Int(bytes[9] & 0x3F) << 8)
    guard width > 0, height > 0 else { return nil }
  }

  /// VP9 bitstream specification §6.2: `uncompressed_header` of a keyframe.
  init?(vp9Keyframe bytes: [UInt8]) {
    var reader = BitReader(Array(bytes.prefix(16)))
    guard reader.bits(2) == 2, let low = reader.bits(1), let high = reader.bits(1) else {
      return nil
    }
    let profile = high << 1 | low
    if profile == 3 { _ = reader.bits(1) }
    // Not shown again, a keyframe; then show_frame, error_resilient_mode and the sync code.
    guard reader.bits(1) == 0, reader.bits(1) == 0, reader.bits(2) != nil,
      reader.bits(24) == 0x49_8342
    else { return nil }
    if profile >= 2 { _ = reader.bits(1) }
    guard let colorSpace = reader.bits(3) else { return nil }
    if colorSpace != 7 {
      _ = reader.bits(1)
      if profile & 1 == 1 { _ = reader.bits(3) }
    } else if profile & 1 == 1 {
      _ = reader.bits(1)
    }
    guard let width = reader.bits(16), let height = reader.bits(16) else { return nil }
    self.init(width: Int(width) + 1, height: Int(height) + 1)
  }

  /// AV1 specification §5.5: a sequence header's body; not read if it has timing information, which
  /// no real-time encoder writes.
  init?(av1SequenceHeader bytes: [UInt8]) {
    var reader = BitReader(Array(bytes.prefix(64)))
    guard reader.bits(4) != nil, let isReduced = reader.flag() else { return nil }
    if isReduced {
      _ = reader.bits(5)
    } else {
      guard reader.flag() == false, let hasDelay = reader.flag(), let points = reader.bits(5) else {
        return nil
      }
      for _ in 0...points {
        guard reader.bits(12) != nil, let level = reader.bits(5) else { return nil }
        if level > 7 { _ = reader.bits(1) }
        if hasDelay, reader.flag() == true { _ = reader.bits(4) }
      }
    }
    guard let widthBits = reader.bits(4), let heightBits = reader.bits(4),
      let width = reader.bits(Int(widthBits) + 1), let height = reader.bits(Int(heightBits) + 1)
    else { return nil }
    self.init(width: Int(width) + 1, height: Int(height) + 1)
  }
}
