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
  private let limits: SignallingLimits
  private let time: TimeSource
  private let openedAt: MonotonicTime
  private var lastHeard: MonotonicTime

  private enum Phase {
    case new
    /// The first message is being looked at.
    case entering
    case inRoom(Room)
    case closed
  }
  private var phase = Phase.new
  /// Messages the client may still send at once; refilled with time.
  private var allowance: Double
  private var refilledAt: MonotonicTime

  package init(directory: RoomDirectory) {
    self.directory = directory
    limits = directory.configuration.signalling
    time = directory.time
    id = directory.makeConnectionID()
    outbox = Outbox(limits: limits)
    openedAt = time().monotonic
    lastHeard = openedAt
    refilledAt = openedAt
    allowance = Double(limits.messageBurst)
  }

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
      post(.error(ErrorMessage(id: error.id, .invalidParameter, error.message)))
    } catch JSONParser.Violation.tooDeep {
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
    case .new, .entering, .inRoom:
      if lastHeard + limits.silence <= now { await close(1008, "nothing was heard") }
    case .closed: break
    }
  }

  /// The socket is gone.
  package func closed() async {
    outbox.close(code: 1000, reason: "")  // ends a writer that still waits
    let before = phase
    phase = .closed
    if case .inRoom(let room) = before { await room.disconnected(id) }
  }

  private func receive(_ message: ClientMessage) async {
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
    } catch {
      turnAway(id, error)
    }
  }

  private func turnAway(_ id: Int, _ refusal: SignallingRefusal) {
    post(.error(ErrorMessage(id: id, refusal.code, refusal.message)))
    outbox.close(
      code: UInt16(truncatingIfNeeded: refusal.code.number), reason: refusal.code.name)
    phase = .closed
  }

  private func close(_ code: UInt16, _ reason: String) async {
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
