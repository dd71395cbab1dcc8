import Synchronization

/// Tells one thread whether another one still goes round its loop.
final class Pulse: Sendable {
  private let turns = Atomic<UInt64>(0)
  private let isStopped = Atomic<Bool>(false)
  private let seen = Atomic<UInt64>(0)

  /// The watched thread went round once more.
  func beat() {
    if !isStopped.load(ordering: .relaxed) { turns.wrappingAdd(1, ordering: .relaxed) }
  }

  /// Later beats do not count.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// Whether there was a beat since the last call; for one watching thread.
  func hasBeaten() -> Bool {
    let current = turns.load(ordering: .relaxed)
    return seen.exchange(current, ordering: .relaxed) != current
  }
}
