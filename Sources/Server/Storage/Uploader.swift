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

  private let store: any Store
  private let storage: ObjectStorage
  private let schedule: UploadSchedule
  private let time: TimeSource
  private let logger: Logger
  private var failures: [String: Failures] = [:]
  private var running: Set<String> = []

  /// What became of a file until now.
  private struct Failures {
    var count = 0
    /// Unix milliseconds.
    var first: Int64
    var notBefore: Int64
  }

  package init(
    store: any Store, storage: ObjectStorage, schedule: UploadSchedule = UploadSchedule(),
    time: @escaping TimeSource, logger: Logger
  ) {
    self.store = store
    self.storage = storage
    self.schedule = schedule
    self.time = time
    self.logger = logger
  }

  package func run() async throws {
    await performRounds(every: Self.interval) {
      await self.due()
    } _: {
      await self.upload($0)
    }
  }

  /// Files whose time has come, marked as running.
  private func due() async -> [UploadTask] {
    let room = Self.concurrency - running.count
    guard room > 0, let waiting = try? await store.filesToUpload(limit: 100) else { return [] }
    let now = time().wall.milliseconds
    let due = waiting.filter {
      !running.contains($0.file.id) && (failures[$0.file.id]?.notBefore ?? 0) <= now
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
      failures[id] = nil
      let path = task.file.file.path
      _ = try? await NIOThreadPool.singleton.runIfActive { unlink(path) }
      logger.info("file uploaded", metadata: metadata(task))
    } catch {
      let now = time().wall.milliseconds
      var failed = failures[id] ?? Failures(first: now, notBefore: now)
      failed.count += 1
      guard error.isTemporary,
        let delay = schedule.delay(after: failed.count, since: failed.first, at: now)
      else {
        try? await store.note(.refused, of: id, remoteURL: nil)
        failures[id] = nil
        return logger.error(
          "a file is not uploaded and stays here", metadata: metadata(task, error.problem))
      }
      failed.notBefore = now &+ delay
      failures[id] = failed
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
