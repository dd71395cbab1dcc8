/// What is read of an H.264 sequence parameter set (ITU-T H.264 §7.3.2.1.1): name and picture size.
struct H264SequenceParameterSet {
  let identifier: UInt32
  /// After cropping; `nil` if it is not to be read.
  let size: PictureSize?

  /// Profiles that say how colour is sampled.
  private static let highProfiles: Set<UInt32> = [
    100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
  ]

  /// `nil` if `unit`, a NAL unit with its first byte, has not even a name.
  init?(parsing unit: [UInt8]) {
    var reader = BitReader(Self.withoutEmulationPrevention(unit.dropFirst().prefix(256)))
    guard let profile = reader.bits(8), reader.bits(16) != nil,
      let identifier = reader.unsignedGolomb(), identifier < 32
    else { return nil }
    self.identifier = identifier
    size = Self.size(profile: profile, &reader)
  }

  private static func size(profile: UInt32, _ reader: inout BitReader) -> PictureSize? {
    var chroma: UInt32 = 1
    if highProfiles.contains(profile) {
      guard let format = reader.unsignedGolomb(), format <= 3 else { return nil }
      chroma = format
      if format == 3 { _ = reader.flag() }
      _ = reader.unsignedGolomb()
      _ = reader.unsignedGolomb()
      _ = reader.flag()
      guard let hasMatrix = reader.flag() else { return nil }
      if hasMatrix {
        for list in 0..<(chroma == 3 ? 12 : 8) where reader.flag() == true {
          skipScalingList(count: list < 6 ? 16 : 64, &reader)
        }
      }
    }
    _ = reader.unsignedGolomb()
    guard let orderType = reader.unsignedGolomb() else { return nil }
    if orderType == 0 {
      _ = reader.unsignedGolomb()
    } else if orderType == 1 {
      _ = reader.flag()
      _ = reader.signedGolomb()
      _ = reader.signedGolomb()
      guard let cycle = reader.unsignedGolomb(), cycle < 256 else { return nil }
      for _ in 0..<cycle { _ = reader.signedGolomb() }
    }
    _ = reader.unsignedGolomb()
    _ = reader.flag()
    guard let columns = reader.unsignedGolomb(), let rows = reader.unsignedGolomb(),
      columns < 1_024, rows < 1_024, let isFrameOnly = reader.flag()
    else { return nil }
    if !isFrameOnly { _ = reader.flag() }
    _ = reader.flag()
    var width = Int(columns + 1) * 16
    var height = Int(rows + 1) * 16 * (isFrameOnly ? 1 : 2)
    guard let isCropped = reader.flag() else { return nil }
    if isCropped {
      guard let left = reader.unsignedGolomb(), let right = reader.unsignedGolomb(),
        let top = reader.unsignedGolomb(), let bottom = reader.unsignedGolomb(),
        max(left, right, top, bottom) < 0x10000
      else { return nil }
      width -= Int(left + right) * (chroma == 1 || chroma == 2 ? 2 : 1)
      height -= Int(top + bottom) * (chroma == 1 ? 2 : 1) * (isFrameOnly ? 1 : 2)
    }
    guard width > 0, height > 0 else { return nil }
    return PictureSize(width: width, height: height)
  }

  private static func skipScalingList(count: Int, _ reader: inout BitReader) {
    var last: Int32 = 8
    var next: Int32 = 8
    for _ in 0..<count {
      if next != 0 {
        guard let delta = reader.signedGolomb() else { return }
        next = (last &+ delta) & 0xFF
      }
      if next != 0 { last = next }
    }
  }

  /// Without the 3 of every 0 0 3 (§7.4.1).
  private static func withoutEmulationPrevention(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var zeros = 0
    for byte in bytes {
      if zeros >= 2, byte == 3 {
        zeros = 0
        continue
      }
      zeros = byte == 0 ? zeros + 1 : 0
      result.append(byte)
    }
    return result
  }
}
