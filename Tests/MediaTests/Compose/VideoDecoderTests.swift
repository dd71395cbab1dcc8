import Media
import TestSupport
import Testing
import Wire

@Suite struct VideoDecoderTests {
  static let codecs: [MediaCodec] = [.vp8, .vp9, .h264, .av1]

  @Test(arguments: codecs)
  func `each unit gives its picture at once, in its colours`(codec: MediaCodec) throws {
    let encoder = try SourceEncoder(codec, width: 320, height: 180)
    let decoder = try VideoDecoder(codec: codec)

    for color in [YUV.red, .green, .blue, .red, .gray] {
      let frames = try decoder.decode(encoder.encode(picture(320, 180, color)))

      #expect(frames.count == 1)
      #expect(frames.first?.width == 320 && frames.first?.height == 180)
      #expect(frames.first?.color(160, 90).isNear(color) == true)
      #expect(frames.first?.colorMatrix == .bt601)
    }
  }

  @Test(arguments: codecs)
  func `after broken units a keyframe is decoded as if nothing had been`(codec: MediaCodec) throws {
    let decoder = try VideoDecoder(codec: codec)
    let broken: [UInt8] =
      codec == .av1
      ? [0x0A, 0x02, 0xFF, 0xFF]  // a sequence header of nonsense
      : [0, 0, 0, 1, 0x65, 0xFF, 0x13, 0x37, 0x9D, 0x01, 0x2A, 1, 2, 3]

    for _ in 0..<5 { #expect(throws: AVError.self) { try decoder.decode(broken) } }
    let encoder = try SourceEncoder(codec, width: 160, height: 90)
    let frames = try decoder.decode(encoder.encode(quarters(160, 90)))

    #expect(frames.first?.color(40, 20).isNear(.red, within: 16) == true)
    #expect(frames.first?.color(120, 70).isNear(.gray, within: 16) == true)
  }

  @Test(arguments: codecs, 0..<4)
  func `no bytes whatever end the process, and it goes on after them`(
    codec: MediaCodec, seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let encoder = try SourceEncoder(codec, width: 96, height: 64)
    let units = try (0..<6).map { try encoder.encode(picture(96, 64, [.red, .blue][$0 % 2])) }
    let decoder = try VideoDecoder(codec: codec)

    for _ in 0..<150 {
      guard var unit = units.randomElement(using: &random) else { continue }
      switch Int.random(in: 0..<3, using: &random) {
      case 0: unit = Array(unit.prefix(Int.random(in: 0...unit.count, using: &random)))
      case 1: unit = random.bytes(Int.random(in: 1...300, using: &random))
      default:
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          unit[Int.random(in: 0..<unit.count, using: &random)] ^= UInt8.random(
            in: 1...255, using: &random)
        }
      }
      let frames = (try? decoder.decode(unit)) ?? []
      #expect(frames.allSatisfy { $0.width * $0.height <= VideoFrame.maximumPixels })
    }
    let fresh = try SourceEncoder(codec, width: 96, height: 64)
    #expect(try decoder.decode(fresh.encode(picture(96, 64, .green))).first?.width == 96)
  }

  @Test func `a header that claims a picture of 268 million pixels is refused`() throws {
    let decoder = try VideoDecoder(codec: .vp8)
    let claim: [UInt8] = [0x50, 0x01, 0x00, 0x9D, 0x01, 0x2A, 0xFF, 0x3F, 0xFF, 0x3F]

    #expect(throws: AVError.self) {
      try decoder.decode(claim + [UInt8](repeating: 0, count: 400))
    }
  }

  @Test func `units of another codec, empty ones and those that are too long are refused`() throws {
    let decoder = try VideoDecoder(codec: .vp8)

    #expect(throws: AVError.self) {
      try decoder.decode(
        EncodedUnit(
          codec: .h264, payload: [0], time: .init(nanoseconds: 0), rtpTimestamp: 0,
          isKeyframe: true))
    }
    #expect(throws: AVError.self) { try decoder.decode([]) }
    #expect(throws: AVError.self) {
      try decoder.decode([UInt8](repeating: 0, count: VideoDecoder.maximumUnitBytes + 1))
    }
    #expect(throws: AVError.self) { try VideoDecoder(codec: .opus) }
  }
}
