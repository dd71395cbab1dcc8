import SFU
import Signal

/// Relays that end here: participants of other rooms that are seen in this one.
extension RoomState {
  /// Takes the origin's word, or passes on what the destination of one of ours says.
  mutating func receive(_ message: RelayMessage, from other: RoomID, _ now: Moment) {
    switch message {
    case .requested(let relay): relayRequested(relay, now)
    case .streams(let number, let streams): showRelay(number, streams, now)
    case .withdrawn(let number):
      guard let index = incoming.firstIndex(where: { $0.relay.number == number }) else { return }
      endIncoming(at: index, nil, now)
    case .delivered(let number), .refused(let number, _), .responded(let number, _, _),
      .ended(let number, _):
      receiveFromDestination(number, message, other, now)
    }
  }

  private mutating func relayRequested(_ relay: Relay, _ now: Moment) {
    if let objection = objection(to: relay) {
      let refusal = SignallingRefusal(.requestMediaRelayFailed, objection)
      return effects.append(.relay(.refused(relay.number, refusal), to: relay.origin))
    }
    incoming.append(IncomingRelay(relay: relay, key: makeKey()))
    broadcast(request(of: relay), to: .allowMod, now)
    effects.append(.relay(.delivered(relay.number), to: relay.origin))
    noteRelay("relay-requested", relay, [:], now)
  }

  private func objection(to relay: Relay) -> String? {
    if session == nil || joined.isEmpty { return "Nobody is in that meeting." }
    if incoming.contains(where: { $0.relay.participantID == relay.participantID })
      || joinedKey(relay.participantID) != nil
    {
      return "That meeting has a participant of this id already."
    }
    return incoming.count < Self.maximumRelays
      ? nil : "That meeting has \(Self.maximumRelays) relays already."
  }

  /// Tells a new moderator of relays that nobody has decided on.
  mutating func introduceRelays(to key: ParticipantKey, _ now: Moment) {
    guard participants[key]?.access.permissions.contains(.allowMod) == true else { return }
    for waiting in incoming where !waiting.isAccepted {
      send(request(of: waiting.relay), to: key, now)
    }
  }

  private func request(of relay: Relay) -> ServerEvent {
    .relayRequested(
      participantID: relay.participantID, meetingID: relay.origin.rawValue,
      displayName: relay.name, kinds: relay.kinds)
  }

  mutating func relayRespond(
    _ response: RelayResponse, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    let index = incoming.firstIndex { waiting in
      !waiting.isAccepted && waiting.relay.origin.rawValue == response.meetingID
        && waiting.relay.participantID == response.participantID
    }
    guard let index, let moderator = participants[key]?.participantID else {
      return refuse(id, of: key, .notFound, "No such relay waits for a decision.")
    }
    let relay = incoming[index].relay
    reply(.ok, to: id, of: key)
    switch response.decision {
    case .accepted: incoming[index].isAccepted = true
    case .declined: incoming.remove(at: index)
    }
    effects.append(
      .relay(
        .responded(relay.number, response.decision, decidedBy: moderator), to: relay.origin))
    noteRelay(
      "relay-responded", relay,
      ["decision": .string(response.decision.rawValue), "decidedBy": .string(moderator)], now)
  }

  /// The relayed participant in the roster, if one has this id.
  func shownRelay(_ participantID: String) -> Int? {
    incoming.firstIndex { $0.isShown && $0.relay.participantID == participantID }
  }

  /// Brings what is seen of a relayed participant in line with what there is.
  private mutating func showRelay(
    _ number: RelayNumber, _ streams: [RelayedStream], _ now: Moment
  ) {
    guard let index = incoming.firstIndex(where: { $0.relay.number == number }),
      incoming[index].isAccepted, session != nil
    else { return }
    if !incoming[index].isShown, joinedKey(incoming[index].relay.participantID) != nil {
      return endIncoming(at: index, .failed, now)  // somebody of this id came meanwhile
    }
    let kept = Set(streams.map(\.streamID))
    for stream in incoming[index].streams where !kept.contains(stream.origin.streamID) {
      hide(stream, at: index, now)
    }
    let wasShown = incoming[index].isShown
    var fresh: [StreamKind] = []
    for stream in streams {
      let known = incoming[index].streams.firstIndex { $0.origin.streamID == stream.streamID }
      if let known {
        guard incoming[index].streams[known].origin != stream else { continue }
        retract(incoming[index].streams[known], now)
        incoming[index].streams[known].origin = stream
        incoming[index].streams[known].local.track = stream.track
      } else {
        session?.lastStream += 1
        let local = PublishedStream(
          streamID: "s\(session?.lastStream ?? 0)", kind: stream.kind, mid: "",
          track: stream.track)
        incoming[index].streams.append(.init(origin: stream, local: local))
        if stream.kind == .share { session?.sharing.append(incoming[index].key) }
        if wasShown {
          broadcast(
            .streamEnabled(
              participantID: incoming[index].relay.participantID, local.description), now)
        }
      }
      fresh.append(stream.kind)
    }
    if !wasShown {
      incoming[index].isShown = true
      broadcast(.participantJoined(incoming[index].description), now)
      noteRelay("relay-started", incoming[index].relay, [:], now)
    }
    if choosePresenter() { broadcast(.presenterChanged(participantID: presenterID), now) }
    for kind in fresh { forwardRelayed(kind, at: index) }
  }

  private mutating func forwardRelayed(_ kind: StreamKind, at index: Int) {
    let key = incoming[index].key
    guard let stream = incoming[index].streams.first(where: { $0.local.kind == kind }),
      let track = stream.local.track
    else { return }
    tracks[track] = (key, stream.local.streamID)
    for other in listeners { subscribe(other, to: kind, of: key) }
  }

  /// Ends a relay into this room.
  ///
  /// - Parameter reason: what to tell the origin; `nil` if it knows.
  mutating func endIncoming(at index: Int, _ reason: RelayStopReason?, _ now: Moment) {
    let ended = incoming[index]
    for stream in ended.streams { hide(stream, at: index, now) }
    incoming.remove(at: index)
    if ended.isShown {
      broadcast(
        .participantLeft(
          participantID: ended.relay.participantID, reason: .removePeerMediaRelayStop), now)
      noteRelay("relay-stopped", ended.relay, [:], now)
    }
    if let reason {
      effects.append(.relay(.ended(ended.relay.number, reason), to: ended.relay.origin))
    }
  }

  /// The session is over.
  mutating func endAllIncoming(_ now: Moment) {
    while !incoming.isEmpty { endIncoming(at: incoming.count - 1, .sessionEnded, now) }
  }

  private mutating func hide(_ stream: IncomingRelay.Stream, at index: Int, _ now: Moment) {
    retract(stream, now)
    incoming[index].streams.removeAll { $0.local.streamID == stream.local.streamID }
    for other in listeners { participants[other]?.wishes[stream.local.streamID] = nil }
    if incoming[index].isShown {
      broadcast(
        .streamDisabled(
          participantID: incoming[index].relay.participantID, stream.local.description), now)
    }
    if stream.local.kind == .share {
      session?.sharing.removeAll { $0 == incoming[index].key }
      if choosePresenter() { broadcast(.presenterChanged(participantID: presenterID), now) }
    }
  }

  /// Forwards a track no longer; its owner may go on to send it.
  private mutating func retract(_ stream: IncomingRelay.Stream, _ now: Moment) {
    guard let track = stream.local.track else { return }
    unseat(track, streamID: stream.local.streamID, now)
    tracks[track] = nil
    guard let shard, shard == stream.origin.shard else { return }
    for key in listeners {
      guard let endpoint = participants[key]?.media.endpoint else { continue }
      effects.append(.shard(shard, .unsubscribe(track, endpoint: endpoint)))
    }
  }

  private mutating func noteRelay(
    _ type: String, _ relay: Relay, _ data: [String: JSONValue], _ now: Moment
  ) {
    var data = data
    data["participantId"] = .string(relay.participantID)
    data["relayedFrom"] = .string(relay.origin.rawValue)
    note(type, .object(data), now)
  }
}
