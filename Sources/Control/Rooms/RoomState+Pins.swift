import Signal

extension RoomState {
  /// Pins what the request names, or pins it no more; what it does not name stays.
  mutating func pin(
    _ request: PinRequest, _ isPinned: Bool, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard let target = joinedKey(request.participantID), let known = participants[target]?.pin,
      let mode = participants[key]?.mode, let pinner = participants[key]?.participantID
    else { return refuse(id, of: key, .notFound, "There is no such participant.") }
    guard target != key || mode.mayPublish else {
      return refuse(id, of: key, .notPermitted, "This mode shows nothing that could be pinned.")
    }
    let namesNeither = request.cam == nil && request.share == nil
    var state = known
    if namesNeither || request.cam == true { state.cam = isPinned }
    if namesNeither || request.share == true { state.share = isPinned }
    reply(.ok, to: id, of: key)
    guard state != known else { return }
    participants[target]?.pin = state
    broadcast(
      .pinChanged(participantID: request.participantID, state, pinnedBy: pinner), now)
    note(
      "pin-changed",
      [
        "participantId": .string(request.participantID),
        "state": ["cam": .bool(state.cam), "share": .bool(state.share)],
        "pinnedBy": .string(pinner),
      ], now)
  }
}
