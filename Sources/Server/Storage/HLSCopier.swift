package import Control
package import Logging
import ServiceLifecycle
import Signal

/// Copies HLS streams into the storage of keys that want it, while they run and until they are whole there.
///
/// What is left after a restart is seen by the streams' folders, so nothing is forgotten.
package actor HLSCopier: Service {
  /// A segment is two seconds; it waits half of that in the mean.
  private static let interval = Duration.seconds(1)
  /// Streams that are looked at: those that run, and a few that ended while the storage was away.
  private static let maximumStreams = 500
  /// Milliseconds before a storage that failed is asked again: viewers wait.
  private static let pause: Int64 = 1_000
  /// The same where no viewer waits any more, or the owner has something to mend.
  private static let longPause: Int64 = 60_000

  private let store: any Store
  private let storage: ObjectStorage
  private let time: TimeSource
  private let logger: Logger
  private var copies: [String: HLSCopy] = [:]
  private var notBefore: [String: Int64] = [:]
  private var running: Set<String> = []
  /// Streams with nothing left to do, as far as this process knows.
  private var done: Set<String> = []

  package init(
    store: any Store, storage: ObjectStorage, time: @escaping TimeSource, logger: Logger
  ) {
    self.store = store
    self.storage = storage
    self.time = time
    self.logger = logger
  }

  package func run() async throws {
    await performRounds(every: Self.interval) {
      await self.due()
    } _: {
      await self.advance($0)
    }
  }

  private func due() async -> [OutputRecord] {
    guard let streams = try? await store.streamsToCopy(limit: Self.maximumStreams) else {
      return []
    }
    let now = time().wall.milliseconds
    done.formIntersection(streams.map(\.id))
    let due = streams.filter {
      !done.contains($0.id) && !running.contains($0.id) && notBefore[$0.id, default: 0] <= now
    }
    running.formUnion(due.map(\.id))
    return due
  }

  private func advance(_ output: OutputRecord) async {
    defer { running.remove(output.id) }
    var copy = copies[output.id] ?? HLSCopy(output)
    let isOver = output.end != nil
    guard !copy.isDone, copy.isThere else {
      if isOver { forget(output.id) }
      return
    }
    do throws(StorageFailure) {
      try await copy.advance(isOver: isOver, storage, at: time().wall)
      copies[output.id] = copy
      notBefore[output.id] = nil
      guard isOver else { return }
      forget(output.id)
      logger.info("stream copied", metadata: ["output": "\(output.id)"])
    } catch {
      if copies[output.id] == nil || notBefore[output.id] == nil {
        logger.warning(
          "a stream's copy waits",
          metadata: ["output": "\(output.id)", "problem": "\(error.problem)"])
      }
      copies[output.id] = copy
      let isUrgent = error.isTemporary && !isOver
      notBefore[output.id] =
        time().wall.milliseconds &+ (isUrgent ? Self.pause : Self.longPause)
      // What is whole here and refused there stays here; a restart of the server tries once more.
      if isOver, !error.isTemporary { forget(output.id) }
    }
  }

  private func forget(_ id: String) {
    copies[id] = nil
    notBefore[id] = nil
    done.insert(id)
  }
}
