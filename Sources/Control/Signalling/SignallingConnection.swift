import Logging
import Signal
import Wire

/// The protocol of one WebSocket at `/signal`, apart from the socket itself.
///
/// The socket's owner hands in what arrives, one frame after the other, calls `tick` once a
/// second, says when the socket is gone, and meanwhile writes what `outbox` gives.
package actor SignallingConnection {
  package nonisolated let id: ConnectionID
  package nonisolated let outbox: Outbox

  private let directory: RoomDirectory
  private let metrics: SignallingMetrics
  private let mark: LiveObjects.Mark
  private let logger: Logger
  private let limits: SignallingLimits
  private let time: TimeSource
  private let openedAt: MonotonicTime
  private var lastHeard: MonotonicTime

  private enum Phase {
    case new
    /// The first message is being looked at.
    case entering
    case inRoom(Room)
    case switching(Switch)
    case closed
  }
  private var phase = Phase.new

  /// A move from one room to another: the socket hears of the first until the second let it in.
  private struct Switch {
    var requestID: Int
    /// The number of the stay in the destination.
    var stay: Int
    var origin: Room
    /// `nil` until it is found.
    var destination: Room?
  }
  /// Messages the client may still send at once; refilled with time.
  private var allowance: Double
  private var refilledAt: MonotonicTime

  package init(directory: RoomDirectory) {
    self.directory = directory
    limits = directory.configuration.signalling
    time = directory.time
    id = directory.makeConnectionID()
    metrics = directory.metrics
    let live = directory.registry.live
    mark = live.mark(.connection)
    outbox = Outbox(limits: limits, metrics: metrics, live: live)
    var logger = directory.logger
    logger[metadataKey: "connection"] = "\(id.rawValue)"
    self.logger = logger
    openedAt = time().monotonic
    lastHeard = openedAt
    refilledAt = openedAt
    allowance = Double(limits.messageBurst)
  }

  /// Where what belongs to the socket is counted as long as it exists.
  package nonisolated var live: LiveObjects { directory.registry.live }

  /// Takes one text frame.
  package func receive(_ text: [UInt8]) async {
    if case .closed = phase { return }
    let now = time().monotonic
    lastHeard = now
    guard text.count <= limits.frameBytes else {
      return await close(1009, "a message has at most \(limits.frameBytes) bytes")
    }
    guard takeAllowance(now) else {
      return await close(1008, "more than \(limits.messagesPerSecond) messages per second")
    }
    do {
      await receive(
        try SignalJSON.decode(
          ClientMessage.self, from: text, maximumDepth: JSONParser.clientDepth))
    } catch let error as SignalDecodingError {
      metrics.count(.refused)
      post(.error(ErrorMessage(id: error.id, .invalidParameter, error.message)))
    } catch JSONParser.Violation.tooDeep {
      metrics.count(.refused)
      let explanation = SignalJSON.explanation(of: JSONParser.Violation.tooDeep)
      post(.error(ErrorMessage(id: nil, .invalidParameter, explanation)))
    } catch {
      await close(1007, "a message is a JSON object with a 'type'")
    }
  }

  /// Closes the socket because of what arrived: a binary frame (1003), a frame too long (1009).
  package func refuse(code: UInt16, reason: String) async { await close(code, reason) }

  /// Notices silence; to be called about once a second.
  package func tick() async {
    let now = time().monotonic
    switch phase {
    case .new where openedAt + limits.firstMessage <= now:
      await close(1008, "no join or resume came")
    case .new, .entering, .inRoom, .switching:
      if lastHeard + limits.silence <= now { await close(1008, "nothing was heard") }
    case .closed: break
    }
  }

  /// The socket is gone.
  package func closed() async {
    outbox.close(code: 1000, reason: "")  // ends a writer that still waits
    let before = phase
    phase = .closed
    switch before {
    case .inRoom(let room): await room.disconnected(id)
    case .switching(let move):
      // The room that it heard of last may be resumed; the other knows it no more.
      if outbox.stay == move.stay {
        await move.origin.departed(id, .switchRoom)
        await move.destination?.disconnected(id)
      } else {
        let refusal = SignallingRefusal(.internalError, "The connection was lost; try again.")
        await move.origin.switchRefused(refusal, id: move.requestID, from: id)
        await move.origin.disconnected(id)
        await move.destination?.departed(id, .webSocketDisconnected)
      }
    case .new, .entering, .closed: break
    }
  }

  private func receive(_ message: ClientMessage) async {
    let kind = SignallingMetrics.MessageKind(message)
    metrics.count(kind)
    // Never what is in it: that is people's, and there are tokens and passwords among it.
    logger.trace("message", metadata: ["type": "\(kind.rawValue)"])
    if case .switching(let move) = phase, outbox.stay == move.stay, let room = move.destination {
      await arrived(in: room, move.stay, nil)  // this client knows before we do
    }
    switch (message, phase) {
    case (.ping, _): post(.pong)
    case (.join(let id, let request), .new):
      await enter(id) { [directory, outbox] connection throws(SignallingRefusal) in
        try await directory.join(request, id: id, connection: connection, outbox: outbox)
      }
    case (.resume(let id, let request), .new):
      await enter(id) { [directory, outbox] connection throws(SignallingRefusal) in
        try await directory.resume(request, id: id, connection: connection, outbox: outbox)
      }
    case (.request(let id, .switchRoom(let move)), .inRoom(let room)):
      await switchRoom(move, id, from: room)
    case (.request(let id, .switchRoom), .switching(let move)) where id != move.requestID:
      post(
        .error(ErrorMessage(id: id, .invalidParameter, "The switch before is not answered yet.")))
    case (.request(let id, let request), .switching(let move)):
      await move.origin.receive(request, id: id, from: self.id)
    case (.request(let id, let request), .inRoom(let room)):
      await room.receive(request, id: id, from: self.id)
    case (.request(let id, _), .new):
      turnAway(id, SignallingRefusal(.invalidParameter, "The first message is join or resume."))
    case (.join(let id, _), _), (.resume(let id, _), _), (.request(let id, _), _):
      post(.error(ErrorMessage(id: id, .invalidParameter, "This connection has joined already.")))
    }
  }

  private func enter(
    _ id: Int,
    _ way: @Sendable (ConnectionID) async throws(SignallingRefusal) -> Room
  ) async {
    phase = .entering
    do {
      let room = try await way(self.id)
      if case .closed = phase { return await room.disconnected(self.id) }
      phase = .inRoom(room)
      logger.debug("socket entered", metadata: ["room": "\(room.roomID.rawValue)"])
    } catch {
      turnAway(id, error)
    }
  }

  private func switchRoom(_ move: SwitchRequest, _ id: Int, from origin: Room) async {
    guard let traveller = await origin.travel(move, id: id, from: self.id) else { return }
    guard case .inRoom = phase else { return }  // closed meanwhile
    let stay = outbox.stay + 1
    phase = .switching(Switch(requestID: id, stay: stay, origin: origin))
    let arrival = Arrival(stay: stay) { [weak self] room, refusal in
      await self?.arrived(in: room, stay, refusal)
    }
    do {
      let room = try await directory.switchRoom(
        traveller, move, id: id, from: origin, connection: self.id, outbox: outbox,
        arrival: arrival)
      switch phase {
      case .switching(var move) where move.stay == stay:
        move.destination = room
        phase = .switching(move)
      case .closed where outbox.stay == stay: await room.disconnected(self.id)
      case .closed: await room.departed(self.id, .webSocketDisconnected)
      case .new, .entering, .inRoom, .switching: break  // it has arrived already
      }
    } catch {
      if case .switching = phase { phase = .inRoom(origin) }
      await origin.switchRefused(error, id: id, from: self.id)
    }
  }

  /// The destination has let this socket in, or has not.
  private func arrived(in room: Room, _ stay: Int, _ refusal: SignallingRefusal?) async {
    guard case .switching(let move) = phase, move.stay == stay else { return }
    if outbox.isClosed {  // the origin hung up; nobody heard that it is in
      phase = .inRoom(move.origin)
      await room.departed(id, .webSocketDisconnected)
    } else if let refusal {
      phase = .inRoom(move.origin)
      await move.origin.switchRefused(refusal, id: move.requestID, from: id)
    } else {
      phase = .inRoom(room)
      await move.origin.departed(id, .switchRoom)
    }
  }

  private func turnAway(_ id: Int, _ refusal: SignallingRefusal) {
    logger.debug(
      "socket turned away",
      metadata: ["code": "\(refusal.code.number)", "reason": "\(refusal.code.name)"])
    post(.error(ErrorMessage(id: id, refusal.code, refusal.message)))
    outbox.close(
      code: UInt16(truncatingIfNeeded: refusal.code.number), reason: refusal.code.name)
    phase = .closed
  }

  private func close(_ code: UInt16, _ reason: String) async {
    metrics.count(.refused)
    logger.debug("socket closed", metadata: ["code": "\(code)", "reason": "\(reason)"])
    outbox.close(code: code, reason: reason)
    await closed()
  }

  private func post(_ message: ServerMessage) {
    // A client that does not even read answers to its pings is given up at the next event.
    _ = outbox.post(OutboundFrame(message))
  }

  private func takeAllowance(_ now: MonotonicTime) -> Bool {
    let seconds = Double((now - refilledAt).count) / 1e9
    refilledAt = now
    allowance = min(
      Double(limits.messageBurst), allowance + seconds * Double(limits.messagesPerSecond))
    guard allowance >= 1 else { return false }
    allowance -= 1
    return true
  }
}
