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
      let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await obey(received, beginning) }
        group.addTask {
          for await _ in begun { return await directory.drained() }
        }
        await group.next()
        group.cancelAll()
      }
    }
  }

  /// Returns when the server has to stop at once, or somebody else stops it.
  private func obey(
    _ received: UnixSignalsSequence, _ beginning: AsyncStream<Void>.Continuation
  ) async {
    var isDraining = false
    for await signal in received {
      guard signal == .sigterm, !isDraining else { break }
      isDraining = true
      await directory.beginDrain(within: .seconds(limit.components.seconds))
      beginning.yield()
    }
    await directory.endDrain()
  }
}
