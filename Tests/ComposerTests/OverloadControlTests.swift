import Composer
import Testing
import Wire

@Suite struct OverloadControlTests {
  /// Runs ticks that take `cost` milliseconds each when they draw; returns how many were drawn and what
  /// was told.
  private func run(
    _ control: inout OverloadControl, clock: inout Double, tick: inout Int64, seconds: Int,
    cost: Double
  ) -> (drawn: Int, changes: [OverloadControl.Change]) {
    var drawn = 0
    var changes: [OverloadControl.Change] = []
    for _ in 0..<seconds * 30 {
      let due = Double(tick) * 1_000 / 30
      clock = max(clock, due)
      let draws = control.draws(tick: tick, lateness: span(clock - due))
      if draws { drawn += 1 }
      let took = draws ? cost : 1
      clock += took
      let change = control.finished(
        took: span(took), at: MonotonicTime(nanoseconds: Int64(clock * 1e6)))
      if let change { changes.append(change) }
      tick += 1
    }
    return (drawn, changes)
  }

  private func span(_ milliseconds: Double) -> Nanoseconds {
    Nanoseconds(Int64(milliseconds * 1e6))
  }

  @Test func `a machine that is fast enough draws everything`() {
    var control = OverloadControl(framesPerSecond: 30)
    var clock = 0.0
    var tick: Int64 = 0

    let result = run(&control, clock: &clock, tick: &tick, seconds: 60, cost: 30)

    #expect(result.drawn == 1_800)
    #expect(result.changes.isEmpty)
  }

  @Test func `a machine that takes twice too long halves the rate, and time is kept`() {
    var control = OverloadControl(framesPerSecond: 30)
    var clock = 0.0
    var tick: Int64 = 0

    let result = run(&control, clock: &clock, tick: &tick, seconds: 60, cost: 60)

    #expect(result.changes == [.slowed(to: 2)])
    #expect(control.divisor == 2)
    #expect((800...1_000).contains(result.drawn))
    #expect(clock - Double(tick) * 1_000 / 30 < 150, "the last tick was late by no more")
  }

  @Test func `when the load is gone the rate comes back`() {
    var control = OverloadControl(framesPerSecond: 30)
    var clock = 0.0
    var tick: Int64 = 0
    _ = run(&control, clock: &clock, tick: &tick, seconds: 30, cost: 130)
    #expect(control.divisor == 4)

    let result = run(&control, clock: &clock, tick: &tick, seconds: 60, cost: 10)

    #expect(result.changes == [.slowed(to: 2), .recovered])
    #expect(control.divisor == 1)
  }

  @Test func `one long pause does not lower the rate`() {
    var control = OverloadControl(framesPerSecond: 30)
    var clock = 0.0
    var tick: Int64 = 0
    _ = run(&control, clock: &clock, tick: &tick, seconds: 10, cost: 10)
    clock += 700

    let result = run(&control, clock: &clock, tick: &tick, seconds: 20, cost: 10)

    #expect(result.changes.isEmpty)
  }
}
