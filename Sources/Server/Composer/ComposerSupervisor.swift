import Control
import FoundationEssentials
import Logging
import Signal
import UDP
import Wire

/// The thread behind `ComposerPool`: waits for all composer processes at once and does what their
/// `ComposerLife`s decide.
struct ComposerSupervisor {
  typealias Process = ChildProcess<ComposerEvent, ComposerCommand>

  /// One session and whichever process composes it now.
  private struct Slot {
    var life: ComposerLife
    var work = ComposerWork()
    var process: Process?
    var pass: String?
    /// What it said last before it died.
    var lastWords = ""
    /// Lines it may still write to the log in this second.
    var lineAllowance = 100
    var channelIndex = 0
    var errorIndex = 0
    var endIndex = 0
  }

  /// How often ends are looked for where the kernel cannot tell of them.
  private static let reapInterval = Nanoseconds.milliseconds(100)
  /// How long processes may take to finish their files when the server stops.
  private static let stopPatience = Nanoseconds.seconds(2)
  private static let linesPerSecond = 100

  private var slots: [ComposedSession: Slot] = [:]
  private let options: ComposerOptions
  private let signallingURL: String
  private let orders: Mailbox<ComposerOrder>
  private let news: AsyncStream<ComposerNews>.Continuation
  private let board: ComposerBoard
  private let logger: Logger
  private var poll = PollSet()
  private var nextAllowance = MonotonicTime.now

  init(
    _ options: ComposerOptions, signallingURL: String, orders: Mailbox<ComposerOrder>,
    news: AsyncStream<ComposerNews>.Continuation, board: ComposerBoard, logger: Logger
  ) {
    self.options = options
    self.signallingURL = signallingURL
    self.orders = orders
    self.news = news
    self.board = board
    self.logger = logger
  }

  /// Runs until the orders are closed; no process is left then.
  mutating func run() -> Result<Void, any Error> {
    defer { stop() }
    while true {
      let now = MonotonicTime.now
      if now >= nextAllowance {
        for session in slots.keys { slots[session]?.lineAllowance = Self.linesPerSecond }
        nextAllowance = now + .seconds(1)
      }
      for session in slots.keys { decide(.tick, session) }
      forgetFinished()
      let ordersIndex = fillPoll()
      do throws(UDPError) {
        try poll.wait(until: deadline(at: now))
      } catch {
        return .failure(error)
      }
      for session in slots.keys { read(session) }
      if poll.isReadable(ordersIndex) {
        for order in orders.drain() { take(order) }
        if orders.isClosed { return .success(()) }
      }
      for session in slots.keys { flush(session) }
    }
  }

  // MARK: Waiting

  private mutating func fillPoll() -> Int {
    poll.removeAll()
    for session in slots.keys {
      let process = slots[session]?.process
      let channel = process?.channel
      slots[session]?.channelIndex = poll.add(
        channel?.descriptor ?? -1, forWriting: channel?.hasOutput ?? false)
      slots[session]?.errorIndex = poll.add(process?.openErrorDescriptor ?? -1)
      slots[session]?.endIndex = poll.add(process?.endDescriptor ?? -1)
    }
    return poll.add(orders.descriptor)
  }

  private func deadline(at now: MonotonicTime) -> MonotonicTime {
    var earliest = MonotonicTime.distantFuture
    for slot in slots.values {
      earliest = min(earliest, slot.life.deadline)
      if let process = slot.process, process.endDescriptor < 0 {
        earliest = min(earliest, now + Self.reapInterval)
      }
    }
    return earliest
  }

  private mutating func forgetFinished() {
    for (session, slot) in slots where slot.life.state == .over && slot.process == nil {
      slots[session] = nil
    }
  }

  // MARK: Orders

  private mutating func take(_ order: ComposerOrder) {
    if slots[order.session] == nil {
      switch order.content {
      case .start, .finish: slots[order.session] = Slot(life: ComposerLife(at: .now))
      case .stop, .capture, .end: return  // there is nothing of it
      }
    }
    makeFolder(order)
    if slots[order.session]?.work.isEnding == true, case .start = order.content {
      // The last output's end and the next one's start have met: this process finishes first.
      slots[order.session]?.work.reopen()
      slots[order.session]?.life.reopen()
      _ = slots[order.session]?.work.note(order.content)
      return
    }
    guard let command = slots[order.session]?.work.note(order.content) else { return }
    if case .end = order.content { decide(.end, order.session) }
    send(command, to: order.session)
    if slots[order.session]?.work.isEmpty == true, slots[order.session]?.process == nil {
      decide(.exited(hasWork: false), order.session)
    }
  }

  private func makeFolder(_ order: ComposerOrder) {
    guard case .start(let specification) = order.content else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: specification.folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      logger.error(
        "an output's folder cannot be made",
        metadata: metadata(order.session, ["path": "\(specification.folder)"]))
    }
  }

  private mutating func send(_ command: ComposerCommand, to session: ComposedSession) {
    guard let channel = slots[session]?.process?.channel else { return }  // a new one is told all
    do throws(Process.Channel.Failure) {
      try channel.append(command)
    } catch {
      logger.error("Composer does not take commands: \(error)", metadata: metadata(session))
      decide(.broken, session)
    }
  }

  private mutating func flush(_ session: ComposedSession) {
    guard let channel = slots[session]?.process?.channel, channel.hasOutput else { return }
    do throws(Process.Channel.Failure) {
      try channel.flush()
    } catch {
      // Its end is noticed by itself.
      slots[session]?.process?.closeChannel()
    }
  }

  // MARK: Reading

  private mutating func read(_ session: ComposedSession) {
    guard let slot = slots[session], let process = slot.process else { return }
    if poll.isReadable(slot.errorIndex) { log(process.readLines(), of: session) }
    if let channel = process.channel, poll.isReadable(slot.channelIndex) {
      receive(from: channel, session)
    }
    guard process.endDescriptor < 0 || poll.isReadable(slot.endIndex),
      let exit = process.exit()
    else { return }
    // What it said between our look at its channel and its end.
    if let channel = process.channel { receive(from: channel, session) }
    log(process.readLines(), of: session)
    release(session)
    let hasWork = slots[session]?.work.isEmpty == false
    if hasWork || exit != .status(0) {
      logger.error("Composer \(exit)", metadata: metadata(session, ["pid": "\(process.id)"]))
    } else {
      logger.info("Composer ended", metadata: metadata(session, ["pid": "\(process.id)"]))
    }
    if hasWork { slots[session]?.work.noteDeath() }
    decide(.exited(hasWork: hasWork), session)
  }

  private mutating func release(_ session: ComposedSession) {
    slots[session]?.process = nil
    board.setProcess(nil, of: session.sessionID)
    if let pass = slots[session]?.pass { options.passes.forget(pass) }
    slots[session]?.pass = nil
  }

  private mutating func receive(from channel: Process.Channel, _ session: ComposedSession) {
    var events: [ComposerEvent] = []
    var failure: Process.Channel.Failure?
    do throws(Process.Channel.Failure) {
      try channel.receive { events.append($0) }
    } catch {
      failure = error
    }
    if !events.isEmpty { decide(.heard, session) }
    for event in events {
      slots[session]?.work.note(event)
      if case .pulse(let pulse) = event {
        board.setPulse(pulse, of: session.sessionID)
      } else {
        news.yield(ComposerNews(session, .event(event)))
      }
    }
    switch failure {
    case nil: break
    case .ended: slots[session]?.process?.closeChannel()  // its end comes, with a reason
    case .malformed(let what):
      logger.error("Composer wrote \(what)", metadata: metadata(session))
      decide(.broken, session)
    case .unread: decide(.broken, session)
    }
  }

  private mutating func log(_ lines: [String], of session: ComposedSession) {
    for line in lines {
      slots[session]?.lastWords = line
      guard let left = slots[session]?.lineAllowance, left > 0 else { continue }
      slots[session]?.lineAllowance = left - 1
      logger.warning("\(line)", metadata: metadata(session))
    }
  }

  // MARK: Deciding

  private mutating func decide(_ input: ComposerLife.Input, _ session: ComposedSession) {
    guard let effects = slots[session]?.life.handle(input, at: .now) else { return }
    for effect in effects {
      switch effect {
      case .spawn: spawn(session)
      case .kill: slots[session]?.process?.kill()
      case .announceRestart:
        let attempt = slots[session]?.life.starts ?? 0
        news.yield(ComposerNews(session, .restarted(attempt: attempt)))
      case .giveUp:
        let words = slots[session]?.lastWords ?? ""
        logger.critical(
          "Composers of a session die", metadata: metadata(session, ["last words": "\(words)"]))
        slots[session]?.work = ComposerWork()
        news.yield(
          ComposerNews(session, .gaveUp(reason: "The composer died too often.")))
      }
    }
  }

  private mutating func spawn(_ session: ComposedSession) {
    guard let work = slots[session]?.work else { return }
    do throws(UDPError) {
      let process = try Process(
        executable: options.executable, arguments: ["stoa", "compose"])
      slots[session]?.process = process
      board.setProcess(process.id, of: session.sessionID)
      logger.info(
        "Composer started", metadata: metadata(session, ["pid": "\(process.id)"]))
    } catch {
      slots[session]?.lastWords = "\(error)"
      logger.error("Composer cannot be started: \(error)", metadata: metadata(session))
      return decide(.exited(hasWork: !work.isEmpty), session)
    }
    if work.needsRoom {
      let pass = options.passes.make(for: session)
      slots[session]?.pass = pass
      send(
        .configure(
          ComposerConfiguration(
            signallingURL: signallingURL, roomID: session.roomID.rawValue,
            sessionID: session.sessionID.rawValue, token: pass,
            dataFolder: options.dataFolder, limits: options.limits)), to: session)
    }
    for command in work.commands { send(command, to: session) }
  }

  // MARK: Stopping

  private mutating func stop() {
    for session in slots.keys {
      send(.end, to: session)
      flush(session)
    }
    let limit = MonotonicTime.now + Self.stopPatience
    var isKilled = false
    while slots.values.contains(where: { $0.process != nil }) {
      let now = MonotonicTime.now
      if now >= limit, !isKilled {
        for slot in slots.values { slot.process?.kill() }
        isKilled = true
      }
      _ = fillPoll()
      try? poll.wait(until: now + Self.reapInterval)  // then look again, whatever it was
      for session in slots.keys {
        flush(session)
        if let channel = slots[session]?.process?.channel { receive(from: channel, session) }
        if slots[session]?.process?.exit() != nil { release(session) }
      }
    }
  }

  private func metadata(
    _ session: ComposedSession, _ more: Logger.Metadata = [:]
  ) -> Logger.Metadata {
    more.merging(["session": "\(session.sessionID.rawValue)"]) { own, _ in own }
  }
}
