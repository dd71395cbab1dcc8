import Logging
import SFU
import Signal

/// One room that somebody is in, or enters: its state, its sockets, and what is on its way.
///
/// Decisions never suspend. What participants are told waits until what it tells of is stored, in
/// the order decided; what is on its way is carried out by one task at a time.
package actor Room {
  package nonisolated let roomID: RoomID

  private var state: RoomState
  private let store: any Store
  private let media: any MediaPlane
  private let composers: any ComposerPlane
  private let time: TimeSource
  private let logger: Logger
  /// Takes messages for other rooms; never waits.
  private let post: @Sendable (RelayEnvelope) -> Void
  private let mark: LiveObjects.Mark

  /// A socket as this room uses it.
  private struct Line {
    var outbox: Outbox
    /// Which of the socket's stays in rooms is this one.
    var stay: Int
    /// To be told whether who comes from another room is in.
    var arrival: Arrival?
  }
  private var lines: [ConnectionID: Line] = [:]
  private var travellers: [ConnectionID: Traveller] = [:]
  /// Nobody is here and nobody may come any more: the directory makes another room.
  private var isRetired = false

  /// Decided, but not carried out, since something before it is being stored.
  private var waiting: [RoomEffect] = []
  /// Who waits until everything decided before is carried out.
  private var settling: [CheckedContinuation<Void, Never>] = []
  private var isStoring = false
  /// What the store could not take; goes before everything else.
  private var unstored: [StoreChange] = []

  /// Changes that may wait for a store that fails; beyond it they are lost, and counted in the log.
  private static let maximumUnstored = 10_000
  /// Effects that may wait for a store that is slow before messages are refused: a second of a busy
  /// room of a hundred.
  private static let maximumWaiting = 20_000

  init(
    _ record: RoomRecord, bans: [String: Timestamp], configuration: ControlConfiguration,
    registry: ShardRegistry, usage: KeyUsage, store: any Store, media: any MediaPlane,
    composers: any ComposerPlane, time: @escaping TimeSource, logger: Logger,
    post: @escaping @Sendable (RelayEnvelope) -> Void
  ) {
    roomID = record.roomID
    state = RoomState(
      record, bans: bans, configuration: configuration, registry: registry, usage: usage)
    self.store = store
    self.media = media
    self.composers = composers
    self.time = time
    self.post = post
    mark = registry.live.mark(.room)
    var logger = logger
    logger[metadataKey: "room"] = "\(record.roomID.rawValue)"
    self.logger = logger
  }

  /// Begins to let a participant in; the answer goes to the outbox.
  ///
  /// False if this room is retired; ask the directory for another.
  func join(
    _ request: JoinRequest, id: Int, _ access: AccessToken, connection: ConnectionID,
    outbox: Outbox, arrival: Arrival? = nil
  ) -> Bool {
    guard !isRetired else { return false }
    let stay = arrival?.stay ?? outbox.stay
    lines[connection] = Line(outbox: outbox, stay: stay, arrival: arrival)
    if arrival == nil {
      handle(.join(request, id: id, access, connection: connection))
    } else {
      handle(.arrive(request, id: id, access, connection: connection))
    }
    return true
  }

  /// Notes the wish of a participant to go elsewhere; it stays until it `departed`.
  ///
  /// `nil` if there is nothing to do: nobody is there, or the request was answered already.
  func travel(_ move: SwitchRequest, id: Int, from connection: ConnectionID) -> Traveller? {
    handle(.request(.switchRoom(move), id: id, connection: connection))
    return travellers.removeValue(forKey: connection)
  }

  func switchRefused(_ refusal: SignallingRefusal, id: Int, from connection: ConnectionID) {
    handle(.switchRefused(id: id, connection: connection, refusal))
  }

  /// The socket belongs to another room now.
  func departed(_ connection: ConnectionID, _ reason: LeaveReason) {
    lines[connection] = nil
    handle(.depart(connection, reason))
  }

  /// Gives a participant a new socket; the answer goes to the outbox.
  func resume(
    _ request: ResumeRequest, id: Int, connection: ConnectionID, outbox: Outbox
  ) {
    lines[connection] = Line(outbox: outbox, stay: outbox.stay)
    handle(.resume(request, id: id, connection: connection))
  }

  func receive(_ request: ClientRequest, id: Int, from connection: ConnectionID) {
    handle(.request(request, id: id, connection: connection))
  }

  /// The socket is gone; its participant may resume.
  func disconnected(_ connection: ConnectionID) {
    lines[connection] = nil
    handle(.disconnected(connection))
  }

  /// Takes what another room says about a relay.
  func receive(_ message: RelayMessage, from other: RoomID) {
    handle(.relay(message, from: other))
  }

  func move(to shard: ShardNumber) { handle(.move(shard)) }
  var participantCount: Int { state.participantCount }
  var hasSession: Bool { state.sessionID != nil }

  func receive(_ event: ShardEvent) { handle(.shard(event)) }
  func shardReady() { handle(.shardReady) }
  func shardDied(_ shard: ShardNumber) { handle(.shardDied(shard)) }
  func setDisabled(_ isDisabled: Bool) { handle(.setDisabled(isDisabled)) }
  func expel(bearersOf keys: Set<String>) { handle(.keysRevoked(keys)) }

  /// Ends the session; `nil` if there is none, or another than the one named.
  func end(_ sessionID: SessionID?, by access: AccessToken) -> SessionID? {
    guard let current = state.sessionID, sessionID == nil || sessionID == current else {
      return nil
    }
    let audit = AuditRecord(
      .sessionEnded, current.rawValue, detail: "room \(roomID.rawValue)", by: access,
      at: time().wall)
    handle(.end(.endedByAPI, .meetingEndAPI), audit)
    return current
  }

  /// The session that goes on here.
  var sessionID: SessionID? { state.sessionID }

  /// Removes a participant; `nil` if the session or the participant is not there.
  func remove(
    _ participantID: String, session: SessionID?, by access: AccessToken
  ) -> SessionID? {
    guard let current = state.sessionID, session == nil || session == current,
      state.joinedKey(participantID) != nil
    else { return nil }
    let audit = AuditRecord(
      .participantRemoved, participantID, detail: "session \(current.rawValue)", by: access,
      at: time().wall)
    handle(.remove(participantID: participantID, .removePeerAPI), audit)
    return current
  }

  /// Takes what a composer says of the room's outputs.
  func receive(_ news: ComposerNews) { handle(.output(.news(news))) }

  /// Begins an output, if it may.
  func startOutput(
    _ type: OutputType, _ request: StartOutputRequest, by access: AccessToken
  ) -> Result<OutputRecord, OutputRefusal> {
    decide(.start(type, request, by: access)).flatMap { records in
      records.first.map { .success($0) } ?? .failure(OutputRefusal(.internalError))
    }
  }

  /// Ends outputs; at least one, or it is refused.
  func stopOutputs(
    _ type: OutputType, _ selection: OutputSelection, by access: AccessToken
  ) -> Result<[OutputRecord], OutputRefusal> {
    decide(.stop(type, selection, by: access))
  }

  private func decide(_ input: OutputInput) -> Result<[OutputRecord], OutputRefusal> {
    handle(.output(input))
    defer { state.outputDecision = nil }
    return state.outputDecision ?? .failure(OutputRefusal(.internalError))
  }

  /// Ends everything because the server stops.
  func stop() {
    isRetired = true
    handle(.stop)
  }

  /// How much is going on here.
  struct Pulse: Sendable {
    var participants: Int
    var hasSession: Bool
  }

  func tick() -> Pulse {
    handle(.tick)
    if !unstored.isEmpty { startStoring() }
    return Pulse(participants: state.participantCount, hasSession: state.sessionID != nil)
  }

  /// What was measured and not handed on yet.
  func takeInsights() -> [InsightsChange] { state.takeInsights(at: time()) }

  /// The room in the live overview, for its own tenant or for all.
  func overview(tenant: TenantID?) -> RoomOverview? {
    guard tenant == nil || tenant == state.tenant, let room = state.overview else { return nil }
    let rates = state.rates
    return RoomOverview(room: room, sentRate: rates.sent, receivedRate: rates.received)
  }

  /// True, and for good, if nobody is here and nothing waits.
  func retire() -> Bool {
    if isRetired { return true }
    guard state.isEmpty, waiting.isEmpty, unstored.isEmpty, !isStoring else { return false }
    isRetired = true
    return true
  }

  /// Waits until everything decided until now is stored and told.
  func settled() async {
    guard isStoring else { return }
    await withCheckedContinuation { settling.append($0) }
  }

  /// Decides; the audit record is written in the same transaction as what is decided.
  private func handle(_ input: RoomInput, _ audit: AuditRecord? = nil) {
    state.backlog =
      if waiting.count > Self.maximumWaiting {
        .refusesAll
      } else if unstored.count > Self.maximumUnstored / 2 {
        .refusesPersistence
      } else {
        .none
      }
    var storesSomething = false
    var effects = state.handle(input, at: time())
    if let audit { effects.insert(.store(.audited(audit)), at: 0) }
    effects.removeAll { effect in
      switch effect {
      case .shard(let shard, let command):
        media.send(command, to: shard)  // media need not wait for the disk
        return true
      case .store(let change):
        log(change)
        storesSomething = true
        return false
      case .travel(let connection, let traveller):
        travellers[connection] = traveller
        return true
      case .post, .close, .arrived, .relay, .findRelay, .compose: return false
      }
    }
    if isStoring || storesSomething {
      waiting += effects
      if storesSomething { startStoring() }
    } else {
      carryOut(effects)
    }
  }

  private func startStoring() {
    guard !isStoring else { return }
    isStoring = true
    // A task of its own, for no participant's request may wait for others' writes; it ends when
    // nothing is left to write.
    Task { await self.storeWhatWaits() }
  }

  private func storeWhatWaits() async {
    while !waiting.isEmpty || !unstored.isEmpty {
      let batch = waiting
      waiting = []
      var changes = unstored
      unstored = []
      for case .store(let change) in batch { changes.append(change) }
      var failed = false
      if !changes.isEmpty {
        do {
          try await store.commit(changes, at: time().wall)
        } catch {
          failed = true
          keep(changes, error)
        }
      }
      carryOut(batch)
      if failed, waiting.isEmpty { break }  // the next tick tries again
    }
    isStoring = false
    let settled = settling
    settling = []
    for continuation in settled { continuation.resume() }
  }

  private func keep(_ changes: [StoreChange], _ error: StoreError) {
    guard error.isTemporary, changes.count + unstored.count <= Self.maximumUnstored else {
      logger.critical(
        "changes are lost: the store cannot take them",
        metadata: ["changes": "\(changes.count)", "reason": "\(error.reason)"])
      return
    }
    logger.error(
      "the store failed; changes wait",
      metadata: ["changes": "\(changes.count)", "reason": "\(error.reason)"])
    unstored = changes + unstored
  }

  /// Writes to the sockets; gives up on those who do not read.
  private func carryOut(_ effects: [RoomEffect]) {
    var overflowed: [ConnectionID] = []
    for effect in effects {
      switch effect {
      case .post(let connection, let frame):
        guard let line = lines[connection] else { continue }
        if !line.outbox.post(frame, of: line.stay), overflowed.last != connection {
          overflowed.append(connection)
        }
      case .close(let connection, let code, let reason, let discarding):
        guard let line = lines.removeValue(forKey: connection) else { continue }
        line.outbox.close(code: code, reason: reason, discarding: discarding, of: line.stay)
      case .arrived(let connection, let refusal):
        guard let line = lines[connection], let arrival = line.arrival else { continue }
        lines[connection]?.arrival = nil
        if refusal == nil { line.outbox.begin(line.stay) } else { lines[connection] = nil }
        // An actor cannot wait for another within a decision of its own; it ends when it was told.
        Task { await arrival.report(self, refusal) }
      case .relay(let message, let room):
        post(RelayEnvelope(sender: roomID, content: .message(message, to: room)))
      case .findRelay(let relay, let request, let access):
        post(RelayEnvelope(sender: roomID, content: .find(relay, request, access)))
      case .compose(let order): composers.send(order)
      case .shard, .store, .travel: break  // done by now
      }
    }
    for connection in overflowed { handle(.overflowed(connection)) }
  }

  /// The number of a participant's socket; 0 without one.
  private func connectionNumber(of participantID: String) -> UInt64 {
    let key = state.joinedKey(participantID)
    return key.flatMap { state.participants[$0]?.connection?.rawValue } ?? 0
  }

  private func log(_ change: StoreChange) {
    switch change {
    case .sessionStarted(let session, _, _, _, _):
      logger.info("session started", metadata: ["session": "\(session.rawValue)"])
    case .sessionEnded(let session, let end, _):
      logger.info(
        "session ended", metadata: ["session": "\(session.rawValue)", "reason": "\(end.rawValue)"])
    case .participantJoined(let session, let participant, _):
      logger.info(
        "participant joined",
        metadata: [
          "session": "\(session.rawValue)", "participant": "\(participant.participantID)",
          "mode": "\(participant.mode.rawValue)",
          "connection": "\(connectionNumber(of: participant.participantID))",
        ])
    case .participantLeft(let session, let participantID, let reason, _):
      logger.info(
        "participant left",
        metadata: [
          "session": "\(session.rawValue)", "participant": "\(participantID)",
          "reason": "\(reason.message)",
        ])
    case .modeChanged(let session, let participantID, let mode, _):
      logger.info(
        "participant changed its mode",
        metadata: [
          "session": "\(session.rawValue)", "participant": "\(participantID)",
          "mode": "\(mode.rawValue)",
        ])
    case .roomDisabled: logger.info("room disabled")
    case .output(let change):
      logger.info(
        "\(change.event.type)",
        metadata: [
          "session": "\(change.sessionID.rawValue)", "output": "\(change.outputID)",
          "reason": "\(change.event.data["reason"]?.string ?? "")",
        ])
    case .uploadTarget, .streamEnabled, .streamDisabled, .message, .messagesForgotten,
      .participantBanned, .audited, .happened, .webhookAttempted, .insights, .alive:
      break
    }
  }
}

/// How a socket that comes from another room hears what became of it.
struct Arrival: Sendable {
  /// The number of the stay that begins when it is in.
  var stay: Int
  /// Called once, with `nil` when it is in.
  var report: @Sendable (Room, SignallingRefusal?) async -> Void
}
