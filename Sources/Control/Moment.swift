package import Signal
package import Wire

/// One reading of both clocks: timers use the monotonic one, records the wall clock.
package struct Moment: Hashable, Sendable {
  package var monotonic: MonotonicTime
  package var wall: Timestamp

  package init(monotonic: MonotonicTime, wall: Timestamp) {
    self.monotonic = monotonic
    self.wall = wall
  }
}

/// Where the actors read the time; tests hand in a clock they move by hand.
package typealias TimeSource = @Sendable () -> Moment
