import Wire

/// Reads fields of a file one after another, and never past its end.
struct ByteScanner {
  let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var remaining: Int { bytes.count - offset }
  var isAtEnd: Bool { remaining == 0 }

  /// Skips `count` bytes and tells where they were.
  mutating func take(_ count: Int, _ what: String) throws(MediaFileError) -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw .malformed("\(what) goes past the end", offset: offset)
    }
    defer { offset += count }
    return offset..<offset + count
  }

  mutating func littleEndian<T: FixedWidthInteger & UnsignedInteger>(
    _ what: String, as _: T.Type = T.self
  ) throws(MediaFileError) -> T {
    let range = try take(MemoryLayout<T>.size, what)
    return bytes[range].reversed().reduce(0) { $0 << 8 | T($1) }
  }
}
