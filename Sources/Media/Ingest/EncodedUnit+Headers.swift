/// What containers keep apart from the packets.
extension EncodedUnit {
  /// H.264: the parameter sets in front of the unit's first slice, with start codes.
  package var h264ParameterSets: [UInt8] {
    guard codec == .h264 else { return [] }
    var sets: [UInt8] = []
    var offset = 0
    while let start = Self.startCode(in: payload, from: offset) {
      let next = Self.startCode(in: payload, from: start + 4) ?? payload.count
      guard start + 4 < next else { break }
      let type = payload[start + 4] & 0x1F
      if (1...5).contains(type) { break }
      if type == 7 || type == 8 { sets += payload[start..<next] }
      offset = next
    }
    return sets
  }

  /// AV1: the sequence header OBU, which follows the temporal delimiter.
  package var av1SequenceHeader: [UInt8] {
    guard codec == .av1, payload.count > 4, payload[2] >> 3 & 0x0F == 1 else { return [] }
    let headerLength = payload[2] & 0x04 != 0 ? 2 : 1
    var length = 0
    for position in 0..<5 {
      let offset = 2 + headerLength + position
      guard offset < payload.count else { return [] }
      length |= Int(payload[offset] & 0x7F) << (7 * position)
      guard payload[offset] & 0x80 == 0 else { continue }
      guard length <= payload.count - offset - 1 else { return [] }
      return Array(payload[2..<offset + 1 + length])
    }
    return []
  }

  /// Where the next four-byte start code is; the depacketizer writes no others.
  private static func startCode(in bytes: [UInt8], from offset: Int) -> Int? {
    var index = offset
    while index + 4 <= bytes.count {
      if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 0, bytes[index + 3] == 1 {
        return index
      }
      index += 1
    }
    return nil
  }
}
