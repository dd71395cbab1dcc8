import Signal

/// Guests whose token lets them ask only, and those who let them in.
extension RoomState {
  /// Guests of one room; each keeps an offer of up to a frame's size here.
  static let maximumGuests = 200

  /// Lets a guest wait, whether somebody is in the room or not.
  mutating func wait(
    _ request: JoinRequest, id: Int, _ access: AccessToken, _ participantID: String,
    _ connection: ConnectionID, _ now: Moment
  ) {
    if let older = guests.first(where: { $0.participantID == participantID }) {
      forget(older, now)
      turnAway(older.connection, id: older.joinID, .duplicateParticipant)
    }
    guard guests.count < Self.maximumGuests else {
      return turnAway(
        connection, id: id, .maximumParticipantsReached,
        "\(Self.maximumGuests) guests wait already.")
    }
    var request = request
    request.participantID = participantID
    let guest = Guest(
      connection: connection, joinID: id, request: request, access: access,
      participantID: participantID)
    guests.append(guest)
    effects.append(
      .post(connection, OutboundFrame(.waiting(id: id, participantID: participantID))))
    tellHosts(.entryRequested(participantID: participantID, name: guest.name), now)
    note(
      "entry-requested",
      ["participantId": .string(participantID), "name": .string(guest.name)], now)
  }

  /// Tells a new participant of those who wait, if it can let them in.
  mutating func introduceGuests(to key: ParticipantKey, _ now: Moment) {
    guard participants[key]?.access.permissions.contains(.allowJoin) == true else { return }
    for guest in guests {
      send(.entryRequested(participantID: guest.participantID, name: guest.name), to: key, now)
    }
  }

  mutating func respondEntry(
    of participantID: String, _ decision: EntryDecision, _ id: Int, _ key: ParticipantKey,
    _ now: Moment
  ) {
    guard let host = participants[key]?.participantID,
      let guest = guests.first(where: { $0.participantID == participantID })
    else { return refuse(id, of: key, .notFound, "No guest of this id waits.") }
    guests.removeAll { $0.connection == guest.connection }
    reply(.ok, to: id, of: key)
    tellHosts(
      .entryResponded(participantID: participantID, decision, respondedBy: host), now)
    note(
      "entry-responded",
      [
        "participantId": .string(participantID), "decision": .string(decision.rawValue),
        "respondedBy": .string(host),
      ], now)
    effects.append(
      .post(
        guest.connection,
        OutboundFrame(.admission(participantID: participantID, decision))))
    switch decision {
    case .allowed:
      // Much may have changed since it came.
      if let (code, message) = objection(to: guest.request, participantID, now) {
        return turnAway(guest.connection, id: guest.joinID, code, message)
      }
      admit(guest.request, id: guest.joinID, guest.access, participantID, guest.connection, now)
    case .denied: turnAway(guest.connection, id: guest.joinID, .entryDenied)
    }
  }

  /// What a guest may do while it waits: give up.
  ///
  /// - Returns: false if the connection is no guest's.
  mutating func receiveFromGuest(
    _ request: ClientRequest, id: Int, _ connection: ConnectionID, _ now: Moment
  ) -> Bool {
    guard let guest = guests.first(where: { $0.connection == connection }) else { return false }
    guard request == .leave else {
      effects.append(
        .post(
          connection,
          OutboundFrame(
            .error(ErrorMessage(id: id, .invalidParameter, "The join is not answered yet.")))))
      return true
    }
    forget(guest, now)
    effects.append(
      .post(connection, OutboundFrame(head: "{\"id\":\(id),", body: SharedBody(ServerReply.ok))))
    effects.append(
      .close(
        connection, code: 1000, reason: LeaveReason.manualLeave.message, discarding: false))
    return true
  }

  /// The guest's socket is gone; false if the connection is no guest's.
  mutating func guestDisconnected(_ connection: ConnectionID, _ now: Moment) -> Bool {
    guard let guest = guests.first(where: { $0.connection == connection }) else { return false }
    forget(guest, now)
    return true
  }

  /// The meeting is over: nobody will let them in.
  mutating func turnAwayGuests() {
    for guest in guests { turnAway(guest.connection, id: guest.joinID, .invalidMeetingID) }
    guests.removeAll()
  }

  mutating func expelGuests(bearersOf keys: Set<String>, _ now: Moment) {
    for guest in guests where keys.contains(guest.access.apiKey) {
      forget(guest, now)
      turnAway(guest.connection, id: guest.joinID, .invalidAPIKey)
    }
  }

  /// Takes a guest out of the list and from the screens of those who saw it ask.
  private mutating func forget(_ guest: Guest, _ now: Moment) {
    guests.removeAll { $0.connection == guest.connection }
    tellHosts(.entryWithdrawn(participantID: guest.participantID), now)
    note("entry-withdrawn", ["participantId": .string(guest.participantID)], now)
  }

  private mutating func tellHosts(_ event: ServerEvent, _ now: Moment) {
    broadcast(event, to: .allowJoin, now)
  }
}
