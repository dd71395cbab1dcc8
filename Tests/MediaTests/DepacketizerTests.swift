import Media
import TestSupport
import Testing
import Wire

@Suite struct DepacketizerTests {
  private func unit(_ codec: MediaCodec, _ payloads: [[UInt8]]) -> EncodedUnit? {
    let feed = IngestFeed(codec)
    feed.send(payloads, timestamp: 3_000, at: .ms(0))
    return feed.take().first
  }

  @Test func `VP8 frames come without descriptors, with the size of a keyframe`() {
    let unit = unit(.vp8, vp8Packets(Keyframes.vp8))

    #expect(unit?.payload == Keyframes.vp8)
    #expect(unit?.isKeyframe == true)
    #expect(unit?.width == 322)
    #expect(unit?.height == 182)
    #expect(unit?.rtpTimestamp == 3_000)
  }

  @Test func `VP8 picture ids and layers are taken off`() {
    let unit = unit(.vp8, [[0x90, 0xE0, 0x81, 0x23, 0x07, 0x20] + Keyframes.vp8])

    #expect(unit?.payload == Keyframes.vp8)
  }

  @Test func `VP9 frames come without descriptors, with the size of a keyframe`() {
    let half = Keyframes.vp9.count / 2
    let unit = unit(
      .vp9, [[0x88, 1] + Keyframes.vp9[..<half], [0x84, 1] + Keyframes.vp9[half...]])

    #expect(unit?.payload == Keyframes.vp9)
    #expect(unit?.isKeyframe == true)
    #expect(unit?.width == 322)
    #expect(unit?.height == 182)
  }

  @Test func `VP9 spatial layers become a superframe`() {
    // I, L, B, E; then SID 1 with D, each with a TL0PICIDX.
    let unit = unit(
      .vp9,
      [[0xAC, 1, 0x00, 0] + Keyframes.vp9, [0xAC | 0x40, 1, 0x03, 0, 0x86, 0xAA, 0xBB]])

    let index: [UInt8] = [0xD9, 40, 0, 0, 0, 3, 0, 0, 0, 0xD9]
    #expect(unit?.payload == Keyframes.vp9 + [0x86, 0xAA, 0xBB] + index)
    #expect(unit?.isKeyframe == true)
  }

  @Test func `H264 comes as Annex B from aggregates and fragments, without delimiters`() {
    let sps = Keyframes.h264SPS
    let pps = Keyframes.h264PPS
    let aggregate =
      [0x18, 0, 2, 0x09, 0xF0, 0, UInt8(sps.count)] + sps + [0, UInt8(pps.count)] + pps
    let unit = unit(
      .h264, [aggregate, [0x7C, 0x85, 0x88, 1, 2], [0x7C, 0x05, 3, 4], [0x7C, 0x45, 5]])

    let code: [UInt8] = [0, 0, 0, 1]
    #expect(unit?.payload == code + sps + code + pps + code + [0x65, 0x88, 1, 2, 3, 4, 5])
    #expect(unit?.isKeyframe == true)
    #expect(unit?.width == 322)
    #expect(unit?.height == 182)
  }

  @Test func `an H264 IDR picture without parameter sets gets the last ones in front`() {
    let feed = IngestFeed(.h264)
    feed.send([Keyframes.h264SPS, Keyframes.h264PPS, [0x65, 0x88, 1]], timestamp: 0, at: .ms(0))
    feed.send([[0x41, 0x9A, 2]], timestamp: 3_000, at: .ms(33))
    feed.send([[0x65, 0x88, 3]], timestamp: 6_000, at: .ms(66))

    let units = feed.take()

    let code: [UInt8] = [0, 0, 0, 1]
    #expect(units.map(\.isKeyframe) == [true, false, true])
    #expect(units[1].payload == code + [0x41, 0x9A, 2])
    let sets = code + Keyframes.h264SPS + code + Keyframes.h264PPS
    #expect(units[2].payload == sets + code + [0x65, 0x88, 3])
  }

  @Test func `an H264 IDR picture whose parameter sets never came is no place to start`() {
    #expect(unit(.h264, [[0x65, 0x88, 1]]) == nil)
  }

  @Test func `AV1 units get sizes, and a delimiter in front`() {
    let header = Keyframes.av1SequenceHeader
    // W = 2, Y and N set: the sequence header without its size, then the start of a frame.
    let bare = [header[0] & ~0x02] + header[2...]
    let first = [0x68, UInt8(bare.count)] + bare + [0x30, 1, 2, 3]
    let second: [UInt8] = [0x90, 4, 5]

    let unit = unit(.av1, [first, second])

    #expect(unit?.payload == [0x12, 0] + header + [0x32, 5, 1, 2, 3, 4, 5])
    #expect(unit?.isKeyframe == true)
    #expect(unit?.width == 322)
    #expect(unit?.height == 182)
  }

  @Test func `AV1 delimiters and padding of the sender are left out`() {
    let header = Keyframes.av1SequenceHeader
    let elements: [[UInt8]] = [[0x12, 0], header, [0x7A, 2, 0, 0], [0x32, 2, 8, 9]]
    let unit = unit(.av1, [[0x08] + elements.flatMap { [UInt8($0.count)] + $0 }])

    #expect(unit?.payload == [0x12, 0] + header + [0x32, 2, 8, 9])
  }

  @Test func `Opus packets come as they are`() {
    let feed = IngestFeed(.opus)
    for (index, packet) in OpusTone.packets.enumerated() {
      feed.send(packet, timestamp: UInt32(index * 960), marker: false, at: .ms(Int64(index * 20)))
    }

    #expect(feed.take().map(\.payload) == OpusTone.packets)
  }

  private static let samples: [(MediaCodec, [[UInt8]])] = [
    (.vp8, [[0x90, 0xF0, 0x81, 0x23, 0x07, 0x20] + Keyframes.vp8, [0x00, 1, 2, 3]]),
    (
      .vp9,
      [
        [0xAE, 0x81, 0x23, 0x00, 0x39, 1, 66, 0, 182, 1, 0x04] + Keyframes.vp9,
        [0xEC, 0x81, 0x23, 0x03, 0x86, 0xAA],
      ]
    ),
    (
      .h264,
      [
        [0x18, 0, UInt8(Keyframes.h264SPS.count)] + Keyframes.h264SPS + [
          0, UInt8(Keyframes.h264PPS.count),
        ] + Keyframes.h264PPS, [0x7C, 0x85, 0x88, 1, 2], [0x7C, 0x45, 3],
      ]
    ),
    (
      .av1,
      [
        [0x68, UInt8(Keyframes.av1SequenceHeader.count)] + Keyframes.av1SequenceHeader + [0x30, 1],
        [0x90, 4, 5],
      ]
    ),
    (.opus, [OpusTone.packets[0]]),
  ]

  @Test func `every truncation and every flipped bit of a payload is survived`() {
    for (codec, payloads) in Self.samples {
      for position in payloads.indices {
        malformed(payloads[position]) { changed in
          let feed = IngestFeed(codec)
          var sent = payloads
          sent[position] = changed
          feed.send(sent, timestamp: 0, at: .ms(0))
          feed.send(payloads, timestamp: 3_000, at: .ms(33))
          #expect(feed.take().count >= 1, "\(codec): the whole frame after it comes out")
        }
      }
    }
  }

  @Test(arguments: 0..<50)
  func `random payloads are survived`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for codec in MediaCodec.allCases {
      let feed = IngestFeed(codec)
      for step in 0..<300 {
        let payload = random.bytes(Int.random(in: 0...40, using: &random))
        feed.send(
          payload, timestamp: random.next(), marker: random.chance(0.5), at: .ms(Int64(step)),
          isLost: random.chance(0.1))
      }
      feed.wait(until: .distantFuture)
    }
  }
}

/// Calls `body` with every truncation of `sample` and with every single-bit change of it.
private func malformed(_ sample: [UInt8], _ body: ([UInt8]) -> Void) {
  for length in 0...sample.count { body(Array(sample[0..<length])) }
  var copy = sample
  for bit in 0..<sample.count * 8 {
    copy[bit / 8] ^= 1 << UInt8(bit % 8)
    body(copy)
    copy[bit / 8] ^= 1 << UInt8(bit % 8)
  }
}
