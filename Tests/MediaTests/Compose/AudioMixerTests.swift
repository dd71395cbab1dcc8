import Foundation
import Media
import TestSupport
import Testing

@Suite struct AudioMixerTests {
  static let rate = AudioSamples.rate

  /// A tone, the same on both sides, as it sounds from a frame on.
  static func tone(
    _ hertz: Double, _ amplitude: Double, from first: Int = 0, count: Int, rate: Double = 48_000
  ) -> AudioSamples {
    AudioSamples(
      interleaved: (0..<count).flatMap { index in
        let value = Float(amplitude * sin(2 * .pi * hertz * Double(first + index) / rate))
        return [value, value]
      })
  }

  static func time(_ frame: Int) -> MediaTime {
    MediaTime(number: Int64(frame), rate: Int64(rate))
  }

  static func left(_ samples: [Float]) -> [Float] {
    stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
  }

  /// How loud a frequency is in this sound.
  static func amplitude(_ hertz: Double, in samples: ArraySlice<Float>) -> Double {
    var (re, im) = (0.0, 0.0)
    for (index, value) in samples.enumerated() {
      let angle = 2 * .pi * hertz * Double(index) / Double(rate)
      // Hann's window, so that tones between two bins are measured alike.
      let weight = 1 - cos(2 * .pi * Double(index) / Double(samples.count))
      re += Double(value) * cos(angle) * weight
      im += Double(value) * sin(angle) * weight
    }
    return 2 * (re * re + im * im).squareRoot() / Double(samples.count)
  }

  static func largestStep(_ samples: some Sequence<Float>) -> Float {
    var previous: Float?
    var largest: Float = 0
    for value in samples {
      largest = max(largest, abs(value - (previous ?? value)))
      previous = value
    }
    return largest
  }

  /// Adds and mixes in steps of 20 ms, adding this long before it is heard.
  static func run(
    packets: Int, lead: Int = 2, _ mixer: inout AudioMixer,
    _ packet: (Int) -> [(id: String, samples: AudioSamples, frame: Int)]
  ) -> [Float] {
    var output: [Float] = []
    for number in 0..<(packets + lead) {
      if number < packets {
        for (id, samples, frame) in packet(number) {
          mixer.add(samples, from: id, at: time(frame))
        }
      }
      guard number >= lead else { continue }
      output += mixer.mix(frameCount: 960, at: time((number - lead) * 960)).interleaved
    }
    return left(output)
  }

  @Test func `each tone is in the mix at its level`() {
    var mixer = AudioMixer()
    let mix = Self.run(packets: 60, &mixer) { number in
      [
        ("a", Self.tone(440, 0.2, from: number * 960, count: 960), number * 960),
        ("b", Self.tone(1_000, 0.1, from: number * 960, count: 960), number * 960),
        ("c", Self.tone(3_150, 0.3, from: number * 960, count: 960), number * 960),
      ]
    }
    let middle = mix[9_600..<52_800]

    #expect(abs(Self.amplitude(440, in: middle) - 0.2) < 0.002)
    #expect(abs(Self.amplitude(1_000, in: middle) - 0.1) < 0.001)
    #expect(abs(Self.amplitude(3_150, in: middle) - 0.3) < 0.003)
    #expect(Self.amplitude(2_000, in: middle) < 0.000_1)
  }

  @Test func `a sample is heard exactly at its time, and quiet sound is not touched`() {
    var mixer = AudioMixer()
    var random = SplitMix64(seed: 1)
    let noise = (0..<(50 * 1_920)).map { _ in Float.random(in: -0.3...0.3, using: &random) }
    let mix = Self.run(packets: 50, &mixer) { number in
      let part = Array(noise[number * 1_920..<(number + 1) * 1_920])
      return [("a", AudioSamples(interleaved: part), 777 + number * 960)]
    }

    // Fading in takes 5 ms.
    #expect(mix[0..<777].allSatisfy { $0 == 0 })
    #expect(
      Array(mix[(777 + 240)..<40_000]) == Array(Self.left(noise)[240..<(40_000 - 777)]))
  }

  @Test func `left stays left and right right`() {
    var mixer = AudioMixer()
    let samples = AudioSamples(interleaved: (0..<960).flatMap { _ in [Float(0.25), -0.5] })
    mixer.add(samples, from: "a", at: .zero)
    let mix = mixer.mix(frameCount: 700, at: .zero).interleaved

    #expect(mix[1_200] == 0.25 && mix[1_201] == -0.5)
  }

  @Test(arguments: [0, 1, 7, 480, 959])
  func `gaps are silent and nothing clicks where sound begins and ends`(shift: Int) {
    var mixer = AudioMixer()
    let mix = Self.run(packets: 100, &mixer) { number in
      // A second of sound with its end inside of a block, half a second without, and so on.
      guard number % 25 < 15 else { return [] }
      let frame = number * 960 + shift
      return [("a", Self.tone(440, 0.5, from: frame, count: 960), frame)]
    }

    let own = 0.5 * 2 * Float.pi * 440 / 48_000
    #expect(Self.largestStep(mix) < own + 0.5 / 200)
    let gap = (15 * 960 + shift + 300)..<(25 * 960 + shift - 10)
    #expect(mix[gap].allSatisfy { $0 == 0 })
    #expect(abs(Self.amplitude(440, in: mix[2_000..<14_000]) - 0.5) < 0.01)
  }

  @Test func `one packet that is missing makes no click`() {
    var mixer = AudioMixer()
    let mix = Self.run(packets: 50, &mixer) { number in
      number % 10 == 5
        ? [] : [("a", Self.tone(300, 0.5, from: number * 960, count: 960), number * 960)]
    }

    #expect(Self.largestStep(mix) < 0.5 * 2 * Float.pi * 300 / 48_000 + 0.5 / 200)
  }

  @Test(arguments: [0.99, 0.995, 1.0, 1.005, 1.01])
  func `a clock that is 1 percent off stays within 40 ms and does not click`(speed: Double) {
    var mixer = AudioMixer()
    // For each second of true time, the source has `speed` seconds of its own, and packets of 20 ms of them.
    let seconds = 60
    let packets = Int(Double(seconds * 50) * speed)
    var (sent, output): (Int, [Float]) = (0, [])
    for block in 0..<(seconds * 50) {
      while sent < packets, Double(sent) * 960 / speed < Double((block + 4) * 960) {
        var samples = Self.tone(200, 0.2, from: sent * 960, count: 960)
        // A mark at every second of true time.
        for index in 0..<960 {
          let trueFrame = Double(sent * 960 + index) / speed
          if trueFrame.truncatingRemainder(dividingBy: 48_000) < 1 / speed, trueFrame > 40_000 {
            samples.interleaved[2 * index + 1] = 0.65
          }
        }
        mixer.add(
          samples, from: "a",
          at: MediaTime(nanoseconds: Int64(Double(sent) * 20_000_000 / speed)))
        sent += 1
      }
      output += mixer.mix(frameCount: 960, at: Self.time(block * 960)).interleaved
    }
    let right = stride(from: 1, to: output.count, by: 2).map { output[$0] }

    #expect(mixer.counters == .init(), "\(mixer.counters)")
    for second in 1..<(seconds - 1) {
      let window = (second * 48_000 - 4_800)..<(second * 48_000 + 4_800)
      let mark = window.max { right[$0] < right[$1] } ?? 0
      #expect(right[mark] > 0.3)
      #expect(abs(mark - second * 48_000) < 1_920, "second \(second): \(mark - second * 48_000)")
    }
    let left = Self.left(output)
    #expect(Self.largestStep(left) < 0.2 * 2 * Float.pi * 200 * 1.02 / 48_000 + 0.001)
    let settled = left[(20 * 48_000)..<(24 * 48_000)]
    #expect(abs(Self.amplitude(200 * speed, in: settled) - 0.2) < 0.01)
  }

  @Test(arguments: [4_800, -4_800, 48_000])
  func `a source that jumps in time goes on at its new time without a click`(jump: Int) {
    var mixer = AudioMixer()
    let mix = Self.run(packets: 150, lead: 10, &mixer) { number in
      let frame = number * 960 + (number >= 60 ? jump : 0)
      return frame / 960 > 148
        ? [] : [("a", Self.tone(250, 0.4, from: number * 960, count: 960), frame)]
    }

    #expect(mixer.counters.jumps == 1)
    #expect(Self.largestStep(mix.prefix(130 * 960)) < 0.4 * 2 * Float.pi * 250 / 48_000 + 0.005)
    let settled = mix[(115 * 960)..<(130 * 960)]
    #expect(abs(Self.amplitude(250, in: settled) - 0.4) < 0.01)
  }

  @Test func `sixteen loud people do not clip and sound like themselves`() {
    var mixer = AudioMixer()
    let mix = Self.run(packets: 100, &mixer) { number in
      (0..<16).map { person in
        let start = 10 + person
        return number < start
          ? ("\(person)", AudioSamples(silentFrameCount: 960), number * 960)
          : ("\(person)", Self.tone(200, 0.9, from: number * 960, count: 960), number * 960)
      }
    }

    #expect(mix.allSatisfy { abs($0) < 1 })
    let middle = mix[48_000..<86_400]
    let own = Self.amplitude(200, in: middle)
    #expect(own > 0.8)
    for harmonic in 2...5 {
      #expect(Self.amplitude(200 * Double(harmonic), in: middle) < own * 0.02)
    }
    #expect(Self.largestStep(mix) < 2 * Float.pi * 200 / 48_000 * 1.5)
  }

  @Test func `after a shout, a quiet voice is as loud as before`() {
    var mixer = AudioMixer()
    let mix = Self.run(packets: 500, &mixer) { number in
      var packets = [("a", Self.tone(500, 0.1, from: number * 960, count: 960), number * 960)]
      if (100..<110).contains(number) {
        packets.append(("b", Self.tone(90, 3, from: number * 960, count: 960), number * 960))
      }
      return packets
    }

    #expect(mix.allSatisfy { abs($0) < 1 })
    #expect(abs(Self.amplitude(500, in: mix[20_000..<90_000]) - 0.1) < 0.001)
    #expect(abs(Self.amplitude(500, in: mix[420_000..<470_000]) - 0.1) < 0.001)
  }

  @Test func `what comes too late, too early or from too many is dropped and counted`() {
    var mixer = AudioMixer()
    let packet = Self.tone(440, 0.1, count: 960)
    mixer.add(packet, from: "a", at: .zero)
    _ = mixer.mix(frameCount: 9_600, at: .zero)

    mixer.add(packet, from: "a", at: Self.time(4_800))
    #expect(mixer.counters.lateFrames == 960)
    mixer.add(packet, from: "a", at: Self.time(10 * 48_000))
    #expect(mixer.counters.refusedFrames == 960)
    for source in 0..<400 { mixer.add(packet, from: "\(source)", at: Self.time(10_000)) }
    #expect(mixer.counters.refusedFrames == 960 * (1 + 400 - (AudioMixer.maximumSources - 1)))
    for number in 0..<500 { mixer.add(packet, from: "0", at: Self.time(11_000 + number * 960)) }
    #expect(mixer.queuedFrameCount <= AudioMixer.maximumAhead + 400 * 1_300)
  }

  @Test func `a source that has been silent for long is forgotten`() {
    var mixer = AudioMixer()
    for source in 0..<AudioMixer.maximumSources {
      mixer.add(Self.tone(440, 0.1, count: 960), from: "\(source)", at: .zero)
    }
    for block in 0..<(12 * 50) { _ = mixer.mix(frameCount: 960, at: Self.time(block * 960)) }

    mixer.add(Self.tone(440, 0.1, count: 960), from: "new", at: Self.time(12 * 48_000))
    #expect(mixer.counters.refusedFrames == 0)
    #expect(mixer.queuedFrameCount > 0)
  }

  @Test(arguments: 0..<30)
  func `whatever is added, what comes out is sound within full scale`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var mixer = AudioMixer()
    var position = 0
    for _ in 0..<400 {
      if random.chance(0.7) {
        let count = Int.random(in: 0...2_000, using: &random)
        let samples = (0..<(count * 2 + (random.chance(0.1) ? 1 : 0))).map { _ -> Float in
          if random.chance(0.001) {
            return [.nan, .infinity, -.infinity, 1e30].randomElement(using: &random) ?? 0
          }
          return Float.random(in: -2...2, using: &random)
        }
        mixer.add(
          AudioSamples(interleaved: samples),
          from: "\(Int.random(in: 0..<4, using: &random))",
          at: Self.time(position + Int.random(in: -9_000...60_000, using: &random)))
      } else {
        let count = Int.random(in: 0...2_000, using: &random)
        let mix = mixer.mix(frameCount: count, at: Self.time(position))
        #expect(mix.frameCount == count)
        #expect(mix.interleaved.allSatisfy { abs($0) < 1 })
        position += random.chance(0.95) ? count : Int.random(in: -3_000...30_000, using: &random)
        position = max(0, position)
      }
    }
    #expect(mixer.queuedFrameCount <= 4 * (AudioMixer.maximumAhead + 2_500))
  }
}

@Suite struct AudioResamplerTests {
  @Test(arguments: [(8_000, 1), (16_000, 1), (44_100, 2), (48_000, 1), (96_000, 2)])
  func `a tone keeps its pitch, level and length`(rate: Int, channelCount: Int) throws {
    let resampler = try AudioResampler(rate: rate, channelCount: channelCount)
    var output: [Float] = []
    for block in 0..<100 {
      let input = (0..<(rate / 50)).flatMap { index -> [Float] in
        let frame = Double(block * (rate / 50) + index)
        let value = Float(0.4 * sin(2 * .pi * 440 * frame / Double(rate)))
        return [Float](repeating: value, count: channelCount)
      }
      output += try resampler.resample(input).interleaved
    }
    output += try resampler.finish().interleaved

    #expect(abs(output.count / 2 - 96_000) < 100)
    for side in 0...1 {
      let channel = stride(from: side, to: output.count, by: 2).map { output[$0] }
      #expect(abs(AudioMixerTests.amplitude(440, in: channel[9_600..<86_400]) - 0.4) < 0.005)
    }
  }

  @Test func `rates and channels out of range are refused, a broken last frame dropped`() throws {
    #expect(throws: AVError.self) { try AudioResampler(rate: 0, channelCount: 1) }
    #expect(throws: AVError.self) { try AudioResampler(rate: 48_000, channelCount: 9) }
    let resampler = try AudioResampler(rate: 48_000, channelCount: 2)
    #expect(try resampler.resample([0.5, 0.5, 0.5]).frameCount == 1)
    #expect(try resampler.resample([]).frameCount == 0)
  }
}
