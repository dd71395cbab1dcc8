internal import Wire

/// AV1 from RTP (RTP Payload Format For AV1 §4, §5): a temporal unit of OBUs that all have sizes.
struct AV1Depacketizer: FrameDepacketizer {
  private static let temporalDelimiter: [UInt8] = [0x12, 0x00]
  /// OBU types (AV1 specification §6.2.2).
  private static let sequenceHeaderType: UInt8 = 1
  private static let temporalDelimiterType: UInt8 = 2
  private static let tileListType: UInt8 = 8
  private static let paddingType: UInt8 = 15

  private var unit: [UInt8] = []
  /// An OBU that goes on in the next packet.
  private var open: [UInt8]?
  private var isKeyframe = false
  private var size: PictureSize?

  func startsFrame(_ payload: [UInt8]) -> Bool {
    AV1AggregationHeader(parsing: payload.span.bytes)?.continuesElement == false
  }

  mutating func append(_ payload: [UInt8]) -> Bool {
    guard let header = AV1AggregationHeader(parsing: payload.span.bytes),
      header.continuesElement == (open != nil)
    else { return false }
    if header.startsSequence { isKeyframe = true }
    var ranges: [Range<Int>] = []
    guard header.forEachElement(of: payload.span.bytes, { ranges.append($0) }) else { return false }
    for (position, range) in ranges.enumerated() {
      var element = Array(payload[range])
      if let begun = open {
        element = begun + element
        open = nil
      }
      if position == ranges.count - 1, header.isContinued {
        guard element.count <= MediaCodec.maximumFrameBytes else { return false }
        open = element
      } else if !append(obu: element) {
        return false
      }
    }
    return unit.count <= MediaCodec.maximumFrameBytes
  }

  mutating func take() -> DepacketizedFrame? {
    defer { discard() }
    guard !unit.isEmpty, open == nil else { return nil }
    return DepacketizedFrame(
      payload: Self.temporalDelimiter + unit, isKeyframe: isKeyframe, size: size)
  }

  mutating func discard() {
    unit = []
    open = nil
    isKeyframe = false
    size = nil
  }

  /// Adds one OBU with a size of its own, whether it came with one or not.
  private mutating func append(obu bytes: [UInt8]) -> Bool {
    guard let head = bytes.first, head & 0x80 == 0 else { return false }
    let type = head >> 3 & 0x0F
    let headerLength = head & 0x04 != 0 ? 2 : 1
    guard bytes.count >= headerLength else { return false }
    var body = bytes[headerLength...]
    if head & 0x02 != 0 {
      guard let length = Self.takeLength(&body), length <= body.count else { return false }
      body = body.prefix(length)
    }
    switch type {
    case Self.temporalDelimiterType, Self.tileListType, Self.paddingType: return true
    case Self.sequenceHeaderType:
      isKeyframe = true
      size = PictureSize(av1SequenceHeader: Array(body))
    default: break
    }
    unit.append(head | 0x02)
    if headerLength == 2 { unit.append(bytes[1]) }
    var length = body.count
    repeat {
      unit.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
      length >>= 7
    } while length > 0
    unit += body
    return true
  }

  /// A LEB128 number of at most five bytes (AV1 specification §4.10.5), taken off the front.
  private static func takeLength(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    var value = 0
    for position in 0..<5 {
      guard let byte = bytes.popFirst() else { return nil }
      value |= Int(byte & 0x7F) << (7 * position)
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}
