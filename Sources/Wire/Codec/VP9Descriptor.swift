/// What precedes VP9 data in an RTP payload (RFC 9628 §4.2).
public struct VP9Descriptor: Hashable, Sendable {
  /// Bytes before the VP9 data.
  public var length = 1
  /// 7 or 15 bits.
  public var pictureID: UInt16?
  public var hasLongPictureID = false
  /// The picture refers to earlier ones: P.
  public var isInterPicturePredicted: Bool
  /// References are listed with each picture: F.
  public var isFlexible: Bool
  /// The packet starts a frame of one spatial layer: B.
  public var startsFrame: Bool
  /// The packet ends a frame of one spatial layer: E.
  public var endsFrame: Bool
  /// Frames of higher spatial layers do not refer to this one: Z.
  public var isNotReferenceForHigherLayers: Bool
  /// TID, 0...7; 0 without layer indices.
  public var temporalLayer: UInt8 = 0
  /// SID, 0...7; 0 without layer indices.
  public var spatialLayer: UInt8 = 0
  /// A receiver may go up to this temporal layer from here: U.
  public var isSwitchingPoint = false
  /// The frame refers to the lower spatial layer of its picture: D.
  public var isInterLayerPredicted = false
  /// TL0PICIDX, only in non-flexible mode.
  public var temporalLevelZeroIndex: UInt8?
  /// Spatial layers of the scalability structure, 1...8, on packets that carry one.
  public var spatialLayerCount: UInt8?
  public let hasLayerIndices: Bool

  /// The first packet of a picture from which decoding can start.
  public var startsKeyframe: Bool {
    startsFrame && !isInterPicturePredicted && spatialLayer == 0
  }

  /// `nil` if `payload` is cut short or has no VP9 data.
  public init?(parsing payload: RawSpan) {
    guard let first = payload.checkedBigEndian(at: 0, as: UInt8.self) else { return nil }
    isInterPicturePredicted = first & 0x40 != 0
    hasLayerIndices = first & 0x20 != 0
    isFlexible = first & 0x10 != 0
    startsFrame = first & 0x08 != 0
    endsFrame = first & 0x04 != 0
    isNotReferenceForHigherLayers = first & 0x01 != 0
    if first & 0x80 != 0 {  // I
      guard let short = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
      if short & 0x80 != 0 {
        guard let long = payload.checkedBigEndian(at: length, as: UInt16.self) else { return nil }
        pictureID = long & 0x7FFF
        hasLongPictureID = true
        length += 2
      } else {
        pictureID = UInt16(short)
        length += 1
      }
    }
    if hasLayerIndices {
      guard let layers = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
      temporalLayer = layers >> 5
      isSwitchingPoint = layers & 0x10 != 0
      spatialLayer = layers >> 1 & 7
      isInterLayerPredicted = layers & 0x01 != 0
      length += 1
      if !isFlexible {
        guard let index = payload.checkedBigEndian(at: length, as: UInt8.self) else { return nil }
        temporalLevelZeroIndex = index
        length += 1
      }
    }
    if isFlexible, isInterPicturePredicted {
      var references = 0
      var hasMore = true
      while hasMore {  // at most three references (§4.2, P_DIFF)
        guard references < 3, let reference = payload.checkedBigEndian(at: length, as: UInt8.self)
        else { return nil }
        hasMore = reference & 0x01 != 0
        references += 1
        length += 1
      }
    }
    if first & 0x02 != 0 {  // V
      guard readStructure(payload) else { return nil }
    }
    guard length < payload.byteCount else { return nil }
  }

  /// The scalability structure (§4.2.1): sizes of the layers, then the picture group.
  private mutating func readStructure(_ payload: RawSpan) -> Bool {
    guard let head = payload.checkedBigEndian(at: length, as: UInt8.self) else { return false }
    let layers = (head >> 5) + 1
    spatialLayerCount = layers
    length += 1
    if head & 0x10 != 0 { length += 4 * Int(layers) }  // Y: width and height
    if head & 0x08 != 0 {  // G
      guard let pictures = payload.checkedBigEndian(at: length, as: UInt8.self) else {
        return false
      }
      length += 1
      for _ in 0..<pictures {
        guard let picture = payload.checkedBigEndian(at: length, as: UInt8.self) else {
          return false
        }
        length += 1 + Int(picture >> 2 & 3)  // R references of one byte
      }
    }
    return true
  }
}
