internal import Media
internal import Wire

/// How the pipeline's ticks, the composition's timeline and our monotonic clock stand to each other.
///
/// The timeline's zero was captured `delay` before the first tick, so that at each tick the packets of its
/// moment have come, those that were sent again among them.
struct PipelineClock: Sendable {
  /// Pictures in a second, and ticks.
  static let framesPerSecond: Int64 = 30
  /// Samples of sound in a tick.
  static let samplesPerTick = 1_600
  /// How far behind capture things are composed: the jitter buffer's patience, and time to decode.
  static let delay = Nanoseconds.milliseconds(400)

  /// The first tick.
  let start: MonotonicTime
  /// Unix time at `start`, nanoseconds.
  let wallStart: Int64

  /// When a tick is due.
  func due(_ tick: Int64) -> MonotonicTime { start + time(tick) }

  /// What is shown in a tick was captured then.
  func captured(_ tick: Int64) -> MonotonicTime { due(tick) - Self.delay }

  /// Pictures captured until then are shown in a tick.
  ///
  /// Half a tick later than its moment: so each is shown in the tick nearest to it, up to 17 ms early or late.
  /// Shown in the next tick, pictures would be late by half a tick on average, and sound is not.
  func shown(_ tick: Int64) -> MonotonicTime { captured(tick) + time(1) / 2 }

  /// A tick on the composition's timeline.
  func mediaTime(_ tick: Int64) -> MediaTime {
    MediaTime(number: tick, rate: Self.framesPerSecond)
  }

  /// The sample of the timeline at which something was captured.
  func sample(of captured: MonotonicTime) -> Int64 {
    let passed = (captured + Self.delay) - start
    let (seconds, rest) = passed.count.quotientAndRemainder(dividingBy: 1_000_000_000)
    return seconds &* 48_000 &+ rest &* 48_000 / 1_000_000_000
  }

  /// Unix milliseconds at which what is shown in a tick was captured.
  func unixMilliseconds(_ tick: Int64) -> Int64 {
    (wallStart &+ time(tick).count &- Self.delay.count) / 1_000_000
  }

  /// Unix milliseconds of a moment on our monotonic clock.
  func unixMilliseconds(of moment: MonotonicTime) -> Int64 {
    (wallStart &+ (moment - start).count) / 1_000_000
  }

  private func time(_ tick: Int64) -> Nanoseconds {
    Nanoseconds(tick &* 1_000_000_000 / Self.framesPerSecond)
  }
}
