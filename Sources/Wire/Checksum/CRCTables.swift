/// Lookup tables for a reflected 32-bit CRC, eight bytes a step ("slicing by 8").
struct CRCTables: Sendable {
  /// Eight tables of 256 entries, one after another.
  private let entries: [UInt32]

  /// - Parameter polynomial: with its bits reversed.
  init(polynomial: UInt32) {
    var entries = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : (value >> 1) ^ polynomial }
      entries[index] = value
    }
    for index in 256..<entries.count {
      let previous = entries[index - 256]
      entries[index] = (previous >> 8) ^ entries[Int(previous & 0xFF)]
    }
    self.entries = entries
  }

  /// Continues `crc`, the inverted register, over `bytes`.
  func update(_ crc: UInt32, with bytes: RawSpan) -> UInt32 {
    let table = entries.span
    var crc = crc
    var offset = 0
    while bytes.byteCount - offset >= 8 {
      let word = bytes.bigEndian(at: offset, as: UInt64.self).byteSwapped ^ UInt64(crc)
      crc =
        table[1792 + Int(word & 0xFF)] ^ table[1536 + Int(word >> 8 & 0xFF)]
        ^ table[1280 + Int(word >> 16 & 0xFF)] ^ table[1024 + Int(word >> 24 & 0xFF)]
      crc ^=
        table[768 + Int(word >> 32 & 0xFF)] ^ table[512 + Int(word >> 40 & 0xFF)]
        ^ table[256 + Int(word >> 48 & 0xFF)] ^ table[Int(word >> 56)]
      offset += 8
    }
    while offset < bytes.byteCount {
      let byte: UInt8 = bytes.bigEndian(at: offset)
      crc = (crc >> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
      offset += 1
    }
    return crc
  }
}
