package import Signal

/// Who goes from one room to another, as the new room needs to know it.
package struct Traveller: Sendable, Equatable {
  package let participantID: String
  package let name: String
  package let mode: ParticipantMode
  package let metaData: JSONValue
  package let client: ClientDescription
  package let access: AccessToken

  func join(_ move: SwitchRequest) -> JoinRequest {
    JoinRequest(
      token: move.token ?? "", meetingID: move.meetingID, participantID: participantID, name: name,
      mode: mode, metaData: metaData, offer: move.offer, streams: move.streams, client: client)
  }
}

extension RoomState {
  /// Lets a participant knock at another room; it stays here until that one has let it in.
  mutating func switchRoom(_ key: ParticipantKey) {
    guard let participant = participants[key], let connection = participant.connection else {
      return
    }
    let traveller = Traveller(
      participantID: participant.participantID, name: participant.name, mode: participant.mode,
      metaData: participant.metaData, client: participant.client, access: participant.access)
    effects.append(.travel(connection, traveller))
  }

  /// The other room did not let it in: it stays.
  mutating func switchRefused(
    _ id: Int, _ connection: ConnectionID, _ refusal: SignallingRefusal
  ) {
    guard let key = keysByConnection[connection] else { return }
    refuse(id, of: key, refusal.code, refusal.message)
  }

  /// Whoever the socket belongs to is in another room now.
  mutating func depart(_ connection: ConnectionID, _ reason: LeaveReason, _ now: Moment) {
    guard let key = keysByConnection[connection] else { return }
    leave(key, reason, .silent, now)
  }
}
