import Logging
package import Wire

/// A stop that lets what goes on go on: nothing new begins, and it is over when nobody is left or
/// the time is up.
struct Drain {
  let deadline: MonotonicTime
  var isOver = false
  /// Who waits for its end.
  var waiting: [CheckedContinuation<Void, Never>] = []
}

extension RoomDirectory {
  /// Begins to drain: rooms and sessions that are not there yet are refused, `/readyz` says so.
  ///
  /// Whoever is in a session stays, may resume, and lets others join it. A second call does nothing.
  ///
  /// - Parameter limit: after which the drain is over, whoever is still there.
  package func beginDrain(within limit: Nanoseconds) {
    guard drain == nil else { return }
    drain = Drain(deadline: time().monotonic + limit)
    logger.notice(
      "draining: no new sessions begin",
      metadata: ["rooms": "\(live.count)", "seconds": "\(limit.count / 1_000_000_000)"])
    if live.isEmpty { endDrain() }
  }

  /// Whether a drain was begun and is over.
  package var isDrained: Bool { drain?.isOver == true }

  /// Waits for the end of the drain that was begun; `tick` notices it.
  package func drained() async {
    guard drain?.isOver == false else { return }
    await withCheckedContinuation { drain?.waiting.append($0) }
  }

  /// Calls the drain over; new sessions stay refused.
  package func endDrain() {
    guard drain?.isOver == false else { return }
    drain?.isOver = true
    let waiting = drain?.waiting ?? []
    drain?.waiting = []
    for continuation in waiting { continuation.resume() }
  }

  /// Looks whether nobody is left, or the time is up.
  func endDrainIfDue(hasSession: Bool) {
    guard let drain, !drain.isOver else { return }
    let isLate = drain.deadline <= time().monotonic
    guard !hasSession || isLate else { return }
    logger.notice(isLate ? "drained: the time is up" : "drained: nobody is left")
    endDrain()
  }

  static var drainRefusal: SignallingRefusal { SignallingRefusal(ControlError.draining) }
}
