package import Wire

/// Decides which lane is served when: a value without clock, store or socket.
///
///     (unknown) ─add─▶ waiting for a time ─due─▶ ready ─next─▶ running ─finished─▶ waiting, ready
///                                                                             └──▶ (unknown)
///
/// Lanes are served in turn by their receivers' hosts, and of one host only so many at a time, so
/// that one that does not answer takes nothing from the others.
package struct WebhookLanes: Sendable {
  /// How much goes on at a time.
  package struct Limits: Sendable {
    /// To one host.
    package var perHost = 8
    /// To a host whose last attempt failed: enough to notice that it is back.
    package var perFailingHost = 2
    /// To all hosts; above what ten of them take that do not answer.
    package var inAll = 128
    /// Lanes held in memory; those beyond are asked of the store when there is room.
    package var lanes = 100_000

    package init() {}
  }

  /// What is left of a lane that was served.
  package enum Rest: Sendable, Equatable {
    case nothing
    case more
    /// Nothing before this time.
    case later(MonotonicTime)
  }

  private enum Phase: Sendable {
    case waiting(MonotonicTime)
    case ready
    /// With `again`, something came while it was being served.
    case running(again: Bool)
  }

  private struct Host: Sendable {
    var ready = FIFO<WebhookLane>()
    var running = 0
    var lanes = 0
    var isFailing = false
    var hasTurn = false
  }

  private let limits: Limits
  private var phases: [WebhookLane: Phase] = [:]
  private var hosts: [String: Host] = [:]
  /// Hosts that have something ready and may be served, each once.
  private var turns = FIFO<String>()
  private var timers = DeadlineHeap<WebhookLane>()
  private var running = 0
  /// Lanes were left out for want of room.
  private var isMissingSome = false

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Lanes were left out, and there is room again: ask the store.
  package var wantsMore: Bool { isMissingSome && phases.count < limits.lanes / 2 }
  package var count: Int { phases.count }
  /// When something becomes ready by itself.
  package var nextDue: MonotonicTime? { timers.earliest }

  /// Notes that a lane has a delivery more; one that waits for a retry goes on waiting.
  package mutating func add(_ lane: WebhookLane) {
    switch phases[lane] {
    case nil: insert(lane, .ready)
    case .running: phases[lane] = .running(again: true)
    case .waiting, .ready: break
    }
  }

  /// Notes when a lane's next delivery is due, as the store has it.
  package mutating func set(_ lane: WebhookLane, due: MonotonicTime, at now: MonotonicTime) {
    switch phases[lane] {
    case nil: insert(lane, due <= now ? .ready : .waiting(due))
    case .running: phases[lane] = .running(again: true)
    case .waiting(let before) where due < before:
      if due <= now { makeReady(lane) } else { wait(lane, until: due) }
    case .waiting, .ready: break
    }
  }

  /// Starts over with what the store will be asked for.
  package mutating func beginReload() { isMissingSome = false }

  /// The next lane to serve now, if there may be one more; it runs until `finished`.
  package mutating func next(at now: MonotonicTime) -> WebhookLane? {
    while let lane = timers.popDue(at: now) {
      // What was set to another time since has another timer.
      if case .waiting(let due) = phases[lane], due <= now { makeReady(lane) }
    }
    guard running < limits.inAll else { return nil }
    while let name = turns.popFirst() {
      hosts[name]?.hasTurn = false
      guard let host = hosts[name], mayServe(host), let lane = hosts[name]?.ready.popFirst() else {
        continue
      }
      hosts[name]?.running += 1
      running += 1
      phases[lane] = .running(again: false)
      giveTurn(name)
      return lane
    }
    return nil
  }

  /// Notes that a lane was served.
  ///
  /// - Parameters:
  ///   - lane: which `next` gave.
  ///   - rest: what is left to do in it.
  ///   - failed: whether the last attempt failed; `nil` if there was none.
  ///   - now: the time.
  package mutating func finished(
    _ lane: WebhookLane, _ rest: Rest, failed: Bool?, at now: MonotonicTime
  ) {
    guard case .running(let again) = phases[lane] else { return }
    let name = Self.host(of: lane)
    running -= 1
    hosts[name]?.running -= 1
    if let failed { hosts[name]?.isFailing = failed }
    switch rest {
    case .more: makeReady(lane)
    case .nothing where again: makeReady(lane)
    case .later(let time):
      // Something may have been set going again that is due before.
      if again, failed == nil { makeReady(lane) } else { wait(lane, until: time) }
    case .nothing:
      phases[lane] = nil
      hosts[name]?.lanes -= 1
    }
    if hosts[name]?.lanes == 0 { hosts[name] = nil } else { giveTurn(name) }
  }

  private mutating func insert(_ lane: WebhookLane, _ phase: Phase) {
    guard phases.count < limits.lanes else {
      isMissingSome = true
      return
    }
    phases[lane] = phase
    hosts[Self.host(of: lane), default: Host()].lanes += 1
    switch phase {
    case .waiting(let due): timers.insert(lane, at: due)
    case .ready: makeReady(lane)
    case .running: break
    }
  }

  private mutating func wait(_ lane: WebhookLane, until due: MonotonicTime) {
    phases[lane] = .waiting(due)
    timers.insert(lane, at: due)
  }

  private mutating func makeReady(_ lane: WebhookLane) {
    let name = Self.host(of: lane)
    phases[lane] = .ready
    hosts[name]?.ready.append(lane)
    giveTurn(name)
  }

  private mutating func giveTurn(_ name: String) {
    guard let host = hosts[name], !host.hasTurn, !host.ready.isEmpty, mayServe(host) else { return }
    hosts[name]?.hasTurn = true
    turns.append(name)
  }

  private func mayServe(_ host: Host) -> Bool {
    host.running < (host.isFailing ? limits.perFailingHost : limits.perHost)
  }

  /// Lanes with this in common have one receiver, whatever path and query they name.
  private static func host(of lane: WebhookLane) -> String {
    (try? OutboundURL(lane.endPoint)).map { "\($0.host):\($0.port)" } ?? lane.endPoint
  }
}
