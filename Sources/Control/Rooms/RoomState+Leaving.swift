import SFU
import Signal
import Wire

/// What becomes of the socket of a participant who leaves.
enum Farewell: Sendable {
  /// `meeting-left`, then close with this code.
  case told(closeCode: UInt16)
  /// `error` and `meeting-left`, then close with the code.
  case expelled(ErrorCode)
  /// Closed at once: it does not read.
  case overflowed
  /// There is none any more.
  case silent
}

extension RoomState {
  /// Takes a participant out of the room, whether it had joined or not.
  mutating func leave(
    _ key: ParticipantKey, _ reason: LeaveReason, _ farewell: Farewell, endsSession: Bool = true,
    _ now: Moment
  ) {
    guard let participant = participants[key] else { return }
    endOutgoing(of: key, .left, now)
    if participant.isJoined { bid(farewell, reason, key, now) }
    joined.removeAll { $0 == key }

    for kind in participant.streams.map(\.kind) {
      removeStream(kind, of: key, tellsShard: false, now)
    }
    for topic in participant.topics { unsubscribe(topic, key) }
    session?.store.forget(key)
    dropEndpoint(key, tellsShard: true, now)
    if session?.speaker == key {
      session?.speaker = nil
      broadcast(.speakerChanged(participantID: nil), now)
    }
    participants[key] = nil
    observers.removeAll { $0 == key }
    if !participant.isHidden { usage.leave(participant.access.apiKey) }
    keysByResumeToken[participant.resumeToken] = nil
    if let connection = participant.connection {
      keysByConnection[connection] = nil
      arriving.remove(connection)
    }
    guard participant.isJoined, !participant.isHidden, let session else { return }
    noteLeft(participant, session.id)

    broadcast(
      .participantLeft(participantID: participant.participantID, reason: reason), now)
    effects.append(
      .store(
        .participantLeft(
          session.id, participantID: participant.participantID, reason, at: now.wall)))
    if endsSession, joined.isEmpty { closeSession(.lastParticipantLeft, now) }
  }

  private mutating func bid(
    _ farewell: Farewell, _ reason: LeaveReason, _ key: ParticipantKey, _ now: Moment
  ) {
    guard let connection = participants[key]?.connection else { return }
    switch farewell {
    case .told(let code):
      send(.meetingLeft(reason: reason), to: key, now)
      effects.append(
        .close(connection, code: code, reason: reason.message, discarding: false))
    case .expelled(let code):
      effects.append(.post(connection, OutboundFrame(.error(ErrorMessage(id: nil, code)))))
      send(.meetingLeft(reason: reason), to: key, now)
      close(connection, code)
    case .overflowed: close(connection, .slowConsumer, discarding: true)
    case .silent: break
    }
  }

  mutating func disconnected(_ connection: ConnectionID, _ now: Moment) {
    if guestDisconnected(connection, now) { return }
    arriving.remove(connection)
    guard let key = keysByConnection.removeValue(forKey: connection) else { return }
    participants[key]?.connection = nil
    if participants[key]?.isJoined == true {
      participants[key]?.disconnectedAt = now.monotonic
    } else {
      leave(key, .webSocketDisconnected, .silent, now)
    }
  }

  mutating func overflowed(_ connection: ConnectionID, _ now: Moment) {
    if guestDisconnected(connection, now) {
      return close(connection, .slowConsumer, discarding: true)
    }
    guard let key = keysByConnection[connection] else { return }
    leave(key, .webSocketDisconnected, .overflowed, now)
  }

  /// Takes everybody out; the sockets close with `closeCode`.
  mutating func endSession(
    _ end: SessionEnd, _ reason: LeaveReason, closeCode: UInt16, _ now: Moment
  ) {
    turnAwayGuests()
    guard session != nil else { return }
    endOutgoing(of: nil, .sessionEnded, now)
    // Told first, all of them: nobody needs to hear that the others leave as well.
    let keys = joined
    for key in keys { bid(.told(closeCode: closeCode), reason, key, now) }
    joined.removeAll()
    for key in keys { leave(key, reason, .silent, endsSession: false, now) }
    closeSession(end, now)
  }

  private mutating func closeSession(_ end: SessionEnd, _ now: Moment) {
    guard let id = session?.id else { return }
    endAllIncoming(now)
    endOutputs(of: id, now)
    dismissObservers(now)
    summarizeSession(now)
    session = nil
    effects.append(.store(.sessionEnded(id, end, at: now.wall)))
  }

  mutating func remove(_ participantID: String, _ reason: LeaveReason, _ now: Moment) {
    guard let key = joinedKey(participantID), let participant = participants[key] else { return }
    let until = Timestamp(
      milliseconds: participant.access.expiresAt.milliseconds
        &+ AccessToken.leewaySeconds &* 1_000)
    bans[participantID] = until
    effects.append(
      .store(.participantBanned(roomID, participantID: participantID, until: until)))
    leave(key, reason, .told(closeCode: 1000), now)
    for other in participants.values where other.participantID == participantID {
      turnAwayJoining(other.key, .notPermitted, nil, now)
    }
  }

  /// Takes out everybody who came with a token of one of these keys.
  mutating func expel(bearersOf keys: Set<String>, _ now: Moment) {
    expelGuests(bearersOf: keys, now)
    for (key, participant) in participants where keys.contains(participant.access.apiKey) {
      if participant.isJoined {
        leave(key, .unknown, .expelled(.invalidAPIKey), now)
      } else {
        turnAwayJoining(key, .invalidAPIKey, nil, now)
      }
    }
  }

  mutating func setDisabled(_ disabled: Bool, _ now: Moment) {
    isDisabled = disabled
    guard disabled else { return }
    endSession(.roomDisabled, .roomClose, closeCode: 1000, now)
    for key in participants.keys { turnAwayJoining(key, .invalidMeetingID, nil, now) }
  }

  /// The server stops: clients come back to another, or to this one when it is up again.
  mutating func stop(_ now: Moment) {
    isDisabled = true
    let sockets = participants.values.compactMap(\.connection) + guests.map(\.connection)
    guests.removeAll()
    for connection in sockets {
      effects.append(
        .close(connection, code: 1001, reason: "server stops", discarding: false))
    }
    for key in joined { participants[key]?.connection = nil }
    let keys = joined
    joined.removeAll()
    for key in keys { leave(key, .unknown, .silent, endsSession: false, now) }
    closeSession(.serverStopped, now)
    for key in participants.keys { leave(key, .unknown, .silent, now) }
  }

  /// Gives up on a participant who has not got in yet.
  mutating func turnAwayJoining(
    _ key: ParticipantKey, _ code: ErrorCode, _ message: String?, _ now: Moment
  ) {
    guard let participant = participants[key], !participant.isJoined else { return }
    if let connection = participant.connection {
      turnAway(connection, id: participant.media.pending?.requestID, code, message)
    }
    leave(key, .unknown, .silent, now)
  }

  /// With nobody here the room needs no place in a shard.
  mutating func releaseIfEmpty() {
    guard participants.isEmpty else { return }
    if let number { registry.forget(number) }
    if let shard { registry.unplace(roomID, from: shard) }
    number = nil
    shard = nil
  }
}
