import Media
import TestSupport
import Testing
import Wire

@Suite struct TrackClockTests {
  /// A sender of one track: its media clock and its wall clock may both be wrong.
  private struct Sender {
    /// Media units per true nominal unit.
    var mediaRate = 1.0
    var wallRate = 1.0
    var wallStart: Int64 = 1_900_000_000_000_000_000
    var mediaStart: UInt32 = 4_294_900_000
    let clockRate: Double

    func timestamp(_ milliseconds: Double) -> UInt32 {
      mediaStart
        &+ UInt32(truncatingIfNeeded: Int64(milliseconds / 1_000 * clockRate * mediaRate))
    }
    func ntp(_ milliseconds: Double) -> NTPTime {
      NTPTime(unixNanoseconds: wallStart + Int64(milliseconds * wallRate * 1e6))
    }
  }

  /// The error of each answer in milliseconds, for captures every 20 ms over `seconds`.
  private func errors(
    _ sender: Sender, clock: inout TrackClock, seconds: Int, reportEvery: Int? = 2_000,
    delay: Double = 60, jitter: Double = 30, reportOffset: Int = 1_260, from start: Int = 0
  ) -> [Double] {
    var random = SplitMix64(seed: 7)
    var errors: [Double] = []
    for time in stride(from: start, to: start + seconds * 1_000, by: 20) {
      let captured = Double(time)
      let late = delay + Double.random(in: 0...jitter, using: &random)
      let arrival = MonotonicTime(nanoseconds: Int64((captured + late) * 1e6))
      clock.packetReceived(timestamp: sender.timestamp(captured), at: arrival)
      let answer = clock.time(of: sender.timestamp(captured), arrival: arrival)
      errors.append(answer.milliseconds - captured)
      if let reportEvery, (time + reportOffset) % reportEvery == 0 {
        clock.reportReceived(
          ntp: sender.ntp(captured), timestamp: sender.timestamp(captured),
          at: .ms(Int64(time + 1)))
      }
    }
    return errors
  }

  @Test func `before any report it goes by arrivals, evenly, across the wrap`() {
    let sender = Sender(clockRate: 90_000)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())

    let errors = errors(sender, clock: &clock, seconds: 20, reportEvery: nil)

    #expect(!clock.isSynchronized)
    #expect(errors.dropFirst(100).allSatisfy { (55...95).contains($0) })
    let steps = zip(errors, errors.dropFirst()).map { abs($1 - $0) }
    #expect(steps.max() ?? 99 <= 1.01)
  }

  @Test func `with reports it says when things were captured`() {
    let sender = Sender(clockRate: 48_000)
    var clock = TrackClock(clockRate: 48_000, timeline: SenderTimeline())

    let errors = errors(sender, clock: &clock, seconds: 20)

    #expect(clock.isSynchronized)
    #expect(errors.dropFirst(200).allSatisfy { abs($0 - 1) < 1 })
  }

  @Test(arguments: [0.99, 1.01], [0.99, 1.0, 1.01])
  func `clocks wrong by 1 % are followed within 100 ms for half an hour, never backwards`(
    media: Double, wall: Double
  ) {
    let sender = Sender(mediaRate: media, wallRate: wall, clockRate: 90_000)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())

    let errors = errors(sender, clock: &clock, seconds: 1_800)

    #expect(errors.dropFirst(500).allSatisfy { abs($0) < 100 })
    // Captures are 20 ms apart: less than that of change is no step back.
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $1 - $0 > -20 })
  }

  @Test(arguments: [0.99, 1.01])
  func `sound and pictures of one participant stay together though its clocks are wrong`(
    wall: Double
  ) {
    let timeline = SenderTimeline()
    var audioClock = TrackClock(clockRate: 48_000, timeline: timeline)
    var videoClock = TrackClock(clockRate: 90_000, timeline: timeline)
    let audio = Sender(mediaRate: 1.01, wallRate: wall, clockRate: 48_000)
    let video = Sender(mediaRate: 0.995, wallRate: wall, mediaStart: 77, clockRate: 90_000)

    var apart: [Double] = []
    for second in 0..<300 {
      let ofAudio = errors(
        audio, clock: &audioClock, seconds: 1, jitter: 5, from: second * 1_000)
      // Pictures take longer, and their reports come at other times.
      let ofVideo = errors(
        video, clock: &videoClock, seconds: 1, delay: 150, jitter: 80, reportOffset: 740,
        from: second * 1_000)
      apart += zip(ofAudio, ofVideo).map { abs($0 - $1) }
    }

    #expect(apart.dropFirst(50 * 15).max() ?? 99 < 40)
  }

  @Test func `absurd reports change nothing`() {
    let sender = Sender(clockRate: 90_000)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())
    _ = errors(sender, clock: &clock, seconds: 20)

    clock.reportReceived(ntp: sender.ntp(20_000), timestamp: 123_456_789, at: .ms(20_000))
    clock.reportReceived(
      ntp: NTPTime(rawValue: 0), timestamp: sender.timestamp(20_000), at: .ms(20_000))
    let errors = errors(sender, clock: &clock, seconds: 10, from: 20_020)

    #expect(errors.allSatisfy { abs($0 - 1) < 2 })
  }

  @Test func `a report with the wrong wall clock moves nothing`() {
    let sender = Sender(clockRate: 90_000)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())
    _ = errors(sender, clock: &clock, seconds: 20)

    clock.reportReceived(
      ntp: sender.ntp(99_000_000), timestamp: sender.timestamp(20_000), at: .ms(20_001))
    let errors = errors(sender, clock: &clock, seconds: 10, from: 20_020)

    #expect(errors.allSatisfy { abs($0 - 1) < 2 })
  }

  @Test func `a jump of timestamps begins anew and is in place after the next report`() {
    var sender = Sender(clockRate: 90_000)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())
    _ = errors(sender, clock: &clock, seconds: 20)

    sender.mediaStart = 1_000_000_000
    let errors = errors(sender, clock: &clock, seconds: 10, from: 20_020)

    #expect(errors.allSatisfy { (-2...95).contains($0) })
    #expect(errors.dropFirst(250).allSatisfy { abs($0) < 3 })
  }

  @Test func `the server's own clock in the first reports does no harm`() {
    let timeline = SenderTimeline()
    var clock = TrackClock(clockRate: 90_000, timeline: timeline)
    var server = Sender(clockRate: 90_000)
    server.wallStart += 7_200_000_000_000
    let sender = Sender(clockRate: 90_000)
    _ = errors(server, clock: &clock, seconds: 5)

    let errors = errors(sender, clock: &clock, seconds: 20, from: 5_000)

    #expect(errors.dropFirst(200).allSatisfy { abs($0 - 1) < 2 })
  }

  @Test func `a pause with the camera off is as long as it was`() {
    let sender = Sender(clockRate: 90_000)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())
    _ = errors(sender, clock: &clock, seconds: 20)

    let errors = errors(sender, clock: &clock, seconds: 5, from: 620_000)

    #expect(errors.allSatisfy { abs($0 - 1) < 100 })
  }

  @Test(arguments: 0..<20)
  func `random timestamps and reports are survived`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var clock = TrackClock(clockRate: 90_000, timeline: SenderTimeline())
    for step in 0..<2_000 {
      let now = MonotonicTime.ms(Int64(step) * 10)
      clock.packetReceived(timestamp: random.next(), at: now)
      clock.reportReceived(
        ntp: NTPTime(rawValue: random.next()), timestamp: random.next(), at: now)
      let time = clock.time(of: random.next(), arrival: now)
      #expect((time - now).count.magnitude <= 10_500_000_000)
    }
  }
}
