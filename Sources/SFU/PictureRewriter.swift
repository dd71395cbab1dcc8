/// Keeps VP8 picture ids and TL0PICIDX contiguous across switches of source (RFC 7741 §4.2).
public struct PictureRewriter: Sendable {
  /// Added to picture ids, modulo 2¹⁵.
  public private(set) var pictureOffset: UInt16 = 0
  /// Added to TL0PICIDX, modulo 2⁸.
  public private(set) var levelOffset: UInt8 = 0
  private var lastPicture: UInt16?
  private var lastLevel: UInt8?

  public init() {}

  /// Continues with a source whose next packet has these ids.
  public mutating func rebase(picture: UInt16?, level: UInt8?) {
    if let lastPicture, let picture { pictureOffset = (lastPicture &+ 1 &- picture) & 0x7FFF }
    if let lastLevel, let level { levelOffset = lastLevel &+ 1 &- level }
  }

  public mutating func rewrite(picture: UInt16) -> UInt16 {
    let result = (picture &+ pictureOffset) & 0x7FFF
    if let lastPicture, (result &- lastPicture) & 0x7FFF >= 0x4000 { return result }  // late
    lastPicture = result
    return result
  }

  public mutating func rewrite(level: UInt8) -> UInt8 {
    let result = level &+ levelOffset
    if let lastLevel, Int8(bitPattern: result &- lastLevel) < 0 { return result }  // late
    lastLevel = result
    return result
  }
}
