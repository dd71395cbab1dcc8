/// Files of the formats we read, made for tests.
enum MediaFiles {
  private static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<MemoryLayout<T>.size).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
  }

  /// An IVF file of 30 frames per second.
  static func ivf(_ code: String, _ frames: [[UInt8]], timestamps: [UInt64]? = nil) -> [UInt8] {
    var file = Array("DKIF".utf8) + littleEndian(UInt16(0)) + littleEndian(UInt16(32))
    file += Array(code.utf8) + littleEndian(UInt16(640)) + littleEndian(UInt16(360))
    file += littleEndian(UInt32(30)) + littleEndian(UInt32(1))
    file += littleEndian(UInt32(frames.count)) + littleEndian(UInt32(0))
    for (index, frame) in frames.enumerated() {
      file += littleEndian(UInt32(frame.count))
      file += littleEndian(timestamps?[index] ?? UInt64(index)) + frame
    }
    return file
  }

  /// Ogg pages with one packet each, unless `segmentsPerPage` splits them.
  static func ogg(_ packets: [[UInt8]], segmentsPerPage: Int = 255) -> [UInt8] {
    let headers = [
      Array("OpusHead".utf8) + [1, 2, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0],
      Array("OpusTags".utf8) + [UInt8](repeating: 0, count: 8),
    ]
    var file: [UInt8] = []
    var number: UInt32 = 0
    for packet in headers + packets {
      var segments = Array(repeating: 255, count: packet.count / 255) + [packet.count % 255]
      var rest = packet[...]
      var continues = false
      while !segments.isEmpty {
        let part = segments.prefix(segmentsPerPage)
        segments.removeFirst(part.count)
        let length = part.reduce(0, +)
        let flags: UInt8 = (continues ? 1 : 0) | (number == 0 ? 2 : 0)
        file += page(flags, number, part.map { UInt8($0) }, rest.prefix(length))
        rest = rest.dropFirst(length)
        continues = true
        number += 1
      }
    }
    return file
  }

  private static func page(
    _ flags: UInt8, _ number: UInt32, _ table: [UInt8], _ body: ArraySlice<UInt8>
  ) -> [UInt8] {
    var page = Array("OggS".utf8) + [0, flags] + littleEndian(UInt64(0))
    page += littleEndian(UInt32(7)) + littleEndian(number) + [0, 0, 0, 0]
    page += [UInt8(table.count)] + table + body
    page.replaceSubrange(22..<26, with: littleEndian(checksum(page)))
    return page
  }

  /// RFC 3533 §6, bit by bit: written differently from what it checks.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0
    for byte in bytes {
      crc ^= UInt32(byte) << 24
      for _ in 0..<8 { crc = crc >> 31 == 1 ? crc << 1 ^ 0x04C1_1DB7 : crc << 1 }
    }
    return crc
  }

  /// NAL units behind start codes.
  static func annexB(_ units: [[UInt8]]) -> [UInt8] {
    units.flatMap { [0, 0, 0, 1] + $0 }
  }

  /// A NAL unit with no start code in it.
  static func unit(_ header: UInt8, length: Int, startsPicture: Bool = true) -> [UInt8] {
    [header, startsPicture ? 0x88 : 0x08] + (0..<max(length - 2, 0)).map { UInt8($0 % 250 + 4) }
  }

  static func vp8(keyframe: Bool, length: Int) -> [UInt8] {
    [keyframe ? 0x10 : 0x11] + (1..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
  }
}
