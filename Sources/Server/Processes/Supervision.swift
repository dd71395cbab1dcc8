import ServiceLifecycle
import UDP

/// Runs a supervisor of processes on a thread of its own until the task is cancelled or shut down,
/// either of which closes its orders.
///
/// - Parameters:
///   - name: at most 15 ASCII characters, as shown by `top -H`.
///   - orders: what the supervisor waits for; it returns when they are closed.
/// - Throws: `thread` if the system has no room for one, and what `body` ended with.
func superviseOnThread<Order: Sendable>(
  named name: String, until orders: Mailbox<Order>,
  _ body: @escaping @Sendable () -> Result<Void, any Error>
) async throws {
  try await withTaskCancellationHandler {
    try await withGracefulShutdownHandler {
      try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
        do throws(UDPError) {
          try OSThread.start(named: name) { ended.resume(with: body()) }
        } catch {
          ended.resume(throwing: error)
        }
      }
    } onGracefulShutdown: {
      orders.close()
    }
  } onCancel: {
    orders.close()
  }
}
