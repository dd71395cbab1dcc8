package import Wire

/// Decides which pictures are left out when the machine is too slow, so that sound and time stay right.
///
/// A picture that is due is drawn unless the pipeline is late by more than two pictures already. When a
/// fifth of five seconds' pictures were left out so, every second one is from then on, then every fourth;
/// after ten seconds in which less than half of the time was used, twice as many again.
package struct OverloadControl: Sendable {
  private static let window = Nanoseconds.seconds(5)
  private static let calm = Nanoseconds.seconds(10)
  /// Every fourth picture: 7.5 a second of 30.
  private static let maximumDivisor = 4

  /// What changed with a tick.
  package enum Change: Equatable, Sendable {
    /// Only one in so many pictures is drawn from now on.
    case slowed(to: Int)
    case recovered
  }

  private let interval: Nanoseconds
  /// One in so many pictures is drawn.
  package private(set) var divisor = 1
  private var windowStart: MonotonicTime?
  private var due = 0
  private var skipped = 0
  private var calmStart: MonotonicTime?
  private var busy = Nanoseconds.zero

  /// - Parameter framesPerSecond: of the pipeline's ticks.
  package init(framesPerSecond: Int) {
    interval = Nanoseconds(1_000_000_000 / Int64(max(framesPerSecond, 1)))
  }

  /// Whether the picture of a tick is to be drawn.
  ///
  /// - Parameter lateness: how long ago the tick was due.
  package mutating func draws(tick: Int64, lateness: Nanoseconds) -> Bool {
    guard tick % Int64(divisor) == 0 else { return false }
    due += 1
    guard lateness <= interval * 2 else {
      skipped += 1
      return false
    }
    return true
  }

  /// Notes how long a tick took; tells when the rate changes.
  package mutating func finished(took span: Nanoseconds, at now: MonotonicTime) -> Change? {
    busy = busy + span
    guard let start = windowStart else {
      windowStart = now
      calmStart = now
      busy = .zero
      return nil
    }
    let passed = now - start
    guard passed >= Self.window else { return nil }
    let isOverloaded = skipped * 5 > due
    let isCalm = busy.count * 2 < passed.count
    windowStart = now
    due = 0
    skipped = 0
    busy = .zero
    if isOverloaded {
      calmStart = now
      guard divisor < Self.maximumDivisor else { return nil }
      divisor *= 2
      return .slowed(to: divisor)
    }
    if !isCalm { calmStart = now }
    guard divisor > 1, let calm = calmStart, now - calm >= Self.calm else { return nil }
    calmStart = now
    divisor /= 2
    return divisor == 1 ? .recovered : .slowed(to: divisor)
  }
}
