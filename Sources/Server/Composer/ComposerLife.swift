package import Wire

/// The life of one session's composer process and its successors, as the supervisor decides it.
///
///     waiting ─due─▶ running ⇄ ending ─exited─▶ over
///        ▲              └─ exited, silent ─▶ dying ─exited─┐
///        └─────────────────── something is left ───────────┴─ else ─▶ over
package struct ComposerLife: Sendable {
  package enum State: Equatable, Sendable {
    /// No process; the next one starts at `until`.
    case waiting(until: MonotonicTime)
    case running(since: MonotonicTime, heard: MonotonicTime)
    /// Killed, but not gone yet.
    case dying
    case over
  }
  package enum Input: Sendable, Equatable {
    /// The process said anything at all.
    case heard
    /// The process cannot be talked to any more.
    case broken
    /// The process is gone; `hasWork` if outputs are left.
    case exited(hasWork: Bool)
    /// No output may go on: what is there is finished.
    case end
    case tick
  }
  package enum Effect: Equatable, Sendable {
    case spawn, kill
    /// The process is lost; another will go on.
    case announceRestart
    /// Too many died young.
    case giveUp
  }

  /// A pulse comes twice a second; a machine that is busy encoding may be late.
  package static let silenceLimit = Nanoseconds.seconds(4)
  /// From start to the first word; loading codecs takes a tenth of a second.
  package static let startLimit = Nanoseconds.seconds(10)
  /// How long files may take to be finished.
  package static let endLimit = Nanoseconds.seconds(60)
  /// Before the n-th restart in a row; recordings wait for the first ones.
  package static let delays: [Nanoseconds] = [
    .zero, .milliseconds(250), .milliseconds(500), .seconds(1),
  ]
  /// A process that lived so long was healthy; the count begins anew.
  package static let healthyAge = Nanoseconds.seconds(30)
  /// Processes in a row that may die young.
  package static let maximumFailures = 8

  package private(set) var state: State
  package private(set) var failures = 0
  /// Processes that were started.
  package private(set) var starts = 0
  private var hasSpoken = false
  private var endsBy: MonotonicTime?
  private var reopens = false

  package init(at now: MonotonicTime) { state = .waiting(until: now) }

  package var isEnding: Bool { endsBy != nil }

  /// There is work again: the process that ends is followed by another.
  package mutating func reopen() {
    if case .running = state { return reopens = true }
    endsBy = nil
  }

  /// When `tick` has something to do.
  package var deadline: MonotonicTime {
    switch state {
    case .waiting(let until): until
    case .running(_, let heard):
      min(heard + (hasSpoken ? Self.silenceLimit : Self.startLimit), endsBy ?? .distantFuture)
    case .dying, .over: .distantFuture
    }
  }

  /// Advances; the caller performs the effects in order.
  package mutating func handle(_ input: Input, at now: MonotonicTime) -> [Effect] {
    switch (state, input) {
    case (.waiting(let until), .tick) where now >= until:
      state = .running(since: now, heard: now)
      hasSpoken = false
      starts += 1
      if reopens { endsBy = nil }
      reopens = false
      // Each process gets the time anew in which to finish what is left.
      if endsBy != nil { endsBy = now + Self.endLimit }
      return [.spawn]
    case (.running(let since, _), .heard):
      hasSpoken = true
      state = .running(since: since, heard: now)
      return []
    case (.running(let since, let heard), .tick):
      let limit = hasSpoken ? Self.silenceLimit : Self.startLimit
      guard now >= heard + limit || endsBy.map({ now >= $0 }) == true else { return [] }
      return lose(since: since, at: now)
    case (.running(let since, _), .broken): return lose(since: since, at: now)
    case (.running(let since, _), .exited(let hasWork)):
      guard hasWork else {
        state = .over
        return []
      }
      noteAge(since: since, at: now)
      return wait(at: now)
    case (.dying, .exited(let hasWork)):
      guard hasWork else {
        state = .over
        return []
      }
      return wait(at: now)
    case (.over, _): return []
    case (_, .end):
      if endsBy == nil { endsBy = now + Self.endLimit }
      return []
    case (.waiting, .exited(hasWork: false)):
      state = .over
      return []
    case (.waiting, _), (.dying, _): return []
    }
  }

  private mutating func noteAge(since: MonotonicTime, at now: MonotonicTime) {
    if now - since >= Self.healthyAge { failures = 0 }
  }

  private mutating func lose(since: MonotonicTime, at now: MonotonicTime) -> [Effect] {
    noteAge(since: since, at: now)
    state = .dying
    return [.kill]
  }

  private mutating func wait(at now: MonotonicTime) -> [Effect] {
    guard failures < Self.maximumFailures else {
      state = .over
      return [.giveUp]
    }
    let delay = Self.delays[min(failures, Self.delays.count - 1)]
    failures += 1
    state = .waiting(until: now + delay)
    return [.announceRestart]
  }
}
