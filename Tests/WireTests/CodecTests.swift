import Testing
import Wire

/// Payload descriptors, each followed by a little data.
enum CodecSample {
  static let vp8: [(String, [UInt8])] = [
    ("long picture id", [UInt8](hex: "90 e0 92 34 07 a0 10 02 00 9d 01 2a")),
    ("short picture id", [UInt8](hex: "90 80 11 11 02 00")),
    ("no extension", [UInt8](hex: "10 50 00 00 9d 01 2a")),
    ("all fields", [UInt8](hex: "b1 f0 ff fe fe 7f 01")),
  ]
  static let vp9: [(String, [UInt8])] = [
    // I, L, B, E, V non-flexible: picture id, T0 S0, TL0PICIDX, structure of 3 layers with sizes
    (
      "keyframe of L3T3",
      [UInt8](
        hex: """
          ae 92 34 00 07 58 01 40 00 b4 02 80 01 68 05 00 02 d0
          02 14 01 00 00 82
          """)
    ),
    // I, P, L, F, B: two references
    ("flexible inter frame", [UInt8](hex: "f8 12 5b 03 04 86 00")),
    ("plain", [UInt8](hex: "0c 82 49")),
  ]
  static let h264: [(String, [UInt8])] = [
    ("STAP-A with SPS, PPS", [UInt8](hex: "78 00 04 67 42 e0 1f 00 02 68 ce")),
    ("FU-A start of IDR", [UInt8](hex: "7c 85 88 84")),
    ("FU-A middle", [UInt8](hex: "7c 05 88 84")),
    ("single slice", [UInt8](hex: "41 9a 00")),
  ]
  static let av1: [(String, [UInt8])] = [
    ("new sequence, two elements", [UInt8](hex: "28 03 0a 0b 00 30 01 02")),
    ("all lengths", [UInt8](hex: "00 01 aa 81 00 bb")),
    ("continued", [UInt8](hex: "90 01 02")),
  ]
  static let dependency = [UInt8](hex: "c5 12 34 80 00")
  static let opus: [(String, [UInt8])] = [
    ("20 ms CELT", [0xFC, 1]), ("60 ms SILK", [0x18, 1]), ("three frames", [0xFF, 0x03, 1]),
  ]
}

// Parsing an array that is a temporary needs a function around it, to live long enough.
private func vp8(_ bytes: [UInt8]) -> VP8Descriptor? { VP8Descriptor(parsing: bytes.span.bytes) }
private func vp8Size(_ bytes: [UInt8]) -> VP8FrameSize? {
  VP8FrameSize(parsing: bytes.span.bytes)
}
private func vp9(_ bytes: [UInt8]) -> VP9Descriptor? { VP9Descriptor(parsing: bytes.span.bytes) }
private func h264(_ bytes: [UInt8]) -> H264Payload? { H264Payload(parsing: bytes.span.bytes) }
private func opus(_ bytes: [UInt8]) -> OpusTOC? { OpusTOC(parsing: bytes.span.bytes) }
private func av1(_ bytes: [UInt8]) -> AV1AggregationHeader? {
  AV1AggregationHeader(parsing: bytes.span.bytes)
}
private func dependency(_ bytes: [UInt8], in range: Range<Int>) -> DependencyDescriptor? {
  DependencyDescriptor(parsing: bytes.span.bytes, in: range)
}

@Suite struct VP8DescriptorTests {
  @Test func `reads every field`() throws {
    let payload = CodecSample.vp8[0].1
    let found = vp8(payload)
    let descriptor = try #require(found)

    #expect(descriptor.pictureID == 0x1234)
    #expect(descriptor.hasLongPictureID)
    #expect(descriptor.pictureIDOffset == 2)
    #expect(descriptor.temporalLevelZeroIndex == 7)
    #expect(descriptor.temporalLayer == 2)
    #expect(descriptor.isLayerSync)
    #expect(descriptor.keyIndex == nil)
    #expect(descriptor.length == 6)
    #expect(descriptor.startsKeyframe)
  }

  @Test func `tells keyframes from others by the frame header`() {
    let short = vp8(CodecSample.vp8[1].1)
    let plain = vp8(CodecSample.vp8[2].1)
    let all = vp8(CodecSample.vp8[3].1)

    #expect(short?.startsKeyframe == false)
    #expect(short?.pictureID == 0x11)
    #expect(plain?.startsKeyframe == true)
    #expect(plain?.pictureID == nil)
    #expect(all?.startsKeyframe == false)  // second partition
    #expect(all?.isNonReference == true)
    #expect(all?.keyIndex == 0x1F)
    #expect(all?.temporalLayer == 1)
  }

  @Test(arguments: 0..<100) func `shifting adds modulo the width and touches nothing else`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let payload = CodecSample.vp8[Int(seed) % 4].1
    let picture: UInt16 = random.next()
    let level: UInt8 = random.next()
    let start = Int.random(in: 0...20, using: &random)
    let original = [UInt8](repeating: 0x55, count: start) + payload
    var packet = original
    do {
      var bytes = packet.mutableSpan
      var span = bytes.mutableBytes
      VP8Descriptor.shift(picture: picture, level: level, inPayloadAt: start, of: &span)
    }

    let rewritten = Array(packet[start...])
    let before = vp8(payload)
    let after = vp8(rewritten)
    var expected = try #require(before)
    let mask: UInt16 = expected.hasLongPictureID ? 0x7FFF : 0x7F
    expected.pictureID = expected.pictureID.map { ($0 &+ picture) & mask }
    expected.temporalLevelZeroIndex = expected.temporalLevelZeroIndex.map { $0 &+ level }
    #expect(after == expected)
    let changed = packet.indices.filter { packet[$0] != original[$0] }
    #expect(changed.allSatisfy { (start + 2..<start + 5).contains($0) })
  }

  @Test(arguments: CodecSample.vp8.indices) func `no malformed payload traps`(index: Int) {
    malformed(CodecSample.vp8[index].1) { bytes in
      _ = vp8(bytes)
      var copy = bytes
      var span = copy.mutableSpan
      var raw = span.mutableBytes
      VP8Descriptor.shift(picture: 1, level: 1, inPayloadAt: 0, of: &raw)
      VP8Descriptor.shift(picture: 1, level: 1, inPayloadAt: bytes.count, of: &raw)
      VP8Descriptor.shift(picture: 1, level: 1, inPayloadAt: -1, of: &raw)
    }
  }
}

@Suite struct VP8FrameSizeTests {
  /// A keyframe of 1280×720 whose scaling bits are set, behind a descriptor of one byte.
  static let keyframe: [UInt8] = [
    0x10, 0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x00, 0x45, 0xD0, 0x82, 1, 2, 3,
  ]

  @Test func `reads width and height without the scaling bits`() throws {
    let found = vp8Size(Self.keyframe)
    let size = try #require(found)

    #expect(size.width == 1_280 && size.height == 720)
    #expect(size.pixels == 921_600)
  }

  @Test func `other frames, other start codes and nothing by nothing have no size`() {
    for (index, byte) in [(0, 0x00), (1, 0x11), (4, 0x9C), (6, 0x2B)] as [(Int, UInt8)] {
      var payload = Self.keyframe
      payload[index] = byte
      #expect(vp8Size(payload) == nil)
    }
    var empty = Self.keyframe
    empty.replaceSubrange(7..<9, with: [0, 0])
    #expect(vp8Size(empty) == nil)
  }

  @Test func `no malformed payload traps`() {
    malformed(Self.keyframe) { _ = vp8Size($0) }
  }
}

@Suite struct VP9DescriptorTests {
  @Test func `reads a keyframe with its scalability structure`() throws {
    let found = vp9(CodecSample.vp9[0].1)
    let descriptor = try #require(found)

    #expect(descriptor.startsKeyframe)
    #expect(descriptor.pictureID == 0x1234)
    #expect(descriptor.temporalLevelZeroIndex == 7)
    #expect(descriptor.spatialLayerCount == 3)
    #expect(descriptor.endsFrame)
    #expect(descriptor.length == 22)
  }

  @Test func `reads an inter frame of the flexible mode`() throws {
    let found = vp9(CodecSample.vp9[1].1)
    let descriptor = try #require(found)

    #expect(!descriptor.startsKeyframe)
    #expect(descriptor.isFlexible)
    #expect(descriptor.pictureID == 0x12)
    #expect(descriptor.temporalLayer == 2)
    #expect(descriptor.isSwitchingPoint)
    #expect(descriptor.spatialLayer == 5)
    #expect(descriptor.isInterLayerPredicted)
    #expect(descriptor.temporalLevelZeroIndex == nil)
    #expect(descriptor.length == 5)
  }

  @Test func `more than three references are refused`() {
    #expect(vp9([UInt8](hex: "50 03 05 06 82"))?.length == 4)
    #expect(vp9([UInt8](hex: "50 03 05 07 08 82")) == nil)
  }

  @Test(arguments: CodecSample.vp9.indices) func `no malformed payload traps`(index: Int) {
    malformed(CodecSample.vp9[index].1) { _ = vp9($0) }
  }
}

@Suite struct H264PayloadTests {
  @Test func `a parameter set or the start of an IDR slice starts a keyframe`() {
    let found = CodecSample.h264.map { h264($0.1) }

    #expect(found.map { $0?.startsKeyframe } == [true, true, false, false])
    #expect(found[0]?.structure == .aggregate(first: 7))
    #expect(found[0]?.hasParameterSet == true)
    #expect(found[1]?.structure == .fragment(5, starts: true, ends: false))
    #expect(found[1]?.startsIDR == true)
    #expect(found[3]?.structure == .single(1))
  }

  @Test(arguments: ["", "78", "78 00 00", "78 00 05 67", "7c 85", "19 00 00", "00 01", "1f 00"])
  func `what modes 0 and 1 do not have is refused`(hex: String) {
    #expect(h264([UInt8](hex: hex)) == nil)
  }

  @Test(arguments: CodecSample.h264.indices) func `no malformed payload traps`(index: Int) {
    malformed(CodecSample.h264[index].1) { _ = h264($0) }
  }
}

@Suite struct AV1Tests {
  private func elements(_ payload: [UInt8]) -> [Range<Int>]? {
    var found: [Range<Int>] = []
    let isWhole = av1(payload)?
      .forEachElement(of: payload.span.bytes) { found.append($0) }
    return isWhole == true ? found : nil
  }

  @Test func `reads the aggregation header and walks its elements`() {
    let header = av1(CodecSample.av1[0].1)

    #expect(header?.startsSequence == true)
    #expect(header?.elementCount == 2)
    #expect(elements(CodecSample.av1[0].1) == [2..<5, 5..<8])
    #expect(
      elements(CodecSample.av1[1].1) == [2..<3, 5..<6])
    #expect(
      av1(CodecSample.av1[2].1)?.continuesElement == true)
  }

  @Test(arguments: ["00 02 aa", "00 80", "00 ff ff ff ff ff 01", "20 05 aa", "30 01 aa"])
  func `a length past the end is malformed`(hex: String) {
    #expect(elements([UInt8](hex: hex)) == nil)
  }

  @Test func `a continued new sequence contradicts itself`() {
    #expect(av1([UInt8](hex: "98 00")) == nil)
  }

  @Test func `reads the mandatory fields of the dependency descriptor`() throws {
    let bytes = CodecSample.dependency
    let found = dependency(bytes, in: 0..<bytes.count)
    let descriptor = try #require(found)

    #expect(descriptor.startsFrame && descriptor.endsFrame)
    #expect(descriptor.templateID == 5)
    #expect(descriptor.frameNumber == 0x1234)
    #expect(descriptor.startsKeyframe)
    #expect(dependency(bytes, in: 0..<3)?.startsKeyframe == false)
    #expect(dependency(bytes, in: 0..<2) == nil)
    #expect(dependency(bytes, in: 3..<6) == nil)
  }

  @Test(arguments: CodecSample.av1.indices) func `no malformed payload traps`(index: Int) {
    malformed(CodecSample.av1[index].1) { bytes in
      _ = elements(bytes)
      _ = dependency(bytes, in: 0..<bytes.count)
    }
  }
}

@Suite struct OpusTOCTests {
  @Test(
    arguments: [
      (UInt8(0x00), 10_000), (0x08, 20_000), (0x10, 40_000), (0x18, 60_000), (0x58, 60_000),
      (0x60, 10_000), (0x68, 20_000), (0x78, 20_000), (0x80, 2_500), (0x88, 5_000), (0x90, 10_000),
      (0x98, 20_000), (0xF8, 20_000),
    ] as [(UInt8, Int64)])
  func `frames last as long as RFC 6716 table 2 says`(byte: UInt8, microseconds: Int64) {
    let toc = opus([byte, 0])
    #expect(toc?.frameDuration == .microseconds(microseconds))
    #expect(toc?.frameCount == 1)
    #expect(toc?.isStereo == false)
  }

  @Test func `counts frames, and refuses more than 120 ms`() {
    #expect(opus([0xFD as UInt8])?.packetDuration == .milliseconds(40))
    #expect(opus([0xFF as UInt8, 6])?.packetDuration == .milliseconds(120))
    #expect(opus([0xFF as UInt8, 7]) == nil)
    #expect(opus([0xFF as UInt8, 0]) == nil)
    #expect(opus([0xFF as UInt8]) == nil)
    #expect(opus([UInt8]()) == nil)
  }
}
