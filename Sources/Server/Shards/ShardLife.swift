package import Wire

/// The life of one shard process and its successors, as its supervisor decides it.
///
///     waiting ─due─▶ starting ─ready─▶ running
///        ▲               └──too late──┐   ├─silent, or its channel ended─▶ dying
///        └──────────── exited ────────┴───┴──────────── exited ──────────────┘
package struct ShardLife: Sendable {
  package enum State: Equatable, Sendable {
    /// No process; the next one starts at `until`.
    case waiting(until: MonotonicTime)
    case starting(giveUpAt: MonotonicTime)
    case running(since: MonotonicTime, heard: MonotonicTime)
    /// Killed, but its process may still hold the port.
    case dying
  }
  package enum Input: Sendable {
    /// The process said that it takes commands.
    case ready
    /// The process said anything at all.
    case heard
    /// The process cannot be talked to any more.
    case broken
    /// The process is gone, its port is free.
    case exited
    /// Time passed.
    case tick
  }
  package enum Effect: Equatable, Sendable {
    case spawn, kill
    /// It may be given rooms.
    case announceReady
    /// Its rooms are lost.
    case announceDeath
  }

  /// A media loop goes round at least ten times a second, so this is no hiccup.
  package static let silenceLimit = Nanoseconds.seconds(2)
  /// From start to ready; it takes 20 ms on a quiet machine.
  package static let startLimit = Nanoseconds.seconds(10)
  /// Before the n-th restart in a row; at once after the first death, since calls wait for it.
  package static let delays: [Nanoseconds] = [
    .zero, .milliseconds(100), .milliseconds(500), .seconds(2), .seconds(5),
  ]
  /// A process that lived so long was healthy; the delays begin anew.
  package static let healthyAge = Nanoseconds.seconds(30)

  package private(set) var state: State
  /// Processes in a row that died young.
  package private(set) var failures = 0
  /// Whether any process of this shard was ever ready.
  package private(set) var wasEverReady = false

  package init(at now: MonotonicTime) {
    state = .waiting(until: now)
  }

  /// When `tick` has something to do.
  package var deadline: MonotonicTime {
    switch state {
    case .waiting(let until): until
    case .starting(let giveUpAt): giveUpAt
    case .running(_, let heard): heard + Self.silenceLimit
    case .dying: .distantFuture
    }
  }

  package var isRunning: Bool {
    if case .running = state { true } else { false }
  }

  /// Advances; the caller performs the effects in order.
  package mutating func handle(_ input: Input, at now: MonotonicTime) -> [Effect] {
    switch (state, input) {
    case (.waiting(let until), .tick) where now >= until:
      state = .starting(giveUpAt: now + Self.startLimit)
      return [.spawn]
    case (.starting, .ready):
      state = .running(since: now, heard: now)
      wasEverReady = true
      return [.announceReady]
    case (.running(let since, _), .heard), (.running(let since, _), .ready):
      state = .running(since: since, heard: now)
      return []
    case (.starting, .broken):
      state = .dying
      return [.kill]
    case (.starting(let limit), .tick) where now >= limit:
      state = .dying
      return [.kill]
    case (.running(let since, _), .broken):
      return [.kill] + lose(since: since, at: now, then: .dying)
    case (.running(let since, let heard), .tick) where now >= heard + Self.silenceLimit:
      return [.kill] + lose(since: since, at: now, then: .dying)
    case (.running(let since, _), .exited):
      return lose(since: since, at: now, then: nil)
    case (.starting, .exited), (.dying, .exited):
      wait(at: now)
      return []
    case (.waiting, _), (.dying, _), (.starting, _), (.running, .tick): return []
    }
  }

  /// Its rooms are lost; `next` is `nil` if its process is gone already.
  private mutating func lose(
    since: MonotonicTime, at now: MonotonicTime, then next: State?
  ) -> [Effect] {
    if now - since >= Self.healthyAge { failures = 0 }
    if let next { state = next } else { wait(at: now) }
    return [.announceDeath]
  }

  private mutating func wait(at now: MonotonicTime) {
    let delay = Self.delays[min(failures, Self.delays.count - 1)]
    failures += 1
    state = .waiting(until: now + delay)
  }
}
