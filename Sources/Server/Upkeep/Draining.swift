import Control
import ServiceLifecycle
import UnixSignals
import Wire

/// Stops the server on a signal, but lets its sessions end first.
///
/// SIGTERM drains; any other signal, and any second one, stops at once. That `run` returns is what
/// stops the server.
struct Draining: Service {
  let directory: RoomDirectory
  let signals: [UnixSignal]
  let limit: Duration

  func run() async throws {
    await cancelWhenGracefulShutdown {
      let received = await UnixSignalsSequence(trapping: signals)
      for await signal in received {
        guard signal == .sigterm else { return }
        break
      }
      if Task.isCancelled { return }
      await directory.beginDrain(within: .seconds(limit.components.seconds))
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await directory.drained() }
        group.addTask {
          for await _ in received { break }  // a second signal, or we are cancelled
          await directory.endDrain()
        }
        await group.next()
        group.cancelAll()
      }
    }
  }
}
