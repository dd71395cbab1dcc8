import Signal

/// Relays that begin here: participants of this room that want to be seen in another as well.
extension RoomState {
  /// Relays out of a session, and as many into it.
  static let maximumRelays = 4

  mutating func relayRequest(
    _ request: RelayRequest, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard let participant = participants[key] else { return }
    let kinds = StreamKind.allCases.filter { request.kinds?.contains($0) ?? true }
    guard !kinds.isEmpty else {
      return refuse(id, of: key, .invalidParameter, "'kinds' names nothing.")
    }
    guard outgoing.count < Self.maximumRelays else {
      return refuse(
        id, of: key, .requestMediaRelayFailed,
        "A session has at most \(Self.maximumRelays) relays.")
    }
    let relay = Relay(
      number: registry.makeRelay(), origin: roomID, participantID: participant.participantID,
      name: participant.name, metaData: participant.metaData, kinds: kinds)
    outgoing.append(
      OutgoingRelay(
        relay: relay, owner: key, reference: request.destinationMeetingID, requestID: id))
    effects.append(.findRelay(relay, request, participant.access))
  }

  mutating func relayStop(
    _ reference: String, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    let index = outgoing.firstIndex { relay in
      relay.owner == key && relay.destination != nil
        && (relay.destination?.rawValue == reference || relay.reference == reference)
    }
    guard let index else {
      return refuse(id, of: key, .notFound, "There is no relay to that meeting.")
    }
    reply(.ok, to: id, of: key)
    endOutgoing(at: index, .stopped, tellsDestination: true, now)
  }

  /// Ends what a participant relays; `nil` for everybody's.
  mutating func endOutgoing(
    of key: ParticipantKey?, _ reason: RelayStopReason, _ now: Moment
  ) {
    while let index = outgoing.firstIndex(where: { key == nil || $0.owner == key }) {
      endOutgoing(at: index, reason, tellsDestination: true, now)
    }
  }

  private mutating func endOutgoing(
    at index: Int, _ reason: RelayStopReason, tellsDestination: Bool, _ now: Moment
  ) {
    let ended = outgoing.remove(at: index)
    registry.unlink(ended.relay.number)
    guard let destination = ended.destination else {
      return refuse(ended.requestID, of: ended.owner, .requestMediaRelayFailed)
    }
    if tellsDestination {
      effects.append(.relay(.withdrawn(ended.relay.number), to: destination))
    }
    send(.relayStopped(meetingID: destination.rawValue, reason), to: ended.owner, now)
    noteRelay("relay-stopped", ended, ["reason": .string(reason.rawValue)], now)
  }

  /// Takes the destination's word.
  mutating func receiveFromDestination(
    _ number: RelayNumber, _ message: RelayMessage, _ destination: RoomID, _ now: Moment
  ) {
    guard let index = outgoing.firstIndex(where: { $0.relay.number == number }) else {
      // Whoever asked is gone.
      switch message {
      case .delivered, .responded(_, .accepted, _):
        return effects.append(.relay(.withdrawn(number), to: destination))
      case .requested, .refused, .responded, .streams, .withdrawn, .ended: return
      }
    }
    let known = outgoing[index]
    switch message {
    case .delivered:
      outgoing[index].destination = destination
      reply(.ok, to: known.requestID, of: known.owner)
      noteRelay("relay-requested", outgoing[index], [:], now)
    case .refused(_, let refusal):
      outgoing.remove(at: index)
      refuse(known.requestID, of: known.owner, refusal.code, refusal.message)
    case .responded(_, let decision, let decidedBy):
      send(
        .relayResponded(meetingID: destination.rawValue, decision, decidedBy: decidedBy),
        to: known.owner, now)
      switch decision {
      case .declined: outgoing.remove(at: index)
      case .accepted:
        outgoing[index].isAccepted = true
        registry.link(number, roomID, destination)
        send(.relayStarted(meetingID: destination.rawValue), to: known.owner, now)
        noteRelay("relay-started", known, [:], now)
      }
    case .ended(_, let reason): endOutgoing(at: index, reason, tellsDestination: false, now)
    case .requested, .streams, .withdrawn: break  // those go the other way
    }
  }

  /// Tells destinations of what changed in the streams they show.
  mutating func updateRelays() {
    for index in outgoing.indices where outgoing[index].isAccepted {
      let known = outgoing[index]
      let streams = (participants[known.owner]?.streams ?? [])
        .filter { known.relay.kinds.contains($0.kind) }
        .map {
          RelayedStream(streamID: $0.streamID, kind: $0.kind, track: $0.track, shard: shard)
        }
      guard streams != known.streams, let destination = known.destination else { continue }
      outgoing[index].streams = streams
      effects.append(.relay(.streams(known.relay.number, streams), to: destination))
    }
  }

  private mutating func noteRelay(
    _ type: String, _ relay: OutgoingRelay, _ data: [String: JSONValue], _ now: Moment
  ) {
    var data = data
    data["participantId"] = .string(relay.relay.participantID)
    data["destinationMeetingId"] = .string(relay.destination?.rawValue ?? relay.reference)
    note(type, .object(data), now)
  }
}
