internal import CLinux
internal import Glibc
internal import Synchronization

/// Hands values from any thread or task to the one thread that drains them, and wakes it.
///
/// Bounded: at `capacity` undrained values `post` refuses, and the caller decides what that means.
package final class Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let capacity: Int
  /// An eventfd, readable while there may be something to drain.
  package let descriptor: Int32

  /// - Parameter capacity: undrained values; the default holds any burst that a living reader
  ///   works off within a tick.
  /// - Throws: `event` if the process has no descriptor left.
  package init(capacity: Int = 65_536) throws(UDPError) {
    self.capacity = capacity
    descriptor = try check(stoa_event_create(), .event)
  }

  deinit { closeDescriptor(descriptor) }

  /// Appends a value and wakes the reader; false if the mailbox is full or closed.
  @discardableResult
  package func post(_ element: Element) -> Bool {
    let (accepted, wasEmpty) = state.withLock { state in
      guard !state.isClosed, state.elements.count < capacity else { return (false, false) }
      state.elements.append(element)
      return (true, state.elements.count == 1)
    }
    if wasEmpty { stoa_event_signal(descriptor) }
    return accepted
  }

  /// Takes everything posted so far, in order.
  package func drain() -> [Element] {
    stoa_event_clear(descriptor)
    return state.withLock { state in
      guard !state.elements.isEmpty else { return [] }
      var taken: [Element] = []
      swap(&taken, &state.elements)
      return taken
    }
  }

  /// Refuses further values and wakes the reader; what was posted can still be drained.
  package func close() {
    state.withLock { $0.isClosed = true }
    stoa_event_signal(descriptor)
  }

  package var isClosed: Bool { state.withLock { $0.isClosed } }
}
