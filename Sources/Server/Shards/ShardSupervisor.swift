import Control
import Logging
import SFU
import UDP
import Wire

/// The thread behind `ShardPool`: waits for all shard processes at once and does what their
/// `ShardLife`s decide.
struct ShardSupervisor {
  /// A command on its way.
  struct Order: Sendable {
    let command: ShardCommand
    let shard: ShardNumber
  }
  private typealias Processes = ChildProcesses<Int, ShardReport, ShardCommand>

  /// One shard number, whichever process has it now.
  private struct Slot {
    let options: ShardOptions
    var life: ShardLife
    /// What it said last before it died, for the log.
    var lastWords = ""
    var isMisconfigured = false
  }

  /// How long processes may take to end by themselves when the server stops.
  private static let stopPatience = Nanoseconds.seconds(1)
  /// Places among the events kept for the news of a death.
  private static let reservedEvents = 1_024
  private static let statisticsReserve = 32_768

  private var slots: [Slot]
  private var processes = Processes()
  private let executable: String
  private let orders: Mailbox<Order>
  private let events: AsyncStream<MediaPlaneEvent>.Continuation
  private let board: ShardBoard
  private let logger: Logger
  private var eventRoom = Int.max

  init(
    _ options: [ShardOptions], executable: String, orders: Mailbox<Order>,
    events: AsyncStream<MediaPlaneEvent>.Continuation, board: ShardBoard, logger: Logger
  ) {
    let now = MonotonicTime.now
    slots = options.map { Slot(options: $0, life: ShardLife(at: now)) }
    self.executable = executable
    self.orders = orders
    self.events = events
    self.board = board
    self.logger = logger
  }

  /// Runs until the orders are closed or a shard cannot start; no process is left then.
  mutating func run() -> Result<Void, any Error> {
    defer { stop() }
    while true {
      for index in slots.indices { decide(.tick, index) }
      if let failure = startFailure { return .failure(failure) }
      let isOrdered: Bool
      do throws(UDPError) {
        let deadline = slots.lazy.map(\.life.deadline).min() ?? .distantFuture
        isOrdered = try processes.wait(or: orders.descriptor, until: deadline)
      } catch {
        return .failure(error)
      }
      for index in slots.indices { look(at: index) }
      if isOrdered {
        for order in orders.drain() { write(order) }
        if orders.isClosed { return .success(()) }
      }
      for index in board.takeOverrun() {
        logger.error("Commands were lost", metadata: metadata(index))
        decide(.broken, index)
      }
      for index in slots.indices { flush(index) }
    }
  }

  private var startFailure: ShardPool.StartFailure? {
    for slot in slots
    where slot.isMisconfigured && !slot.life.wasEverReady
      && slot.life.failures >= ShardLife.delays.count
    {
      return .shard(ShardNumber(slot.options.number), reason: slot.lastWords)
    }
    return nil
  }

  // MARK: Looking

  /// Takes in everything a process said before judging whether it is silent or gone.
  private mutating func look(at index: Int) {
    for happening in processes.happenings(of: index) {
      switch happening {
      case .line(let line):
        guard processes.mayLogLine(of: index) else { continue }
        logger.warning("\(line)", metadata: metadata(index))
      case .report(let report):
        decide(.heard, index)
        note(report, index)
      case .closed: if slots[index].life.isRunning { decide(.broken, index) }
      case .malformed(let what):
        logger.error("Media process wrote \(what)", metadata: metadata(index))
        decide(.broken, index)
      case .unread: decide(.broken, index)
      case .ended(let exit, let id):
        board.setProcess(nil, of: index)
        logger.error("Media process \(exit)", metadata: metadata(index, ["pid": "\(id)"]))
        decide(.exited, index)
      }
    }
  }

  private mutating func note(_ report: ShardReport, _ index: Int) {
    switch report {
    case .alive: break
    case .ready(let port):
      board.setPort(port, of: index)
      decide(.ready, index)
    case .event(let event): publish(event, of: index)
    case .failed(let reason, let isConfiguration):
      slots[index].lastWords = reason
      slots[index].isMisconfigured = isConfiguration
    }
  }

  private mutating func publish(_ event: ShardEvent, of index: Int) {
    guard slots[index].life.isRunning else { return }
    switch event {
    case .statistics, .quality: if eventRoom < Self.statisticsReserve { return }
    default: break
    }
    guard eventRoom >= Self.reservedEvents else {
      // Whoever reads events would no longer know what the shard does: give them a new one.
      logger.critical("Events are not read", metadata: metadata(index))
      return decide(.broken, index)
    }
    announce(.shard(number(index), event))
  }

  private mutating func announce(_ event: MediaPlaneEvent) {
    if case .enqueued(let room) = events.yield(event) { eventRoom = room }
  }

  // MARK: Writing

  private mutating func write(_ order: Order) {
    let index = order.shard.rawValue
    guard slots[index].life.isRunning else { return }
    do throws(Processes.Process.Channel.Failure) {
      try processes.send(order.command, to: index)
    } catch {
      logger.error("Media process does not take commands: \(error)", metadata: metadata(index))
      decide(.broken, index)
    }
  }

  private mutating func flush(_ index: Int) {
    do throws(Processes.Process.Channel.Failure) {
      try processes.flush(index)
    } catch {
      decide(.broken, index)
    }
  }

  // MARK: Deciding

  private mutating func decide(_ input: ShardLife.Input, _ index: Int) {
    for effect in slots[index].life.handle(input, at: .now) {
      switch effect {
      case .spawn: spawn(index)
      case .kill: processes.kill(index)
      case .announceReady:
        logger.info(
          "Media process ready",
          metadata: metadata(
            index,
            [
              "pid": "\(processes.processID(of: index) ?? 0)",
              "port": "\(board.port(of: number(index)) ?? 0)",
            ]))
        announce(.ready(number(index)))
      case .announceDeath:
        board.setPort(nil, of: index)
        announce(.died(number(index)))
      }
    }
  }

  private mutating func spawn(_ index: Int) {
    do throws(UDPError) {
      let id = try processes.start(
        index, executable: executable,
        arguments: ["stoa", "shard"] + slots[index].options.arguments)
      board.setProcess(id, of: index)
    } catch {
      slots[index].lastWords = "\(error)"
      slots[index].isMisconfigured = true
      logger.error("Media process cannot be started: \(error)", metadata: metadata(index))
      decide(.exited, index)
    }
  }

  // MARK: Stopping

  private mutating func stop() {
    for index in slots.indices { processes.closeChannel(of: index) }
    let limit = MonotonicTime.now + Self.stopPatience
    while !processes.isEmpty {
      processes.waitForEnds(killingAt: limit)
      for index in slots.indices {
        for case .ended in processes.happenings(of: index) { board.setProcess(nil, of: index) }
      }
    }
  }

  private func number(_ index: Int) -> ShardNumber { ShardNumber(index) }

  private func metadata(_ index: Int, _ more: Logger.Metadata = [:]) -> Logger.Metadata {
    more.merging(["shard": "\(index)"]) { own, _ in own }
  }
}
