/// What an H.264 RTP payload carries (RFC 6184 §5).
public struct H264Payload: Hashable, Sendable {
  /// How the payload is put together, and the type of its first NAL unit, 1...23.
  public enum Structure: Hashable, Sendable {
    case single(UInt8)
    /// STAP-A: several whole units.
    case aggregate(first: UInt8)
    /// FU-A: a piece of one unit.
    case fragment(UInt8, starts: Bool, ends: Bool)
  }

  /// NAL unit types (ITU-T H.264 table 7-1).
  private static let idrSlice: UInt8 = 5
  private static let sequenceParameterSet: UInt8 = 7
  private static let stapA: UInt8 = 24
  private static let fuA: UInt8 = 28

  public private(set) var structure: Structure
  /// nal_ref_idc of the first unit is 0: no other picture refers to it.
  public let isNonReference: Bool
  /// A sequence parameter set starts here.
  public private(set) var hasParameterSet = false
  /// A slice of an IDR picture starts here.
  public private(set) var startsIDR = false

  /// Decoding can start here, given parameter sets in the stream or known beforehand.
  public var startsKeyframe: Bool { hasParameterSet || startsIDR }

  /// `nil` if `payload` is cut short, or of a kind packetization modes 0 and 1 do not have.
  public init?(parsing payload: RawSpan) {
    guard payload.byteCount >= 2 else { return nil }
    let head: UInt8 = payload.bigEndian(at: 0)
    let type = head & 0x1F
    isNonReference = head & 0x60 == 0
    structure = .single(type)
    switch type {
    case 1...23: note(type)
    case Self.stapA:
      var offset = 1
      var first: UInt8?
      while offset < payload.byteCount {
        guard let length = payload.checkedBigEndian(at: offset, as: UInt16.self), length > 0,
          offset + 2 + Int(length) <= payload.byteCount
        else { return nil }
        let unit = payload.bigEndian(at: offset + 2, as: UInt8.self) & 0x1F
        if first == nil { first = unit }
        note(unit)
        offset += 2 + Int(length)
      }
      guard let first else { return nil }
      structure = .aggregate(first: first)
    case Self.fuA:
      guard payload.byteCount >= 3 else { return nil }
      let fragment: UInt8 = payload.bigEndian(at: 1)
      let starts = fragment & 0x80 != 0
      structure = .fragment(fragment & 0x1F, starts: starts, ends: fragment & 0x40 != 0)
      if starts { note(fragment & 0x1F) }
    default: return nil
    }
  }

  private mutating func note(_ type: UInt8) {
    if type == Self.sequenceParameterSet { hasParameterSet = true }
    if type == Self.idrSlice { startsIDR = true }
  }
}
