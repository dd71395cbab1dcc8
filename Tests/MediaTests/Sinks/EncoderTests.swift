import Media
import Testing

@Suite struct EncoderTests {
  static func picture(_ number: Int, width: Int = 320, height: Int = 180) throws -> VideoFrame {
    let frame = try VideoFrame(width: width, height: height)
    frame.fill(y: UInt8(40 + (number * 3) % 160), u: UInt8(100 + number % 50), v: 128)
    return frame
  }

  static func tone(frequency: Double, from start: Int, count: Int) -> AudioSamples {
    var samples: [Float] = []
    for index in start..<start + count {
      let value = Float(0.4 * sine(2 * .pi * frequency * Double(index) / 48_000))
      samples += [value, value]
    }
    return AudioSamples(interleaved: samples)
  }

  @Test func `keyframes lie on multiples of the interval, whichever frames are left out`() throws {
    let encoder = try VideoEncoder(
      codec: .h264, width: 320, height: 180, framesPerSecond: 30, bitrate: 500_000,
      preset: .ultrafast, keyframeInterval: 10)

    var packets: [EncodedPacket] = []
    for number in 0..<60 where number != 20 && number != 7 {
      packets += try encoder.encode(Self.picture(number), number: Int64(number))
    }
    packets += try encoder.finish()

    #expect(packets.count == 58)
    #expect(packets.filter(\.isKeyframe).map { $0.pts / 3000 } == [0, 10, 21, 30, 40, 50])
    #expect(packets.allSatisfy { $0.pts == $0.dts && $0.duration == 3000 })
    #expect(encoder.track.extradata.starts(with: [0, 0, 0, 1]))
    #expect(encoder.track.codecString?.hasPrefix("avc1.") == true)
  }

  @Test func `a keyframe comes when it is asked for, and the next one stays where it was`() throws {
    for codec in [EncodedTrack.VideoCodec.h264, .vp8] {
      let encoder = try VideoEncoder(
        codec: codec, width: 320, height: 180, framesPerSecond: 30, bitrate: 500_000,
        preset: .ultrafast, keyframeInterval: 15)
      var packets: [EncodedPacket] = []
      for number in 0..<40 {
        packets += try encoder.encode(
          Self.picture(number), number: Int64(number), forceKeyframe: number == 4)
      }

      #expect(packets.count == 40, "with low delay each picture's packet is there at once")
      #expect(packets.filter(\.isKeyframe).map { $0.pts / 3000 } == [0, 4, 15, 30])
    }
  }

  @Test func `a cut between scenes makes no keyframe`() throws {
    let encoder = try VideoEncoder(
      codec: .h264, width: 320, height: 180, framesPerSecond: 30, bitrate: 500_000,
      preset: .veryfast, lowDelay: false, keyframeInterval: 30)
    var packets: [EncodedPacket] = []
    for number in 0..<30 {
      let frame = try VideoFrame(width: 320, height: 180)
      frame.fill(y: number < 12 ? 20 : 220, u: number < 12 ? 60 : 200, v: 128)
      packets += try encoder.encode(frame, number: Int64(number))
    }
    packets += try encoder.finish()

    #expect(packets.filter(\.isKeyframe).map(\.pts) == [0])
    #expect(packets.map(\.pts) == (0..<30).map { $0 * 3000 })
  }

  @Test func `a picture of another size or an old number is refused`() throws {
    let encoder = try VideoEncoder(
      codec: .h264, width: 320, height: 180, framesPerSecond: 30, bitrate: 500_000,
      keyframeInterval: 10)
    _ = try encoder.encode(Self.picture(0), number: 5)

    #expect(throws: AVError.self) { try encoder.encode(Self.picture(1), number: 5) }
    #expect(throws: AVError.self) {
      try encoder.encode(Self.picture(1, width: 640, height: 360), number: 6)
    }
    #expect(throws: AVError.self) {
      try VideoEncoder(
        codec: .h264, width: 321, height: 180, framesPerSecond: 30, bitrate: 500_000,
        keyframeInterval: 10)
    }
  }

  @Test func `sound in pieces of any size becomes frames without a gap, none before zero`() throws {
    for codec in [EncodedTrack.AudioCodec.aac, .opus] {
      let encoder = try AudioEncoder(codec: codec)
      var packets: [EncodedPacket] = []
      var start = 0
      for count in [7, 480, 960, 4000, 13, 48_000] {
        packets += try encoder.encode(Self.tone(frequency: 440, from: start, count: count))
        start += count
      }
      packets += try encoder.finish()

      let duration = codec == .aac ? Int64(1024) : 960
      #expect(packets.allSatisfy { $0.duration == duration && $0.isKeyframe })
      #expect((packets.first?.pts ?? -1) >= 0)
      #expect(zip(packets, packets.dropFirst()).allSatisfy { $1.pts - $0.pts == duration })
      #expect((packets.last?.pts ?? 0) + duration >= Int64(start))
      #expect(!encoder.track.extradata.isEmpty)
    }
  }
}
