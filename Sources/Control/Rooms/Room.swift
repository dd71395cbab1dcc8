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
  private let time: TimeSource
  private let logger: Logger

  private var outboxes: [ConnectionID: Outbox] = [:]
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
    time: @escaping TimeSource, logger: Logger
  ) {
    roomID = record.roomID
    state = RoomState(
      record, bans: bans, configuration: configuration, registry: registry, usage: usage)
    self.store = store
    self.media = media
    self.time = time
    var logger = logger
    logger[metadataKey: "room"] = "\(record.roomID.rawValue)"
    self.logger = logger
  }

  /// Begins to let a participant in; the answer goes to the outbox.
  ///
  /// False if this room is retired; ask the directory for another.
  func join(
    _ request: JoinRequest, id: Int, _ access: AccessToken, connection: ConnectionID,
    outbox: Outbox
  ) -> Bool {
    guard !isRetired else { return false }
    outboxes[connection] = outbox
    handle(.join(request, id: id, access, connection: connection))
    return true
  }

  /// Gives a participant a new socket; the answer goes to the outbox.
  func resume(
    _ request: ResumeRequest, id: Int, connection: ConnectionID, outbox: Outbox
  ) {
    outboxes[connection] = outbox
    handle(.resume(request, id: id, connection: connection))
  }

  func receive(_ request: ClientRequest, id: Int, from connection: ConnectionID) {
    handle(.request(request, id: id, connection: connection))
  }

  /// The socket is gone; its participant may resume.
  func disconnected(_ connection: ConnectionID) {
    outboxes[connection] = nil
    handle(.disconnected(connection))
  }

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
      case .post, .close: return false
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
        if outboxes[connection]?.post(frame) == false, overflowed.last != connection {
          overflowed.append(connection)
        }
      case .close(let connection, let code, let reason, let discarding):
        outboxes.removeValue(forKey: connection)?
          .close(code: code, reason: reason, discarding: discarding)
      case .shard, .store: break  // done by now
      }
    }
    for connection in overflowed { handle(.overflowed(connection)) }
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
    case .streamEnabled, .streamDisabled, .message, .messagesForgotten, .participantBanned,
      .audited, .happened, .alive:
      break
    }
  }
}
