import Control
import FoundationEssentials
import Logging
import Signal
import UDP
import Wire

/// The thread behind `ComposerPool`: waits for all composer processes at once and does what their
/// `ComposerLife`s decide.
struct ComposerSupervisor {
  private typealias Processes = ChildProcesses<ComposedSession, ComposerEvent, ComposerCommand>

  /// One session, whichever process composes it now.
  private struct Slot {
    var life: ComposerLife
    var work = ComposerWork()
    var pass: String?
    /// What its process said last before it died.
    var lastWords = ""
  }

  /// How long processes may take to finish their files when the server stops.
  private static let stopPatience = Nanoseconds.seconds(2)

  private var slots: [ComposedSession: Slot] = [:]
  private var processes = Processes()
  private let options: ComposerOptions
  private let signallingURL: String
  private let orders: Mailbox<ComposerOrder>
  private let news: AsyncStream<ComposerNews>.Continuation
  private let board: ComposerBoard
  private let logger: Logger

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
      for session in slots.keys { decide(.tick, session) }
      forgetFinished()
      let isOrdered: Bool
      do throws(UDPError) {
        let deadline = slots.values.lazy.map(\.life.deadline).min() ?? .distantFuture
        isOrdered = try processes.wait(or: orders.descriptor, until: deadline)
      } catch {
        return .failure(error)
      }
      for session in slots.keys { look(at: session) }
      if isOrdered {
        for order in orders.drain() { take(order) }
        if orders.isClosed { return .success(()) }
      }
      for session in slots.keys { flush(session) }
    }
  }

  private mutating func forgetFinished() {
    for (session, slot) in slots
    where slot.life.state == .over && processes.processID(of: session) == nil {
      slots[session] = nil
    }
  }

  // MARK: Orders

  private mutating func take(_ order: ComposerOrder) {
    if slots[order.session] == nil {
      switch order.content {
      case .start, .finish: slots[order.session] = Slot(life: ComposerLife(at: .now))
      case .stop, .relayout, .capture, .end: return  // there is nothing of it
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
    if slots[order.session]?.work.isEmpty == true, processes.processID(of: order.session) == nil {
      decide(.exited(hasWork: false), order.session)
    }
  }

  private func makeFolder(_ order: ComposerOrder) {
    let specification: OutputSpecification
    switch order.content {
    case .start(let started): specification = started
    case .finish(let merge):
      // The others were begun before, in the folder that they had then.
      guard case .merge = merge.kind else { return }
      specification = merge
    case .stop, .relayout, .capture, .end: return
    }
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

  /// Where there is no process, the next one is told all.
  private mutating func send(_ command: ComposerCommand, to session: ComposedSession) {
    do throws(Processes.Process.Channel.Failure) {
      try processes.send(command, to: session)
    } catch {
      logger.error("Composer does not take commands: \(error)", metadata: metadata(session))
      decide(.broken, session)
    }
  }

  private mutating func flush(_ session: ComposedSession) {
    do throws(Processes.Process.Channel.Failure) {
      try processes.flush(session)
    } catch {
      processes.closeChannel(of: session)  // its end is noticed by itself
    }
  }

  // MARK: Looking

  private mutating func look(at session: ComposedSession) {
    for happening in processes.happenings(of: session) {
      switch happening {
      case .line(let line):
        slots[session]?.lastWords = line
        guard processes.mayLogLine(of: session) else { continue }
        logger.warning("\(line)", metadata: metadata(session))
      case .report(let event):
        decide(.heard, session)
        note(event, session)
      case .closed: break  // its end comes, with a reason
      case .malformed(let what):
        logger.error("Composer wrote \(what)", metadata: metadata(session))
        decide(.broken, session)
      case .unread: decide(.broken, session)
      case .ended(let exit, let id):
        release(session)
        let hasWork = slots[session]?.work.isEmpty == false
        logger.log(
          level: hasWork || exit != .status(0) ? .error : .info, "Composer \(exit)",
          metadata: metadata(session, ["pid": "\(id)"]))
        if hasWork { slots[session]?.work.noteDeath() }
        decide(.exited(hasWork: hasWork), session)
      }
    }
  }

  private mutating func note(_ event: ComposerEvent, _ session: ComposedSession) {
    slots[session]?.work.note(event)
    if case .pulse(let pulse) = event {
      board.setPulse(pulse, of: session.sessionID)
    } else {
      news.yield(ComposerNews(session, .event(event)))
    }
  }

  private mutating func release(_ session: ComposedSession) {
    board.setProcess(nil, of: session.sessionID)
    if let pass = slots[session]?.pass { options.passes.forget(pass) }
    slots[session]?.pass = nil
  }

  // MARK: Deciding

  private mutating func decide(_ input: ComposerLife.Input, _ session: ComposedSession) {
    guard let effects = slots[session]?.life.handle(input, at: .now) else { return }
    for effect in effects {
      switch effect {
      case .spawn: spawn(session)
      case .kill: processes.kill(session)
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
      let id = try processes.start(
        session, executable: options.executable, arguments: ["stoa", "compose"])
      board.setProcess(id, of: session.sessionID)
      logger.info("Composer started", metadata: metadata(session, ["pid": "\(id)"]))
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
    while !processes.isEmpty {
      processes.waitForEnds(killingAt: limit)
      for session in slots.keys {
        flush(session)
        for happening in processes.happenings(of: session) {
          if case .report(let event) = happening { note(event, session) }
          if case .ended = happening { release(session) }
        }
      }
    }
  }

  private func metadata(
    _ session: ComposedSession, _ more: Logger.Metadata = [:]
  ) -> Logger.Metadata {
    more.merging(["session": "\(session.sessionID.rawValue)"]) { own, _ in own }
  }
}
