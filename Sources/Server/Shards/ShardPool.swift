package import Control
package import Logging
package import SFU
import ServiceLifecycle
import Synchronization
import UDP

/// The shard processes: starts them, restarts the dead, and carries commands and events.
///
/// A process that ends, or goes silent for `ShardLife.silenceLimit`, is reported dead at once and
/// replaced. None outlives this one: each ends when its channel does.
package final class ShardPool: MediaPlane, Service {
  /// Why the server cannot run.
  package enum StartFailure: Error, CustomStringConvertible {
    /// No process of this shard ever came up, for this reason.
    case shard(ShardNumber, reason: String)

    package var description: String {
      switch self {
      case .shard(let number, let reason): "media process \(number.rawValue): \(reason)"
      }
    }
  }

  /// Commands not yet written to a shard; only a stuck machine gets there.
  private static let maximumCommands = 65_536
  /// Events the control plane has not read; it is told of a death rather than lose one silently.
  private static let maximumEvents = 65_536

  package let events: AsyncStream<MediaPlaneEvent>
  private let continuation: AsyncStream<MediaPlaneEvent>.Continuation
  private let options: [ShardOptions]
  private let executable: String
  private let logger: Logger
  private let commands: Mailbox<ShardSupervisor.Order>
  private let board: ShardBoard

  /// Starts nothing yet: `run` does.
  ///
  /// - Parameters:
  ///   - options: one per shard, in the order of their numbers.
  ///   - executable: takes `shard` and the options' arguments; by default this program itself.
  ///   - logger: told of every start and end, and of what the processes write.
  /// - Throws: `event` if the process has no descriptor left.
  package init(
    _ options: [ShardOptions], executable: String = "/proc/self/exe", logger: Logger
  ) throws {
    self.options = options
    self.executable = executable
    self.logger = logger
    commands = try Mailbox(capacity: Self.maximumCommands)
    board = ShardBoard(count: options.count)
    (events, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(Self.maximumEvents))
  }

  package var shards: Int { options.count }

  /// The process of a shard, `nil` while there is none.
  package func processID(of shard: ShardNumber) -> Int32? { board.processID(of: shard) }
  /// The media port of a shard, `nil` while it does not run.
  package func port(of shard: ShardNumber) -> UInt16? { board.port(of: shard) }

  package func send(_ command: ShardCommand, to shard: ShardNumber) {
    guard options.indices.contains(shard.rawValue) else { return }
    // A shard that missed a command is not what the control plane thinks it is.
    if !commands.post(.init(command: command, shard: shard)) { board.markOverrun(shard) }
  }

  /// Runs the processes until cancelled or shut down, and ends them.
  ///
  /// - Throws: `StartFailure` if a shard cannot start at all.
  package func run() async throws {
    let (options, executable, logger) = (options, executable, logger)
    let (commands, board, events) = (commands, board, continuation)
    try await superviseOnThread(named: "shards", until: commands) {
      var supervisor = ShardSupervisor(
        options, executable: executable, orders: commands, events: events, board: board,
        logger: logger)
      defer { events.finish() }
      return supervisor.run()
    }
  }
}

/// What other threads may know of the processes.
final class ShardBoard: Sendable {
  private struct Entry {
    var processID: Int32?
    var port: UInt16?
    var isOverrun = false
  }

  private let entries: Mutex<[Entry]>

  init(count: Int) {
    entries = Mutex(Array(repeating: Entry(), count: count))
  }

  func processID(of shard: ShardNumber) -> Int32? { read(shard, \.processID) ?? nil }
  func port(of shard: ShardNumber) -> UInt16? { read(shard, \.port) ?? nil }

  func setProcess(_ id: Int32?, of shard: Int) {
    entries.withLock {
      $0[shard].processID = id
      if id == nil { $0[shard].port = nil }
    }
  }

  func setPort(_ port: UInt16?, of shard: Int) { entries.withLock { $0[shard].port = port } }

  func markOverrun(_ shard: ShardNumber) {
    entries.withLock { $0[shard.rawValue].isOverrun = true }
  }

  /// The shards that missed a command since the last call.
  func takeOverrun() -> [Int] {
    entries.withLock { entries in
      let overrun = entries.indices.filter { entries[$0].isOverrun }
      for index in overrun { entries[index].isOverrun = false }
      return overrun
    }
  }

  private func read<Value: Sendable>(_ shard: ShardNumber, _ value: (Entry) -> Value) -> Value? {
    entries.withLock {
      $0.indices.contains(shard.rawValue) ? value($0[shard.rawValue]) : nil
    }
  }
}
