import Testing
import UDP

@Suite struct FrameDecoderTests {
  private let bodies: [[UInt8]] = [
    [], [1], Array("{}".utf8), [UInt8](repeating: 7, count: 300),
    [UInt8](repeating: 9, count: 70_000), [255, 255, 255, 255],
  ]

  private func drain(_ decoder: inout FrameDecoder) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while let frame = try decoder.next() { frames.append(frame) }
    return frames
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 64, 4_093, 1 << 20])
  func `frames come out whole however the stream is cut`(piece: Int) throws {
    let stream = bodies.flatMap { FrameDecoder.frame($0) }
    var decoder = FrameDecoder()
    var frames: [[UInt8]] = []

    for start in stride(from: 0, to: stream.count, by: piece) {
      decoder.append(stream[start..<min(start + piece, stream.count)])
      frames += try drain(&decoder)
    }

    #expect(frames == bodies)
  }

  @Test(arguments: 0..<50)
  func `frames come out whole when cut at random`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bodies = (0..<20).map { _ in
      (0..<Int.random(in: 0...2_000, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
    }
    var stream = bodies.flatMap { FrameDecoder.frame($0) }[...]
    var decoder = FrameDecoder()
    var frames: [[UInt8]] = []

    while !stream.isEmpty {
      let piece = stream.prefix(Int.random(in: 1...3_000, using: &random))
      stream = stream.dropFirst(piece.count)
      decoder.append(piece)
      if Bool.random(using: &random) { frames += try drain(&decoder) }
    }
    frames += try drain(&decoder)

    #expect(frames == bodies, "seed \(seed)")
  }

  @Test func `the longest frame passes, a longer one is an error and stays one`() throws {
    var decoder = FrameDecoder()
    let longest = [UInt8](repeating: 1, count: FrameDecoder.maximumLength)
    decoder.append(FrameDecoder.frame(longest))
    #expect(try decoder.next() == longest)

    decoder.append([0x00, 0x40, 0x00, 0x01])  // one byte over 4 MiB

    for _ in 0..<2 {
      #expect(throws: FrameDecoder.Oversize(length: (4 << 20) + 1)) { try decoder.next() }
      decoder.append([1, 2, 3])
    }
  }

  @Test(arguments: 0..<200)
  func `garbage gives frames or an error, never more bytes than came`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var decoder = FrameDecoder()
    var given = 0
    var taken = 0
    for _ in 0..<50 {
      let piece = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        // Small numbers, so that many lengths are possible ones.
        UInt8.random(in: 0...(Bool.random(using: &random) ? 255 : 1), using: &random)
      }
      given += piece.count
      decoder.append(piece)
      do {
        while let frame = try decoder.next() { taken += 4 + frame.count }
      } catch {
        break
      }
    }
    #expect(taken <= given, "seed \(seed)")
  }
}

/// SplitMix64: repeatable, so that a failing seed can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
