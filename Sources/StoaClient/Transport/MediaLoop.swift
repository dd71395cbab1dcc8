import RTC
import UDP
package import Wire

/// A thread that drives many peer connections, each with a socket of its own.
///
/// Everything that touches a connection happens on the thread; other code posts what is to be done
/// there. The thread ends after `close`.
package final class MediaLoop: Sendable {
  private let mailbox: Mailbox<@Sendable (MediaThread) -> Void>

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: at most 15 ASCII characters.
  ///   - gathering: how long what arrives may wait for more; 0 for those whom delay matters.
  /// - Throws: `UDPError` when the process has no descriptor or thread left, `DTLSFailure` when no
  ///   certificate can be made.
  package init(name: String = "stoa-client", gathering: Nanoseconds = .zero) throws {
    let mailbox = try Mailbox<@Sendable (MediaThread) -> Void>()
    self.mailbox = mailbox
    // Fails here rather than on the thread, where nobody could be told.
    _ = try DTLSIdentity(unixSeconds: 0)
    _ = try ReadinessQueue()
    try OSThread.start(named: name) {
      guard let thread = try? MediaThread() else { return mailbox.close() }
      thread.run(mailbox, gathering: gathering)
    }
  }

  deinit { mailbox.close() }

  /// Lets the thread end; connections are closed politely first.
  package func close() { mailbox.close() }

  /// Does something on the thread and waits for its result.
  ///
  /// - Throws: `LoopClosed`, or what `body` throws.
  package func perform<Result: Sendable>(
    _ body: @escaping @Sendable (MediaThread) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let isPosted = mailbox.post { thread in
        continuation.resume(with: Swift.Result { try body(thread) })
      }
      if !isPosted { continuation.resume(throwing: LoopClosed()) }
    }
  }

  /// Does something on the thread soon.
  package func post(_ body: @escaping @Sendable (MediaThread) -> Void) { mailbox.post(body) }

  /// The thread is gone, or too far behind to take anything.
  package struct LoopClosed: Error {}
}

/// Names one connection of a `MediaLoop`.
package struct PeerID: Hashable, Sendable {
  package var rawValue: Int
}

/// What becomes of a connection.
package enum PeerEvent: Sendable, Equatable {
  case connected
  /// The reason in words; the last event.
  case failed(String)
  /// By the server; the last event.
  case closed
}

/// Takes decrypted packets as they arrive, on the media thread.
package protocol PacketReceiver: AnyObject, Sendable {
  /// - Parameters:
  ///   - payload: lent for the duration of the call.
  func receive(_ packet: ReceivedPacket, payload: RawSpan, at now: MonotonicTime)

  /// Takes a sender report.
  func receive(_ report: ReceivedReport, at now: MonotonicTime)
}

extension PacketReceiver {
  package func receive(_ report: ReceivedReport, at now: MonotonicTime) {}
}
