import Control
import Logging
import ServiceLifecycle

/// Keeps the store small while the server runs: deletes what is too old, and shortens its log.
struct StoreUpkeep: Service {
  /// Often enough that a burst of a day's sessions is through the same day.
  static let purgeInterval = Duration.seconds(600)
  /// Between two purges, so that whoever waits to write has its turn many times.
  static let purgePause = Duration.milliseconds(50)
  static let checkpointInterval = Duration.seconds(60)

  let store: SQLiteStore
  let policy: RetentionPolicy
  let time: TimeSource
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await every(Self.checkpointInterval) { try await store.checkpoint() } }
        if !policy.keepsEverything {
          group.addTask { await every(Self.purgeInterval) { try await purge() } }
        }
        await group.waitForAll()
      }
    }
  }

  /// Does it now and again after each interval, whatever became of it.
  private func every(_ interval: Duration, _ work: () async throws -> Void) async {
    repeat {
      do {
        try await work()
      } catch {
        logger.warning("the store's upkeep failed", metadata: ["reason": "\(error)"])
      }
    } while (try? await Task.sleep(for: interval)) != nil
  }

  private func purge() async throws {
    var rows = 0
    while !Task.isCancelled {
      let count = try await store.purge(policy, at: time().wall)
      if count == 0 { break }
      rows += count
      guard (try? await Task.sleep(for: Self.purgePause)) != nil else { break }
    }
    if rows > 0 { logger.info("old records deleted", metadata: ["rows": "\(rows)"]) }
  }
}
