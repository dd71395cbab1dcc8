import SFU
import Signal
import Wire

extension RoomState {
  /// A client's further offer, of the same peer connection or of a new one.
  mutating func offer(
    _ offer: OfferRequest, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard let participant = participants[key] else { return }
    let isNew = offer.reset ?? false
    if let objection = objection(to: offer, of: participant) {
      return refuse(id, of: key, objection.code, objection.message)
    }
    if isNew {
      if let abandoned = participant.media.pending {
        refuse(abandoned.requestID, of: key, .invalidParameter, "A newer offer came.")
      }
      dropEndpoint(key, tellsShard: true, now)
    }
    noteOffer(isNew: isNew, of: key)
    let deadline = now.monotonic + limits.mediaAnswer
    participants[key]?.media.pending = .init(
      requestID: id, sdp: offer.sdp, streams: offer.streams, isNew: isNew, deadline: deadline)
    if isNew {
      askShard(key)
    } else if let shard, let endpoint = participant.media.endpoint {
      effects.append(.shard(shard, .renegotiate(endpoint, offer: offer.sdp)))
    }
  }

  private func objection(
    to offer: OfferRequest, of participant: Participant
  ) -> (code: ErrorCode, message: String)? {
    guard participant.mode.hasMedia else {
      return (.notPermitted, "This mode has no media.")
    }
    if let streams = offer.streams, !streams.isEmpty {
      if !participant.mode.mayPublish {
        return (.notPermitted, "This mode does not send streams.")
      }
      if let message = Self.objection(to: streams) { return (.invalidParameter, message) }
    }
    if offer.reset != true {
      if !participant.media.isUp {
        return (.invalidParameter, "There is no media connection; offer one with 'reset'.")
      }
      if participant.media.pending != nil {
        return (.invalidParameter, "The offer before is not answered yet.")
      }
    }
    return nil
  }

  /// Hands a new endpoint's offer to the room's shard, as soon as there is one.
  mutating func askShard(_ key: ParticipantKey) {
    guard let pending = participants[key]?.media.pending else { return }
    if shard == nil { shard = registry.place(roomID) }
    guard let shard else { return }  // `shardReady` comes back to it
    let room = number ?? registry.makeRoom(for: roomID)
    number = room
    let endpoint = registry.makeEndpoint(for: roomID, on: shard)
    keysByEndpoint[endpoint] = key
    participants[key]?.media.endpoint = endpoint
    effects.append(.shard(shard, .connect(endpoint, room: room, offer: pending.sdp)))
  }

  mutating func receive(_ event: ShardEvent, _ now: Moment) {
    switch event {
    case .answered(let endpoint, let answer):
      if let key = keysByEndpoint[endpoint] { answered(key, answer, now) }
    case .refused(let endpoint, let reason):
      if let key = keysByEndpoint[endpoint] { refused(key, reason, now) }
    case .connected(let endpoint):
      noteConnected(endpoint, now)
      report(.connected, endpoint, now)
    case .interrupted(let endpoint): report(.disconnected, endpoint, now)
    case .closed(let endpoint, _):
      guard let key = keysByEndpoint[endpoint] else { return }
      closed(key, now)
    case .seated(let track, let endpoint, let mid):
      guard let key = keysByEndpoint[endpoint], let known = tracks[track], known.owner != key,
        participants[key]?.isJoined == true
      else { return }
      participants[key]?.media.seats[track] = mid
      send(.streamSeated(streamID: known.streamID, mid: mid), to: key, now)
    case .unseated(let track, let endpoint, let mid):
      guard let key = keysByEndpoint[endpoint], let known = tracks[track],
        participants[key]?.media.seats.removeValue(forKey: track) != nil
      else { return }
      send(.streamUnseated(streamID: known.streamID, mid: mid), to: key, now)
    case .seatsNeeded(let endpoint, let count):
      guard let key = keysByEndpoint[endpoint] else { return }
      send(.seatsNeeded(count: count), to: key, now)
    case .activeSpeaker(let room, let endpoint):
      guard room == number, session != nil else { return }
      let speaker = endpoint.flatMap { keysByEndpoint[$0] }
      guard speaker != session?.speaker else { return }
      session?.speaker = speaker
      broadcast(.speakerChanged(participantID: speakerID), now)
    case .quality(let qualities): receive(qualities, now)
    case .statistics: break
    }
  }

  private mutating func report(
    _ mediaState: MediaState, _ endpoint: EndpointNumber, _ now: Moment
  ) {
    guard let key = keysByEndpoint[endpoint], participants[key]?.isJoined == true else { return }
    send(.mediaState(mediaState), to: key, now)
  }

  private mutating func answered(_ key: ParticipantKey, _ answer: String, _ now: Moment) {
    guard let pending = participants[key]?.media.pending else { return }
    participants[key]?.media.pending = nil
    participants[key]?.media.isUp = true
    participants[key]?.media.wantsReset = false
    guard participants[key]?.isJoined == true else {
      return completeJoin(
        key, id: pending.requestID, answer: answer, streams: pending.streams ?? [], now)
    }
    reply(.answer(sdp: answer), to: pending.requestID, of: key)
    let changed = apply(pending.streams, isNew: pending.isNew, key, now)
    if pending.isNew {
      publishAll(of: key)
      subscribeToAll(key)
    } else {
      publish(changed, of: key)
    }
  }

  /// Brings a participant's streams in line with what its offer says of them.
  ///
  /// - Returns: the kinds that need a track.
  private mutating func apply(
    _ streams: [StreamOnLine]?, isNew: Bool, _ key: ParticipantKey, _ now: Moment
  ) -> [StreamKind] {
    guard let streams else { return [] }
    if isNew {
      let kept = Set(streams.map(\.kind))
      for kind in participants[key]?.streams.map(\.kind) ?? [] where !kept.contains(kind) {
        removeStream(kind, of: key, tellsShard: true, now)
      }
    }
    var changed: [StreamKind] = []
    for stream in streams {
      let index = participants[key]?.streams.firstIndex { $0.kind == stream.kind }
      guard let index, let known = participants[key]?.streams[index] else {
        announce(stream, key, now)
        changed.append(stream.kind)
        continue
      }
      guard known.mid != stream.mid else { continue }
      participants[key]?.streams[index].mid = stream.mid
      changed.append(stream.kind)
      if let track = known.track {
        participants[key]?.streams[index].track = nil
        unseat(track, streamID: known.streamID, now)
        if let shard { effects.append(.shard(shard, .unpublish(track))) }
        tracks[track] = nil
      }
    }
    return changed
  }

  private mutating func refused(_ key: ParticipantKey, _ reason: String, _ now: Moment) {
    guard let participant = participants[key], let pending = participant.media.pending else {
      return
    }
    let message = "The offer is refused: \(reason)"
    guard participant.isJoined else {
      return turnAwayJoining(key, .invalidParameter, message, now)
    }
    participants[key]?.media.pending = nil
    if pending.isNew { dropEndpoint(key, tellsShard: false, now) }
    refuse(pending.requestID, of: key, .invalidParameter, message)
  }

  /// No shard answered in time.
  mutating func offerTimedOut(_ key: ParticipantKey, _ now: Moment) {
    guard let participant = participants[key], let pending = participant.media.pending else {
      return
    }
    guard participant.isJoined else {
      return turnAwayJoining(key, .mediaUnavailable, nil, now)
    }
    // A late answer could be taken for that of a later offer: the endpoint is of no more use.
    let hadShard = participant.media.endpoint != nil
    dropEndpoint(key, tellsShard: true, now)
    refuse(pending.requestID, of: key, .mediaUnavailable)
    if hadShard, !pending.isNew {
      send(.mediaReset, to: key, now)
    } else {
      participants[key]?.media.wantsReset = !hadShard
    }
  }

  /// The shard removed the endpoint; the participant stays, and will offer anew.
  private mutating func closed(_ key: ParticipantKey, _ now: Moment) {
    guard let participant = participants[key] else { return }
    guard participant.isJoined else {
      return turnAwayJoining(key, .mediaUnavailable, nil, now)
    }
    let pending = participant.media.pending
    dropEndpoint(key, tellsShard: false, now)
    send(.mediaState(.disconnected), to: key, now)
    if let pending { refuse(pending.requestID, of: key, .mediaUnavailable) }
  }

  /// Forgets a participant's endpoint with its tracks; its streams stay.
  mutating func dropEndpoint(_ key: ParticipantKey, tellsShard: Bool, _ now: Moment) {
    participants[key]?.media.pending = nil
    guard let endpoint = participants[key]?.media.endpoint else { return }
    keysByEndpoint[endpoint] = nil
    registry.forget(endpoint)
    if tellsShard, let shard { effects.append(.shard(shard, .disconnect(endpoint))) }
    participants[key]?.media = MediaConnection()
    for index in participants[key]?.streams.indices ?? 0..<0 {
      guard let stream = participants[key]?.streams[index], let track = stream.track else {
        continue
      }
      participants[key]?.streams[index].track = nil
      unseat(track, streamID: stream.streamID, now)
      tracks[track] = nil
    }
  }

  mutating func shardDied(_ dead: ShardNumber, _ now: Moment) {
    guard shard == dead else { return }
    let lost = dropAllEndpoints(tellsShard: false, now)
    shard = nil
    offerAnew(lost, now)
  }

  /// Goes to another shard by the way that a dead shard's rooms go.
  mutating func move(to target: ShardNumber, _ now: Moment) {
    guard let old = shard, old != target, registry.place(roomID, on: target) else { return }
    let lost = dropAllEndpoints(tellsShard: true, now)
    registry.lighten(old)
    shard = target
    offerAnew(lost, now)
  }

  /// Whose endpoint went, with the offer that was on its way.
  private typealias LostEndpoint = (key: ParticipantKey, pending: MediaConnection.PendingOffer?)

  private mutating func dropAllEndpoints(tellsShard: Bool, _ now: Moment) -> [LostEndpoint] {
    let keys = participants.values.filter { $0.media.endpoint != nil }
      .map(\.key).sorted { $0.rawValue < $1.rawValue }
    // Seats go all at once and silently: everybody makes a new connection.
    for key in keys { participants[key]?.media.seats = [:] }
    return keys.map { key in
      let pending = participants[key]?.media.pending
      dropEndpoint(key, tellsShard: tellsShard, now)
      return (key, pending)
    }
  }

  private mutating func offerAnew(_ lost: [LostEndpoint], _ now: Moment) {
    for (key, pending) in lost {
      if let pending, pending.isNew {  // its offer is as good for another shard
        participants[key]?.media.pending = pending
        askShard(key)
        continue
      }
      if let pending { refuse(pending.requestID, of: key, .mediaUnavailable) }
      send(.mediaReset, to: key, now)
    }
  }

  /// A shard lives again: what waited for one goes to it.
  mutating func shardReady(_ now: Moment) {
    guard shard == nil else { return }
    for key in participants.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      if participants[key]?.media.pending != nil {
        askShard(key)
      } else if participants[key]?.media.wantsReset == true {
        participants[key]?.media.wantsReset = false
        send(.mediaReset, to: key, now)
      }
    }
  }
}
