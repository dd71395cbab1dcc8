import Control
import SFU
import Testing

@Suite struct ScoreTests {
  @Test func `a good line is called good, and a bad one bad`() {
    let good = AudioScore.score(loss: 0, roundTrip: 20, jitter: 2)
    #expect(good > 4.3 && good <= 4.5)
    // G.107's figures for Bpl = 20: 5 % take 19 points of R, 20 % take 47.5.
    #expect(abs(AudioScore.score(loss: 0.05, roundTrip: 0, jitter: 0) - 3.74) < 0.05)
    #expect(AudioScore.score(loss: 0.2, roundTrip: 0, jitter: 0) < 2.5)
    #expect(AudioScore.score(loss: 0, roundTrip: 800, jitter: 0) < 3.5)
    #expect(AudioScore.score(loss: 1, roundTrip: 5_000, jitter: 500) == 1)
  }

  @Test func `a clean picture has all points, and freezes cost most`() {
    var input = VideoScore.Input()
    input.bitsPerPixel = 0.05
    input.framesPerSecond = 30
    #expect(VideoScore.score(input) == 5)

    var repaired = input
    repaired.repaired = 0.1
    #expect(VideoScore.score(repaired) == 4)
    var lossy = input
    lossy.loss = 0.02
    #expect(abs(VideoScore.score(lossy) - 5 / 1.5) < 1e-9)
    var frozen = input
    frozen.frozen = 0.4  // two of five seconds
    frozen.freezesPerMinute = 12
    #expect(abs(VideoScore.score(frozen) - 5 * 0.36 / 1.5) < 1e-9)
    frozen.frozen = 1
    #expect(VideoScore.score(frozen) == 0)
    var starved = input
    starved.bitsPerPixel = 0.005
    starved.framesPerSecond = 7.5
    #expect(abs(VideoScore.score(starved) - 5 * 0.75 * 0.75) < 1e-9)
  }

  @Test(arguments: 0..<50)
  func `no worse line ever sounds better`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func value(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    for _ in 0..<200 {
      let (loss, delay, jitter) = (value(-0.1...1.1), value(-10...3_000), value(-1...400))
      let score = AudioScore.score(loss: loss, roundTrip: delay, jitter: jitter)
      #expect((1...4.5).contains(score))
      let more = value(0...0.5)
      #expect(AudioScore.score(loss: loss + more, roundTrip: delay, jitter: jitter) <= score)
      #expect(AudioScore.score(loss: loss, roundTrip: delay + more * 500, jitter: jitter) <= score)
      #expect(AudioScore.score(loss: loss, roundTrip: delay, jitter: jitter + more * 99) <= score)
    }
  }

  @Test(arguments: 0..<50)
  func `no worse picture ever looks better`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func value(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    let worse: [WritableKeyPath<VideoScore.Input, Double>] = [
      \.loss, \.repaired, \.frozen, \.freezesPerMinute, \.roundTrip,
    ]
    let better: [WritableKeyPath<VideoScore.Input, Double?>] = [\.bitsPerPixel, \.framesPerSecond]
    for _ in 0..<200 {
      var input = VideoScore.Input()
      input.loss = value(-0.1...1.1)
      input.repaired = value(-0.1...1.1)
      input.frozen = value(-0.1...1.1)
      input.freezesPerMinute = value(-1...100)
      input.roundTrip = value(-10...3_000)
      if Bool.random(using: &random) { input.bitsPerPixel = value(0...0.03) }
      if Bool.random(using: &random) { input.framesPerSecond = value(0...60) }
      let score = VideoScore.score(input)
      #expect((0...5).contains(score))
      for path in worse {
        var changed = input
        changed[keyPath: path] += value(0...1)
        #expect(VideoScore.score(changed) <= score, "\(path), seed \(seed)")
      }
      for path in better {
        guard let known = input[keyPath: path] else { continue }
        var changed = input
        changed[keyPath: path] = known + value(0...10)
        #expect(VideoScore.score(changed) >= score, "\(path), seed \(seed)")
      }
    }
  }

  @Test func `a sample has rates by the second, and the score of the worse direction`() throws {
    var quality = EndpointQuality(endpoint: EndpointNumber(1), milliseconds: 5_000)
    quality.sentAudio = MediaFlow(packets: 250, lost: 25, bytes: 20_000)
    quality.sentAudio?.jitterMicroseconds = 4_000
    quality.receivedAudio = MediaFlow(packets: 250, lost: 0, bytes: 25_000)
    quality.receivedAudio?.jitterMicroseconds = 2_000
    quality.receivedAudio?.roundTripMicroseconds = 40_000
    quality.sentVideo = MediaFlow(packets: 600, lost: 60, repaired: 60, bytes: 625_000)
    quality.sentVideo?.pixelsPerSecond = 640 * 360 * 30
    quality.sentVideo?.framesPerSecond = 30
    quality.roundTripMicroseconds = 42_000
    quality.freezes = 1  // of what it receives, which is no video: nothing is judged by it

    let sample = QualitySample(quality)

    #expect(sample.sentAudioRate == 32_000 && sample.receivedAudioRate == 40_000)
    #expect(sample.sentVideoRate == 1_000_000 && sample.receivedVideoRate == 0)
    #expect(sample.sentAudioLost == 25 && sample.sentVideoLost == 60)
    #expect(sample.audioRoundTrip == 40 && sample.videoRoundTrip == 42)
    #expect(sample.audioJitter == 3 && sample.videoJitter == nil)
    #expect(
      sample.audioScore == AudioScore.score(loss: 0.1, roundTrip: 40, jitter: 4))
    let video = try #require(sample.videoScore)
    #expect(abs(video - 4) < 1e-9, "a tenth repaired")
    let silent = QualitySample(EndpointQuality(endpoint: EndpointNumber(1), milliseconds: 5_000))
    #expect(silent.audioScore == nil && silent.videoScore == nil && silent.audioRoundTrip == nil)
  }
}
