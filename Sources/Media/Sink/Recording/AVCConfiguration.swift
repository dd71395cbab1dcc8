/// The parameter sets in an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1).
struct AVCConfiguration: Equatable {
  private(set) var units: [[UInt8]] = []

  /// Nil if the bytes are anything else, or cut off.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 7, bytes[0] == 1 else { return nil }
    var offset = 5
    for mask in [0x1F, 0xFF] {
      guard offset < bytes.count else { return nil }
      let count = Int(bytes[offset]) & mask
      offset += 1
      for _ in 0..<count {
        guard offset + 2 <= bytes.count else { return nil }
        let length = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
        guard offset + 2 + length <= bytes.count else { return nil }
        units.append(Array(bytes[(offset + 2)..<(offset + 2 + length)]))
        offset += 2 + length
      }
    }
  }

  /// As they stand in samples: each after its length in four bytes.
  var lengthPrefixed: [UInt8] {
    units.flatMap { unit in
      (0..<4).map { UInt8(truncatingIfNeeded: unit.count >> (24 - 8 * $0)) } + unit
    }
  }
}
