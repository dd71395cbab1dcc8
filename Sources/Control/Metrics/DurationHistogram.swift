import Synchronization

/// Counts durations in a few fixed buckets, as metrics want them; any thread may add to it.
package final class DurationHistogram: Sendable {
  /// The counts at one moment.
  package struct Reading: Sendable, Equatable {
    /// By bucket; the last holds what was longer than every bound.
    package var counts: [UInt64]
    /// Seconds.
    package var sum = 0.0

    /// How many durations there were.
    package var count: UInt64 { counts.reduce(0, &+) }
  }

  /// Upper ends of the buckets in seconds; one step is about twice the one before.
  package static let bounds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  private let state = Mutex(Reading(counts: Array(repeating: 0, count: bounds.count + 1)))

  package init() {}

  /// Adds one duration; a negative one counts as none.
  package func record(_ duration: Duration) {
    let parts = duration.components
    let seconds = max(Double(parts.seconds) + Double(parts.attoseconds) / 1e18, 0)
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock { state in
      state.counts[bucket] &+= 1
      state.sum += seconds
    }
  }

  package var reading: Reading { state.withLock { $0 } }
}
