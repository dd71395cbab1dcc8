import Synchronization

/// What waits to be written to one socket: bounded, and never a reason for a room to wait.
///
/// The control plane posts, the socket's one writer takes; both may be on any thread.
package final class Outbox: Sendable {
  /// One thing for the writer to do.
  package enum Item: Sendable, Equatable {
    /// Write one text frame.
    case text(OutboundFrame)
    /// Write a close frame, then close; always the last.
    case close(code: UInt16, reason: String)
  }

  private struct State {
    var items: [Item] = []
    var bytes = 0
    var isClosed = false
    var stay = 0
    var waiter: CheckedContinuation<Void, Never>?

    func isCurrent(_ stay: Int?) -> Bool { stay.map { $0 == self.stay } ?? true }
  }
  private let state = Mutex(State())
  private let maximumItems: Int
  private let maximumBytes: Int
  private let metrics: SignallingMetrics?
  private let mark: LiveObjects.Mark?

  /// Makes an empty one; the metrics and the live objects count what it does and that it is there.
  package init(
    limits: SignallingLimits = .standard, metrics: SignallingMetrics? = nil,
    live: LiveObjects? = nil
  ) {
    self.metrics = metrics
    mark = live?.mark(.outbox)
    maximumItems = limits.waitingMessages
    maximumBytes = limits.waitingBytes
  }

  /// Queues a frame.
  ///
  /// False if so much waits already that the reader must be given up; the frame is not queued.
  /// What is posted after `close`, or for another stay than the current one, is dropped.
  package func post(_ frame: OutboundFrame, of stay: Int? = nil) -> Bool {
    let (accepted, waiter) = state.withLock { state in
      if state.isClosed || !state.isCurrent(stay) {
        return (true, CheckedContinuation<Void, Never>?.none)
      }
      // The frame itself may be larger than the bound: what counts is what was not read before.
      guard state.items.count < maximumItems, state.bytes <= maximumBytes else {
        return (false, nil)
      }
      state.items.append(.text(frame))
      state.bytes += frame.byteCount
      defer { state.waiter = nil }
      return (true, state.waiter)
    }
    waiter?.resume()
    if accepted { metrics?.framesSent.add() } else { metrics?.framesRefused.add() }
    return accepted
  }

  /// Queues the close of the socket; only the first counts, and none of a stay that is over.
  ///
  /// What waits is thrown away if `discarding`: for a reader who does not read.
  package func close(
    code: UInt16, reason: String, discarding: Bool = false, of stay: Int? = nil
  ) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.isClosed || !state.isCurrent(stay) { return nil }
      if discarding { state.items.removeAll() }
      state.items.append(.close(code: code, reason: reason))
      state.isClosed = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// The number of the room's stay whose frames are written: a socket that goes from one room to
  /// another has two for a while, and hears of one at a time.
  package var stay: Int { state.withLock { $0.stay } }

  /// Begins a stay: from now on frames of others are dropped.
  package func begin(_ stay: Int) { state.withLock { $0.stay = stay } }

  /// Whether the close of the socket was queued.
  package var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Everything that waits, in order; suspends until there is something.
  ///
  /// Empty when the task was cancelled. After a batch that ends with `close` there is no more.
  package func next() async -> [Item] {
    let batch = take()
    if !batch.isEmpty { return batch }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if !state.items.isEmpty || state.isClosed || Task.isCancelled { return true }
          state.waiter = continuation
          return false
        }
        if ready { continuation.resume() }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }?.resume()
    }
    return take()
  }

  /// What waits now, without waiting for more.
  package func take() -> [Item] {
    state.withLock { state in
      defer {
        state.items = []
        state.bytes = 0
      }
      return state.items
    }
  }
}
