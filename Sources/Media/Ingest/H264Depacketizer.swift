internal import Wire

/// H.264 from RTP, packetization modes 0 and 1 (RFC 6184), to Annex B.
///
/// Parameter sets are remembered, because a sender may send them once; an IDR picture that comes
/// without gets them in front, so that decoding can start there.
struct H264Depacketizer: FrameDepacketizer {
  private static let startCode: [UInt8] = [0, 0, 0, 1]
  private static let idrSlice: UInt8 = 5
  private static let sequenceParameterSet: UInt8 = 7
  private static let pictureParameterSet: UInt8 = 8
  private static let accessUnitDelimiter: UInt8 = 9
  private static let filler: UInt8 = 12
  /// Parameter sets of each kind; the standard allows 32 and 256, senders use one or two.
  private static let maximumSets = 16

  private var unit: [UInt8] = []
  private var hasIDR = false
  private var hasSequenceSet = false
  private var hasPictureSet = false
  /// A fragmented NAL unit is open.
  private var isOpen = false
  private var openType: UInt8 = 0
  private var openStart = 0
  /// By their identifiers.
  private var sequenceSets: [UInt32: [UInt8]] = [:]
  private var pictureSets: [UInt32: [UInt8]] = [:]
  private var size: PictureSize?

  func startsFrame(_ payload: [UInt8]) -> Bool {
    guard let parsed = H264Payload(parsing: payload.span.bytes) else { return false }
    switch parsed.structure {
    case .single(let type): return Self.starts(type, slice: payload.dropFirst())
    case .fragment(let type, let starts, _):
      return starts && Self.starts(type, slice: payload.dropFirst(2))
    case .aggregate(let first): return Self.starts(first, slice: payload.dropFirst(4))
    }
  }

  /// Whether a NAL unit can be an access unit's first; of a slice, whether it has the picture's first
  /// macroblock: `first_mb_in_slice` is 0, coded as a single 1 bit.
  private static func starts(_ type: UInt8, slice: ArraySlice<UInt8>) -> Bool {
    guard (1...5).contains(type) else { return true }
    return (slice.first ?? 0) & 0x80 != 0
  }

  mutating func append(_ payload: [UInt8]) -> Bool {
    guard let parsed = H264Payload(parsing: payload.span.bytes) else { return false }
    switch parsed.structure {
    case .single:
      guard !isOpen else { return false }
      append(unit: payload[...])
    case .aggregate:
      guard !isOpen else { return false }
      var offset = 1
      while offset + 2 <= payload.count {
        let length = Int(payload[offset]) << 8 | Int(payload[offset + 1])
        guard length > 0, length <= payload.count - offset - 2 else { return false }
        append(unit: payload[offset + 2..<offset + 2 + length])
        offset += 2 + length
      }
    case .fragment(let type, let starts, let ends):
      guard starts != isOpen, starts || type == openType else { return false }
      if starts {
        unit += Self.startCode
        openStart = unit.count
        openType = type
        isOpen = true
        unit.append(payload[0] & 0xE0 | type)
      }
      unit += payload[2...]
      if ends {
        isOpen = false
        note(unit[openStart...])
      }
    }
    return unit.count <= MediaCodec.maximumFrameBytes
  }

  mutating func take() -> DepacketizedFrame? {
    defer { discard() }
    guard !unit.isEmpty, !isOpen else { return nil }
    guard hasIDR else { return DepacketizedFrame(payload: unit, isKeyframe: false) }
    var whole: [UInt8] = []
    if !hasSequenceSet {
      for key in sequenceSets.keys.sorted() { whole += Self.startCode + (sequenceSets[key] ?? []) }
    }
    if !hasPictureSet {
      for key in pictureSets.keys.sorted() { whole += Self.startCode + (pictureSets[key] ?? []) }
    }
    // Without parameter sets nothing can be decoded, so it is no keyframe either.
    let isKeyframe = !sequenceSets.isEmpty && !pictureSets.isEmpty
    return DepacketizedFrame(payload: whole + unit, isKeyframe: isKeyframe, size: size)
  }

  mutating func discard() {
    unit = []
    hasIDR = false
    hasSequenceSet = false
    hasPictureSet = false
    isOpen = false
  }

  private mutating func append(unit bytes: ArraySlice<UInt8>) {
    let type = (bytes.first ?? 0) & 0x1F
    guard type != Self.accessUnitDelimiter, type != Self.filler else { return }
    unit += Self.startCode
    unit += bytes
    note(bytes)
  }

  private mutating func note(_ bytes: ArraySlice<UInt8>) {
    switch (bytes.first ?? 0) & 0x1F {
    case Self.idrSlice: hasIDR = true
    case Self.sequenceParameterSet:
      hasSequenceSet = true
      guard let set = H264SequenceParameterSet(parsing: Array(bytes)) else { return }
      if sequenceSets[set.identifier] == nil, sequenceSets.count >= Self.maximumSets {
        sequenceSets = [:]
      }
      sequenceSets[set.identifier] = Array(bytes)
      size = set.size
    case Self.pictureParameterSet:
      hasPictureSet = true
      var reader = BitReader(Array(bytes.dropFirst()))
      guard let identifier = reader.unsignedGolomb(), identifier < 256 else { return }
      if pictureSets[identifier] == nil, pictureSets.count >= Self.maximumSets { pictureSets = [:] }
      pictureSets[identifier] = Array(bytes)
    default: break
    }
  }
}
