import Signal

extension RoomState {
  /// Gives a participant another mode; with it go the streams and the connection it has no more.
  ///
  /// The other way the client goes: it offers a new connection.
  mutating func changeMode(
    of participantID: String?, to mode: ParticipantMode, _ id: Int, _ key: ParticipantKey,
    _ now: Moment
  ) {
    guard let target = participantID.map(joinedKey) ?? key, let participant = participants[target]
    else { return refuse(id, of: key, .notFound, "There is no such participant.") }
    reply(.ok, to: id, of: key)
    guard mode != participant.mode, let session else { return }
    participants[target]?.mode = mode
    if !mode.mayPublish {
      for kind in participant.streams.map(\.kind) {
        removeStream(kind, of: target, tellsShard: true, now)
      }
      // What is being negotiated must not bring them back.
      if participant.media.pending?.streams != nil {
        participants[target]?.media.pending?.streams = []
      }
    }
    if !mode.hasMedia {
      dropEndpoint(target, tellsShard: true, now)
      participants[target]?.media.wantsReset = false
      if let pending = participant.media.pending {
        refuse(pending.requestID, of: target, .notPermitted, "This mode has no media.")
      }
    }
    effects.append(
      .store(
        .modeChanged(session.id, participantID: participant.participantID, mode, at: now.wall)))
    broadcast(
      .participantModeChanged(participantID: participant.participantID, mode), now)
  }
}
