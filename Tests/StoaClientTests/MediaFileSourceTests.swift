import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct MediaFileSourceTests {
  @Test func `reads the frames of an IVF file with their times and keyframes`() throws {
    let frames = [
      MediaFiles.vp8(keyframe: true, length: 900), MediaFiles.vp8(keyframe: false, length: 40),
      MediaFiles.vp8(keyframe: false, length: 41),
    ]

    let file = try MediaFileSource(
      parsing: MediaFiles.ivf("VP80", frames, timestamps: [10, 11, 13]))

    #expect(file.codec == .vp8)
    #expect(file.frames.map { Array(file.bytes[$0.range]) } == frames)
    #expect(file.frames.map(\.isKeyframe) == [true, false, false])
    #expect(file.frames.map(\.time.milliseconds) == [0, 33, 100])
    #expect(file.duration.milliseconds == 166)
  }

  @Test func `knows the codecs that IVF files carry, and no others`() throws {
    let frame: [[UInt8]] = [[0x82, 0x49, 0x83, 0x42]]

    #expect(try MediaFileSource(parsing: MediaFiles.ivf("VP90", frame)).codec == .vp9)
    #expect(try MediaFileSource(parsing: MediaFiles.ivf("AV01", frame)).codec == .av1)
    #expect(throws: MediaFileError.unknownCodec("MJPG")) {
      try MediaFileSource(parsing: MediaFiles.ivf("MJPG", frame))
    }
  }

  @Test func `tells VP9 keyframes from others`() throws {
    let frames: [[UInt8]] = [[0x82, 0x49], [0x86, 0x00], [0xB1, 0x00], [0xB2, 0x00]]

    let file = try MediaFileSource(parsing: MediaFiles.ivf("VP90", frames))

    // Profile 0 key and inter; profile 3 (one more reserved bit) key and inter.
    #expect(file.frames.map(\.isKeyframe) == [true, false, true, false])
  }

  @Test(arguments: [255, 1, 2])
  func `reads Opus packets from Ogg pages, whole or in pieces`(segmentsPerPage: Int) throws {
    // 20 ms CELT; 60 ms SILK; two frames of 20 ms.
    let packets: [[UInt8]] = [
      [31 << 3] + [UInt8](repeating: 1, count: 80),
      [3 << 3] + [UInt8](repeating: 2, count: 700), [31 << 3 | 1, 5, 5],
    ]

    let file = try MediaFileSource(
      parsing: MediaFiles.ogg(packets, segmentsPerPage: segmentsPerPage))

    #expect(file.codec == .opus)
    #expect(file.frames.map { Array(file.bytes[$0.range]) } == packets)
    #expect(file.frames.map(\.time.milliseconds) == [0, 20, 80])
    #expect(file.duration.milliseconds == 120)
  }

  @Test func `refuses an Ogg page whose checksum is wrong`() {
    var bytes = MediaFiles.ogg([[31 << 3, 1, 2, 3]])
    bytes[bytes.count - 1] ^= 1

    #expect(throws: MediaFileError.self) { try MediaFileSource(parsing: bytes) }
  }

  @Test func `splits H264 into access units at delimiters, parameters and first slices`() throws {
    let keyframe = [
      [0x09, 0xF0], [0x67, 0x42, 0xE0, 0x1F], [0x68, 0xCE, 0x01],
      MediaFiles.unit(0x65, length: 300), MediaFiles.unit(0x65, length: 200, startsPicture: false),
    ]
    let second = [MediaFiles.unit(0x41, length: 100)]
    let third = [[0x09, 0xF0], MediaFiles.unit(0x41, length: 50)]

    let file = try MediaFileSource(
      parsing: MediaFiles.annexB(keyframe + second + third), frameRate: 25)

    #expect(file.codec == .h264)
    #expect(file.frames.count == 3)
    #expect(file.frames.map(\.isKeyframe) == [true, false, false])
    #expect(file.frames.map(\.time.milliseconds) == [0, 40, 80])
    #expect(file.duration.milliseconds == 120)
  }

  @Test func `refuses what is no media file`() {
    #expect(throws: MediaFileError.unknownFormat) { try MediaFileSource(parsing: []) }
    #expect(throws: MediaFileError.unknownFormat) {
      try MediaFileSource(parsing: Array("RIFF....".utf8))
    }
    #expect(throws: MediaFileError.empty) {
      try MediaFileSource(parsing: MediaFiles.ivf("VP80", []))
    }
    #expect(throws: MediaFileError.empty) { try MediaFileSource(parsing: MediaFiles.ogg([])) }
    #expect(throws: MediaFileError.empty) {
      try MediaFileSource(parsing: MediaFiles.annexB([[0x67, 1, 2]]))
    }
    #expect(throws: MediaFileError.self) { try MediaFileSource(contentsOf: "/nowhere/at/all") }
  }

  /// Every truncation and many damages of every format: an error or a file, never a trap; and what is
  /// read can be packetized.
  @Test(arguments: ["ivf", "ivf-av1", "ivf-h264", "ogg", "h264"])
  func `survives malformed files`(format: String) {
    let whole: [UInt8] =
      switch format {
      case "ivf":
        MediaFiles.ivf(
          "VP80",
          [MediaFiles.vp8(keyframe: true, length: 60), MediaFiles.vp8(keyframe: false, length: 9)])
      case "ivf-av1":
        MediaFiles.ivf(
          "AV01", [[0x12, 0, 0x0A, 3, 1, 2, 3, 0x32, 0x81, 0x00, 9, 0x36, 0x08, 2, 7, 7]])
      case "ivf-h264":
        MediaFiles.ivf(
          "H264", [MediaFiles.annexB([[0x67, 1], MediaFiles.unit(0x65, length: 40)])])
      case "ogg": MediaFiles.ogg([[31 << 3, 1, 2, 3], [31 << 3 | 3, 2, 9]])
      default: MediaFiles.annexB([[0x67, 1, 2], [0x68, 3], MediaFiles.unit(0x65, length: 30)])
      }
    for length in 0...whole.count { read(Array(whole[..<length])) }
    for offset in whole.indices {
      for bit in 0..<8 {
        var damaged = whole
        damaged[offset] ^= 1 << bit
        read(damaged)
      }
      for value: UInt8 in [0, 0x7F, 0xFF] {
        var damaged = whole
        damaged[offset] = value
        read(damaged)
      }
    }
    var random = SplitMix64(seed: 11)
    for _ in 0..<2_000 {
      read(whole.prefix(4) + random.bytes(Int.random(in: 0..<120, using: &random)))
    }
  }

  private func read(_ bytes: [UInt8]) {
    guard let file = try? MediaFileSource(parsing: bytes) else { return }
    var packetizer = Packetizer(file.codec, maximumPayload: 64)
    var packets = FramePackets()
    for frame in file.frames {
      packetizer.packetize(file.bytes[frame.range], isKeyframe: frame.isKeyframe, into: &packets)
      #expect(packets.ranges.allSatisfy { file.codec.isAudio || $0.count <= 64 })
    }
  }
}
