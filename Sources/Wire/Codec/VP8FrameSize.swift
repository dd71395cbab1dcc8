/// Width and height of a VP8 keyframe, from the first bytes of its first packet (RFC 6386 §9.1).
public struct VP8FrameSize: Hashable, Sendable {
  /// Pixels, without scaling; 1...16,383.
  public var width: UInt16
  public var height: UInt16

  @inlinable public var pixels: Int { Int(width) * Int(height) }

  /// Reads an RTP payload, descriptor first; `nil` if it does not start a keyframe of some size.
  public init?(parsing payload: RawSpan) {
    guard let descriptor = VP8Descriptor(parsing: payload), descriptor.startsKeyframe else {
      return nil
    }
    // Three bytes of frame tag, three of start code, then both sizes, little-endian.
    let start = descriptor.length + 3
    guard payload.checkedBigEndian(at: start, as: UInt16.self) == 0x9D01,
      payload.checkedBigEndian(at: start + 2, as: UInt8.self) == 0x2A,
      let width = payload.checkedBigEndian(at: start + 3, as: UInt16.self),
      let height = payload.checkedBigEndian(at: start + 5, as: UInt16.self)
    else { return nil }
    // The upper two bits ask the player to scale.
    self.width = width.byteSwapped & 0x3FFF
    self.height = height.byteSwapped & 0x3FFF
    guard self.width > 0, self.height > 0 else { return nil }
  }
}
