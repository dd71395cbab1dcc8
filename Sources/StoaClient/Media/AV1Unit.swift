/// One open bitstream unit of a temporal unit (AV1 bitstream specification §5.3).
struct AV1Unit {
  enum Kind: UInt8 {
    case sequenceHeader = 1
    case temporalDelimiter, frameHeader, tileGroup, metadata, frame, redundantFrameHeader, tileList
    case padding = 15
  }

  /// `nil` for a reserved type.
  var kind: Kind?
  /// The header of one or two bytes, its size flag cleared: RTP tells lengths by itself.
  var header: [UInt8]
  /// Without header and size field.
  var payload: Range<Int>

  /// The units of a temporal unit in the low-overhead format; `nil` if a length points past the end.
  static func units(of data: ArraySlice<UInt8>) -> [AV1Unit]? {
    var units: [AV1Unit] = []
    var offset = data.startIndex
    while offset < data.endIndex {
      let first = data[offset]
      let hasExtension = first & 0x04 != 0
      let hasSize = first & 0x02 != 0
      var header = [first & ~0x02]
      offset += 1
      if hasExtension {
        guard offset < data.endIndex else { return nil }
        header.append(data[offset])
        offset += 1
      }
      var length = data.endIndex - offset
      if hasSize {
        guard let size = leb128(data, &offset), size <= data.endIndex - offset else { return nil }
        length = size
      }
      units.append(
        AV1Unit(
          kind: Kind(rawValue: first >> 3 & 0x0F), header: header,
          payload: offset..<offset + length))
      offset += length
    }
    return units
  }

  private static func leb128(_ data: ArraySlice<UInt8>, _ offset: inout Int) -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 35, by: 7) {  // lengths fit 32 bits (§4.10.5)
      guard offset < data.endIndex else { return nil }
      let byte = data[offset]
      offset += 1
      value |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}
