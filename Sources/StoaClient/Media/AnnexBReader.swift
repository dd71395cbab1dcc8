import Wire

/// Reads H.264 as a stream of NAL units behind start codes (ITU-T H.264 annex B).
enum AnnexBReader {
  static func startsWithStartCode(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0, 0, 1]) || bytes.starts(with: [0, 0, 0, 1])
  }

  /// Splits the stream into access units (§7.4.1.2.3), evenly spaced in time.
  static func read(_ bytes: [UInt8], frameRate: Double) throws(MediaFileError) -> MediaFileContent {
    guard frameRate.isFinite, frameRate > 0, frameRate <= 1_000 else {
      throw .malformed("a frame rate of \(frameRate)", offset: 0)
    }
    let interval = 1e9 / frameRate
    var frames: [MediaFileSource.Frame] = []
    var start: Int?
    var end = 0
    var hasPicture = false
    var isKeyframe = false
    func finish() {
      guard let start, hasPicture else { return }
      let time = Nanoseconds(Int64(Double(frames.count) * interval))
      frames.append(.init(range: start..<end, time: time, isKeyframe: isKeyframe))
    }
    for unit in units(of: bytes[...]) {
      guard bytes[unit.lowerBound] & 0x80 == 0 else {
        throw .malformed("a NAL unit with its forbidden bit set", offset: unit.lowerBound)
      }
      let type = bytes[unit.lowerBound] & 0x1F
      let isSlice = (1...5).contains(type)
      // The first slice of a picture has first_mb_in_slice 0, which is a single 1 bit.
      let beginsPicture = isSlice && unit.count > 1 && bytes[unit.lowerBound + 1] & 0x80 != 0
      let beginsUnit = beginsPicture || (6...9).contains(type) || (14...18).contains(type)
      if hasPicture, beginsUnit {
        finish()
        start = nil
        hasPicture = false
        isKeyframe = false
      }
      if start == nil { start = unit.lowerBound }
      end = unit.upperBound
      hasPicture = hasPicture || isSlice
      isKeyframe = isKeyframe || type == 5
    }
    finish()
    return MediaFileContent(
      codec: .h264, bytes: bytes, frames: frames,
      duration: Nanoseconds(Int64(Double(frames.count) * interval)))
  }

  /// Where the NAL units are, without start codes and trailing zeros; none is empty.
  ///
  /// A slice that begins within a unit, as a frame's range does, counts its first bytes as one.
  static func units(of data: ArraySlice<UInt8>) -> [Range<Int>] {
    var units: [Range<Int>] = []
    var start = data.startIndex
    var zeros = 0
    for offset in data.indices {
      switch data[offset] {
      case 0: zeros += 1
      case 1 where zeros >= 2:
        append(start..<offset - zeros, to: &units)
        start = offset + 1
        zeros = 0
      default: zeros = 0
      }
    }
    append(start..<data.endIndex - zeros, to: &units)
    return units
  }

  private static func append(_ range: Range<Int>, to units: inout [Range<Int>]) {
    if !range.isEmpty { units.append(range) }
  }
}
