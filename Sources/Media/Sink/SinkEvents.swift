internal import Synchronization

/// Hands what happens on a sink's thread to whoever owns the sink.
///
/// At most `capacity` events wait; beyond it the oldest goes, because the newest tells the state.
package final class SinkEvents<Event: Sendable>: Sendable {
  private let waiting = Mutex<[Event]>([])
  private let capacity: Int
  private let wake: @Sendable () -> Void

  /// - Parameters:
  ///   - capacity: events kept for an owner who does not look; sinks make a few in a minute.
  ///   - wake: called on the sink's thread after each event; must not wait.
  package init(capacity: Int = 1024, wake: @escaping @Sendable () -> Void = {}) {
    self.capacity = max(1, capacity)
    self.wake = wake
  }

  /// Takes everything that happened, in order.
  package func drain() -> [Event] {
    waiting.withLock { events in
      let taken = events
      events = []
      return taken
    }
  }

  func post(_ event: Event) {
    waiting.withLock { events in
      if events.count >= capacity { events.removeFirst() }
      events.append(event)
    }
    wake()
  }
}
