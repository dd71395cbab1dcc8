package import Control
import FoundationEssentials
import Glibc
package import Logging
import NIOPosix
import ServiceLifecycle
import Signal

/// Puts finished files into their owners' storage, for as long as it takes.
///
/// What waits is in the store, so that a restart forgets nothing; a file is removed here only when the
/// storage has confirmed it.
package actor Uploader: Service {
  /// How often the store is asked what waits.
  private static let interval = Duration.seconds(2)
  /// Files at a time: enough to fill a line, and few enough to leave some for calls.
  private static let concurrency = 3
  /// Seconds before the n-th further attempt; then the last one again, for days.
  private static let delays: [Int64] = [5, 15, 60, 300, 900, 1_800]
  /// Attempts after which even a refusal that looks temporary is one: three days of half hours.
  private static let maximumAttempts = 150

  private let store: any Store
  private let storage: ObjectStorage
  private let time: TimeSource
  private let logger: Logger
  private var attempts: [String: Int] = [:]
  private var notBefore: [String: Int64] = [:]
  private var running: Set<String> = []

  package init(
    store: any Store, storage: ObjectStorage, time: @escaping TimeSource, logger: Logger
  ) {
    self.store = store
    self.storage = storage
    self.time = time
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        repeat {
          for task in await self.due() {
            group.addTask { await self.upload(task) }
          }
        } while (try? await Task.sleep(for: Self.interval)) != nil
        group.cancelAll()
      }
    }
  }

  /// Files whose time has come, marked as running.
  private func due() async -> [UploadTask] {
    let room = Self.concurrency - running.count
    guard room > 0, let waiting = try? await store.filesToUpload(limit: 100) else { return [] }
    let now = time().wall.milliseconds
    let due = waiting.filter {
      !running.contains($0.file.id) && notBefore[$0.file.id, default: 0] <= now
    }.prefix(room)
    running.formUnion(due.map(\.file.id))
    return Array(due)
  }

  private func upload(_ task: UploadTask) async {
    let id = task.file.id
    defer { running.remove(id) }
    do throws(StorageFailure) {
      let url = try await storage.put(task, at: time().wall)
      try? await store.note(.uploaded, of: id, remoteURL: url)
      attempts[id] = nil
      notBefore[id] = nil
      let path = task.file.file.path
      _ = try? await NIOThreadPool.singleton.runIfActive { unlink(path) }
      logger.info("file uploaded", metadata: metadata(task))
    } catch {
      let count = attempts[id, default: 0] + 1
      attempts[id] = count
      guard error.isTemporary, count < Self.maximumAttempts else {
        try? await store.note(.refused, of: id, remoteURL: nil)
        attempts[id] = nil
        return logger.error(
          "a file is not uploaded and stays here", metadata: metadata(task, error.problem))
      }
      let delay = Self.delays[min(count, Self.delays.count) - 1]
      notBefore[id] = time().wall.milliseconds &+ delay &* 1_000
      logger.warning("a file waits to be uploaded", metadata: metadata(task, error.problem))
    }
  }

  private func metadata(_ task: UploadTask, _ problem: String? = nil) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "output": "\(task.output.id)", "file": "\(task.file.name)",
    ]
    if let problem { metadata["problem"] = "\(problem)" }
    return metadata
  }
}

/// Why a file is not where it should be yet.
package struct StorageFailure: Error, Equatable, Sendable {
  /// In words, without keys and signatures.
  package var problem: String
  /// The same may succeed later.
  package var isTemporary: Bool

  package init(_ problem: String, isTemporary: Bool) {
    self.problem = problem
    self.isTemporary = isTemporary
  }
}
