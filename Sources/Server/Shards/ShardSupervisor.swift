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

  /// One shard number and whichever process has it now.
  private struct Slot {
    let options: ShardOptions
    var life: ShardLife
    var process: ShardProcess?
    /// What it said last before it died, for the log.
    var lastWords = ""
    var isMisconfigured = false
    /// Lines it may still write to the log in this second.
    var lineAllowance = 0
    var channelIndex = 0
    var errorIndex = 0
    var endIndex = 0
  }

  /// How long processes may take to end by themselves when the server stops.
  private static let stopPatience = Nanoseconds.seconds(1)
  /// How often ends are looked for where the kernel cannot tell of them.
  private static let reapInterval = Nanoseconds.milliseconds(100)
  private static let linesPerSecond = 100
  /// Places among the events kept for the news of a death.
  private static let reservedEvents = 1_024
  private static let statisticsReserve = 32_768

  private var slots: [Slot]
  private let executable: String
  private let orders: Mailbox<Order>
  private let events: AsyncStream<MediaPlaneEvent>.Continuation
  private let board: ShardBoard
  private let logger: Logger
  private var poll = PollSet()
  private var eventRoom = Int.max
  private var nextAllowance = MonotonicTime.now

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
      let now = MonotonicTime.now
      if now >= nextAllowance {
        for index in slots.indices { slots[index].lineAllowance = Self.linesPerSecond }
        nextAllowance = now + .seconds(1)
      }
      for index in slots.indices { perform(slots[index].life.handle(.tick, at: now), on: index) }
      if let failure = startFailure { return .failure(failure) }
      let ordersIndex = fillPoll()
      do throws(UDPError) {
        try poll.wait(until: deadline(at: now))
      } catch {
        return .failure(error)
      }
      for index in slots.indices { read(index) }
      if poll.isReadable(ordersIndex) {
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

  // MARK: Waiting

  private mutating func fillPoll() -> Int {
    poll.removeAll()
    for index in slots.indices {
      let process = slots[index].process
      let channel = process?.channel
      slots[index].channelIndex = poll.add(
        channel?.descriptor ?? -1, forWriting: channel?.hasOutput ?? false)
      slots[index].errorIndex = poll.add(process?.openErrorDescriptor ?? -1)
      slots[index].endIndex = poll.add(process?.endDescriptor ?? -1)
    }
    return poll.add(orders.descriptor)
  }

  private func deadline(at now: MonotonicTime) -> MonotonicTime {
    var earliest = MonotonicTime.distantFuture
    for slot in slots {
      earliest = min(earliest, slot.life.deadline)
      if let process = slot.process, process.endDescriptor < 0 {
        earliest = min(earliest, now + Self.reapInterval)
      }
    }
    return earliest
  }

  // MARK: Reading

  /// Takes in everything a process said before judging whether it is silent or gone.
  private mutating func read(_ index: Int) {
    guard let process = slots[index].process else { return }
    if poll.isReadable(slots[index].errorIndex) { log(process.readLines(), of: index) }
    if let channel = process.channel, poll.isReadable(slots[index].channelIndex) {
      receive(from: channel, index)
    }
    guard process.endDescriptor < 0 || poll.isReadable(slots[index].endIndex),
      let exit = process.exit()
    else { return }
    // What it said between our look at its channel and its end.
    if let channel = process.channel { receive(from: channel, index) }
    log(process.readLines(), of: index)
    slots[index].process = nil
    board.setProcess(nil, of: index)
    logger.error(
      "Media process \(exit)", metadata: metadata(index, ["pid": "\(process.id)"]))
    decide(.exited, index)
  }

  private mutating func receive(from channel: ShardProcess.Channel, _ index: Int) {
    var reports: [ShardReport] = []
    var failure: ShardProcess.Channel.Failure?
    do throws(ShardProcess.Channel.Failure) {
      try channel.receive { reports.append($0) }
    } catch {
      failure = error
    }
    for report in reports {
      decide(.heard, index)
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
    switch failure {
    case nil: break
    case .ended:  // wait for its end for a moment: it has a reason to tell
      slots[index].process?.closeChannel()
      if slots[index].life.isRunning { decide(.broken, index) }
    case .malformed(let what):
      logger.error("Media process wrote \(what)", metadata: metadata(index))
      decide(.broken, index)
    case .unread: decide(.broken, index)
    }
  }

  private mutating func log(_ lines: [String], of index: Int) {
    for line in lines {
      guard slots[index].lineAllowance > 0 else { return }
      slots[index].lineAllowance -= 1
      logger.warning("\(line)", metadata: metadata(index))
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
    guard slots[index].life.isRunning, let channel = slots[index].process?.channel else { return }
    do throws(ShardProcess.Channel.Failure) {
      try channel.append(order.command)
    } catch {
      logger.error("Media process does not take commands: \(error)", metadata: metadata(index))
      decide(.broken, index)
    }
  }

  private mutating func flush(_ index: Int) {
    guard let channel = slots[index].process?.channel, channel.hasOutput else { return }
    do throws(ShardProcess.Channel.Failure) {
      try channel.flush()
    } catch {
      decide(.broken, index)
    }
  }

  // MARK: Deciding

  private mutating func decide(_ input: ShardLife.Input, _ index: Int) {
    perform(slots[index].life.handle(input, at: .now), on: index)
  }

  private mutating func perform(_ effects: [ShardLife.Effect], on index: Int) {
    for effect in effects {
      switch effect {
      case .spawn: spawn(index)
      case .kill: slots[index].process?.kill()
      case .announceReady:
        logger.info(
          "Media process ready",
          metadata: metadata(
            index,
            [
              "pid": "\(slots[index].process?.id ?? 0)",
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
      let process = try ShardProcess(
        executable: executable, arguments: ["stoa", "shard"] + slots[index].options.arguments)
      slots[index].process = process
      board.setProcess(process.id, of: index)
    } catch {
      slots[index].lastWords = "\(error)"
      slots[index].isMisconfigured = true
      logger.error("Media process cannot be started: \(error)", metadata: metadata(index))
      decide(.exited, index)
    }
  }

  // MARK: Stopping

  private mutating func stop() {
    for slot in slots { slot.process?.closeChannel() }
    let limit = MonotonicTime.now + Self.stopPatience
    var isKilled = false
    while true {
      for index in slots.indices {
        guard let process = slots[index].process, process.exit() != nil else { continue }
        slots[index].process = nil
        board.setProcess(nil, of: index)
      }
      guard slots.contains(where: { $0.process != nil }) else { return }
      let now = MonotonicTime.now
      if now >= limit, !isKilled {
        for slot in slots { slot.process?.kill() }
        isKilled = true
      }
      poll.removeAll()
      for slot in slots { poll.add(slot.process?.endDescriptor ?? -1) }
      try? poll.wait(until: now + Self.reapInterval)  // then look again, whatever it was
    }
  }

  private func number(_ index: Int) -> ShardNumber { ShardNumber(index) }

  private func metadata(_ index: Int, _ more: Logger.Metadata = [:]) -> Logger.Metadata {
    more.merging(["shard": "\(index)"]) { own, _ in own }
  }
}
