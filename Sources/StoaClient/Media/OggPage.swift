/// One page of an Ogg stream (RFC 3533 §6).
struct OggPage {
  static let magic = Array("OggS".utf8)

  var continuesPacket: Bool
  var isFirst: Bool
  var isLast: Bool
  var serial: UInt32
  /// What each segment adds; a packet ends with the first one under 255.
  var segmentLengths: [Int]
  /// Where the segments are in the file.
  var body: Range<Int>

  /// Reads the page at the scanner's position, its checksum included.
  init(_ scanner: inout ByteScanner) throws(MediaFileError) {
    let start = scanner.offset
    guard scanner.bytes[try scanner.take(4, "a page")].elementsEqual(Self.magic) else {
      throw .malformed("no Ogg page", offset: start)
    }
    let version: UInt8 = try scanner.littleEndian("a page's version")
    guard version == 0 else { throw .malformed("Ogg version \(version)", offset: start) }
    let flags: UInt8 = try scanner.littleEndian("a page's flags")
    _ = try scanner.littleEndian("a page's position", as: UInt64.self)
    serial = try scanner.littleEndian("a page's serial number")
    _ = try scanner.littleEndian("a page's number", as: UInt32.self)
    let checksumOffset = scanner.offset
    let checksum: UInt32 = try scanner.littleEndian("a page's checksum")
    let count: UInt8 = try scanner.littleEndian("a page's segment count")
    let table = try scanner.take(Int(count), "a page's segment table")
    segmentLengths = scanner.bytes[table].map(Int.init)
    body = try scanner.take(segmentLengths.reduce(0, +), "a page's segments")
    continuesPacket = flags & 1 != 0
    isFirst = flags & 2 != 0
    isLast = flags & 4 != 0
    let computed = Self.checksum(
      scanner.bytes[start..<body.upperBound], skipping: checksumOffset..<checksumOffset + 4)
    guard computed == checksum else { throw .malformed("a wrong page checksum", offset: start) }
  }

  /// CRC-32 of the polynomial 0x04C11DB7, unreflected, with its own four bytes taken as zero.
  static func checksum(_ page: ArraySlice<UInt8>, skipping field: Range<Int>) -> UInt32 {
    var crc: UInt32 = 0
    for offset in page.indices {
      let byte = field.contains(offset) ? 0 : page[offset]
      crc = crc << 8 ^ table[Int(UInt8(truncatingIfNeeded: crc >> 24) ^ byte)]
    }
    return crc
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index) << 24) { crc, _ in
      crc & 0x8000_0000 != 0 ? crc << 1 ^ 0x04C1_1DB7 : crc << 1
    }
  }
}
