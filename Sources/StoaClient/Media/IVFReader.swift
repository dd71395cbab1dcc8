import Wire

/// Reads IVF, the container of libvpx's and libaom's test files: a header of 32 bytes, then frames
/// with a length and a time each, all little-endian.
enum IVFReader {
  static let magic = Array("DKIF".utf8)

  static func read(_ bytes: [UInt8]) throws(MediaFileError) -> MediaFileContent {
    var scanner = ByteScanner(bytes)
    _ = try scanner.take(magic.count, "the signature")
    let version: UInt16 = try scanner.littleEndian("the version")
    let headerLength: UInt16 = try scanner.littleEndian("the header length")
    guard version == 0, headerLength >= 32 else {
      throw .malformed("version \(version) with a header of \(headerLength) bytes", offset: 4)
    }
    let code = String(decoding: bytes[try scanner.take(4, "the codec")], as: UTF8.self)
    let codec: MediaCodec
    switch code {
    case "VP80": codec = .vp8
    case "VP90": codec = .vp9
    case "AV01": codec = .av1
    case "H264": codec = .h264
    default: throw .unknownCodec(code)
    }
    _ = try scanner.take(4, "the picture size")
    let rate: UInt32 = try scanner.littleEndian("the time base")
    let scale: UInt32 = try scanner.littleEndian("the time base")
    guard rate > 0, scale > 0 else { throw .malformed("a time base of 0", offset: 16) }
    _ = try scanner.take(Int(headerLength) - 24, "the header")
    let clock = IVFClock(rate: rate, scale: scale)
    return try frames(codec, &scanner, clock)
  }

  private static func frames(
    _ codec: MediaCodec, _ scanner: inout ByteScanner, _ clock: IVFClock
  ) throws(MediaFileError) -> MediaFileContent {
    var frames: [MediaFileSource.Frame] = []
    var first: UInt64?
    var previous = Nanoseconds.zero
    var interval = Nanoseconds(1_000_000_000 * Int64(clock.scale) / Int64(clock.rate))
    while !scanner.isAtEnd {
      let start = scanner.offset
      let length: UInt32 = try scanner.littleEndian("a frame's length")
      let stamp: UInt64 = try scanner.littleEndian("a frame's time")
      let range = try scanner.take(Int(length), "a frame")
      let origin = first ?? stamp
      first = origin
      guard stamp >= origin, let time = clock.time(stamp - origin), time >= previous else {
        throw .malformed("a frame's time goes back", offset: start)
      }
      guard !range.isEmpty else { continue }  // an encoder's dropped frame
      if !frames.isEmpty, time > previous { interval = time - previous }
      previous = time
      let isKeyframe = PictureStart.isKeyframe(scanner.bytes[range], codec: codec)
      frames.append(.init(range: range, time: time, isKeyframe: isKeyframe))
    }
    return MediaFileContent(
      codec: codec, bytes: scanner.bytes, frames: frames, duration: previous + interval)
  }
}

/// Turns an IVF file's units into time.
private struct IVFClock {
  var rate: UInt32
  var scale: UInt32

  /// `nil` past a day, which no file kept in memory lasts.
  func time(_ units: UInt64) -> Nanoseconds? {
    let (product, overflows) = units.multipliedReportingOverflow(by: UInt64(scale))
    guard !overflows else { return nil }
    let (seconds, rest) = product.quotientAndRemainder(dividingBy: UInt64(rate))
    guard seconds < 86_400 else { return nil }
    return Nanoseconds(Int64(seconds * 1_000_000_000 + rest * 1_000_000_000 / UInt64(rate)))
  }
}
