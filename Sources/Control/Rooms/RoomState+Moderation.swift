import Signal

/// What moderators do to others' streams.
extension RoomState {
  mutating func requestMedia(
    of participantID: String, _ kind: StreamKind, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard kind == .audio || kind == .video else {
      return refuse(id, of: key, .invalidParameter, "'kind' must be audio or video.")
    }
    guard let target = joinedKey(participantID), let mode = participants[target]?.mode,
      let moderator = participants[key]?.participantID
    else { return refuse(id, of: key, .notFound, "There is no such participant.") }
    guard mode.mayPublish else {
      return refuse(
        id, of: key, .notPermitted, "The participant's mode does not send; change it first.")
    }
    reply(.ok, to: id, of: key)
    send(.mediaRequested(kind: kind, requestedBy: moderator), to: target, now)
    note(
      "media-requested",
      [
        "participantId": .string(participantID), "kind": .string(kind.rawValue),
        "requestedBy": .string(moderator),
      ], now)
  }

  /// Ends the stream of one, or of all but the moderator.
  mutating func disableMedia(
    of participantID: String?, _ kind: StreamKind, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard kind != .shareAudio else {
      return refuse(id, of: key, .invalidParameter, "'kind' must be audio, video or share.")
    }
    guard let moderator = participants[key]?.participantID else { return }
    var targets = joined.filter { $0 != key }
    if let participantID {
      guard let target = joinedKey(participantID) else {
        return refuse(id, of: key, .notFound, "There is no such participant.")
      }
      targets = [target]
    }
    reply(.ok, to: id, of: key)
    for target in targets {
      guard let participant = participants[target], participant.stream(kind) != nil else {
        continue
      }
      removeStream(kind, of: target, tellsShard: true, now)
      if kind == .share { removeStream(.shareAudio, of: target, tellsShard: true, now) }
      send(.mediaDisabled(kind: kind, disabledBy: moderator), to: target, now)
      note(
        "media-disabled",
        [
          "participantId": .string(participant.participantID), "kind": .string(kind.rawValue),
          "disabledBy": .string(moderator),
        ], now)
    }
  }
}
