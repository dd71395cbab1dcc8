/// What precedes VP8 data in an RTP payload (RFC 7741 §4.2).
///
/// Offsets count from the start of the payload.
public struct VP8Descriptor: Hashable, Sendable {
  /// Bytes before the VP8 data, 1...6.
  public var length = 1
  /// No other frame refers to this one, so it may be dropped alone.
  public var isNonReference = false
  /// A partition of the frame starts in this packet.
  public var startsPartition = false
  /// 0...7; the first of a frame is 0.
  public var partitionIndex: UInt8 = 0
  /// 7 or 15 bits, see `hasLongPictureID`.
  public var pictureID: UInt16?
  public var hasLongPictureID = false
  /// Where `pictureID` is; 0 if there is none.
  public var pictureIDOffset = 0
  /// Counts the frames of temporal layer 0: TL0PICIDX.
  public var temporalLevelZeroIndex: UInt8?
  /// Where `temporalLevelZeroIndex` is; 0 if there is none.
  public var temporalLevelZeroOffset = 0
  /// TID, 0...3.
  public var temporalLayer: UInt8?
  /// A receiver of lower layers may start taking this layer here: Y.
  public var isLayerSync = false
  /// KEYIDX, 0...31.
  public var keyIndex: UInt8?
  /// This is the first packet of a keyframe (§4.3: the P bit of the frame header is 0).
  public var startsKeyframe = false

  /// `nil` if `payload` is cut short or has no VP8 data.
  @inlinable
  public init?(parsing payload: RawSpan) {
    guard payload.byteCount >= 2 else { return nil }
    let first: UInt8 = payload.bigEndian(at: 0)
    isNonReference = first & 0x20 != 0
    startsPartition = first & 0x10 != 0
    partitionIndex = first & 0x07
    if first & 0x80 != 0 {
      let bits: UInt8 = payload.bigEndian(at: 1)
      length = 2
      if bits & 0x80 != 0 {  // I
        guard let short = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
        pictureIDOffset = length
        if short & 0x80 != 0 {  // M
          guard let long = payload.checkedBigEndian(at: length, as: UInt16.self) else { return nil }
          pictureID = long & 0x7FFF
          hasLongPictureID = true
          length += 2
        } else {
          pictureID = UInt16(short)
          length += 1
        }
      }
      if bits & 0x40 != 0 {  // L
        guard let index = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
        temporalLevelZeroIndex = index
        temporalLevelZeroOffset = length
        length += 1
      }
      if bits & 0x30 != 0 {  // T, K: one byte for both
        guard let layer = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
        if bits & 0x20 != 0 {
          temporalLayer = layer >> 6
          isLayerSync = layer & 0x20 != 0
        }
        if bits & 0x10 != 0 { keyIndex = layer & 0x1F }
        length += 1
      }
    }
    guard let header = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
    startsKeyframe = startsPartition && partitionIndex == 0 && header & 0x01 == 0
  }

  /// Adds to picture id and TL0PICIDX where they stand, modulo their width.
  ///
  /// Does nothing to a field that is not there, and nothing at all if the payload is malformed.
  ///
  /// - Parameters:
  ///   - picture: added modulo 2¹⁵, or 2⁷ for a short picture id.
  ///   - level: added modulo 2⁸.
  ///   - start: where the payload starts in `packet`.
  ///   - packet: may be longer than the packet it holds.
  @inlinable
  @_lifetime(packet: copy packet)
  public static func shift(
    picture: UInt16, level: UInt8, inPayloadAt start: Int, of packet: inout MutableRawSpan
  ) {
    guard start >= 0, start < packet.byteCount,
      let found = VP8Descriptor(parsing: packet.bytes.extracting(start..<packet.byteCount))
    else { return }
    if let old = found.pictureID {
      if found.hasLongPictureID {
        packet.storeBigEndian(0x8000 | (old &+ picture) & 0x7FFF, at: start + found.pictureIDOffset)
      } else {
        let new = UInt8(truncatingIfNeeded: old &+ picture) & 0x7F
        packet.storeBigEndian(new, at: start + found.pictureIDOffset)
      }
    }
    if let old = found.temporalLevelZeroIndex {
      packet.storeBigEndian(old &+ level, at: start + found.temporalLevelZeroOffset)
    }
  }
}
