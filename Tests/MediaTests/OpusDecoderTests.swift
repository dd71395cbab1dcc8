import Foundation
import Media
import TestSupport
import Testing

@Suite struct OpusDecoderTests {
  /// How strong `frequency` is in the left channel, 0...1 for a full-scale tone.
  private func strength(of frequency: Double, in samples: [Float]) -> Double {
    var sine = 0.0
    var cosine = 0.0
    let frames = samples.count / 2
    for frame in 0..<frames {
      let angle = 2 * Double.pi * frequency * Double(frame) / 48_000
      sine += Double(samples[frame * 2]) * sin(angle)
      cosine += Double(samples[frame * 2]) * cos(angle)
    }
    return 2 * (sine * sine + cosine * cosine).squareRoot() / Double(max(frames, 1))
  }

  @Test func `a tone comes out as that tone`() throws {
    let decoder = try OpusDecoder()

    let samples = OpusTone.packets.prefix(13).flatMap { decoder.decode($0).interleaved }

    #expect(samples.count == 13 * 960 * 2)
    let steady = Array(samples[(3 * 1_920)...])
    #expect(strength(of: 440, in: steady) > 0.08)
    #expect(strength(of: 1_000, in: steady) < 0.01)
  }

  @Test(arguments: [true, false])
  func `a lost packet is replaced by the same tone`(usesNext: Bool) throws {
    let decoder = try OpusDecoder()
    for packet in OpusTone.packets[0..<6] { _ = decoder.decode(packet) }

    let replaced =
      usesNext
      ? decoder.decodeLost(from: OpusTone.packets[7], frameCount: 960)
      : decoder.conceal(frameCount: 960)

    #expect(replaced.frameCount == 960)
    #expect(strength(of: 440, in: replaced.interleaved) > 0.05)
  }

  @Test func `what is repeated of a lost packet is nearer to it than what is invented`() throws {
    let whole = try OpusDecoder()
    let repaired = try OpusDecoder()
    let concealed = try OpusDecoder()
    // From the start of the tone: there is nothing to go on inventing with.
    _ = whole.decode(OpusTone.packets[0])
    let truth = whole.decode(OpusTone.packets[1]).interleaved

    let fromNext = repaired.decodeLost(from: OpusTone.packets[2], frameCount: 960).interleaved
    let invented = concealed.conceal(frameCount: 960).interleaved

    let error = { (samples: [Float]) in zip(samples, truth).map { abs($0 - $1) }.reduce(0, +) }
    #expect(fromNext.contains { abs($0) > 0.01 })
    #expect(error(fromNext) < error(invented))
  }

  @Test(arguments: 0..<20)
  func `random packets keep the stream's length`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let decoder = try OpusDecoder()
    for _ in 0..<200 {
      let packet = random.bytes(Int.random(in: 0...80, using: &random))
      let samples = decoder.decode(packet)
      #expect((1...OpusDecoder.maximumFrameCount).contains(samples.frameCount))
    }
    #expect(decoder.conceal(frameCount: .max).frameCount == OpusDecoder.maximumFrameCount)
    #expect(decoder.conceal(frameCount: -5).frameCount == 120)
  }
}
