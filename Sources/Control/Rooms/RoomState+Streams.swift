import SFU
import Signal

extension StreamKind {
  var trackKind: TrackKind {
    switch self {
    case .audio: .audio
    case .video: .video
    case .share: .share
    case .shareAudio: .shareAudio
    }
  }

  /// The kind that plays in sync with this one.
  var companion: StreamKind {
    switch self {
    case .audio: .video
    case .video: .audio
    case .share: .shareAudio
    case .shareAudio: .share
    }
  }
}

extension RoomState {
  var presenterID: String? {
    session?.presenter.flatMap { presenter in
      participants[presenter]?.participantID
        ?? incoming.first { $0.key == presenter }?.relay.participantID
    }
  }

  /// Whose streams can be received here: participants, and those of other rooms.
  var sources: [ParticipantKey] { joined + incoming.filter(\.isShown).map(\.key) }

  /// A stream of another room has a track only if that can be forwarded from where this room is.
  func streams(of source: ParticipantKey) -> [PublishedStream] {
    if let participant = participants[source] { return participant.streams }
    guard let relay = incoming.first(where: { $0.key == source }) else { return [] }
    return relay.streams.map { stream in
      var local = stream.local
      if stream.origin.shard != shard { local.track = nil }
      return local
    }
  }

  var speakerID: String? { session?.speaker.flatMap { participants[$0]?.participantID } }

  func remoteStream(_ streamID: String, for key: ParticipantKey) -> PublishedStream? {
    for source in sources where source != key {
      if let stream = streams(of: source).first(where: { $0.streamID == streamID }) {
        return stream
      }
    }
    return nil
  }

  /// Notes a new stream; nobody is told and nothing forwarded yet.
  mutating func addStream(_ stream: StreamOnLine, of key: ParticipantKey, _ now: Moment) {
    guard let participantID = participants[key]?.participantID else { return }
    session?.lastStream += 1
    guard let session else { return }
    participants[key]?.streams.append(
      PublishedStream(streamID: "s\(session.lastStream)", kind: stream.kind, mid: stream.mid))
    if stream.kind == .share { self.session?.sharing.append(key) }
    effects.append(
      .store(
        .streamEnabled(session.id, participantID: participantID, stream.kind, at: now.wall)))
  }

  /// Ends a stream, in the eyes of all.
  mutating func removeStream(
    _ kind: StreamKind, of key: ParticipantKey, tellsShard: Bool, _ now: Moment
  ) {
    guard let participant = participants[key], let stream = participant.stream(kind),
      let session
    else { return }
    if let track = stream.track {
      unseat(track, streamID: stream.streamID, now)
      if tellsShard, let shard { effects.append(.shard(shard, .unpublish(track))) }
      tracks[track] = nil
    }
    participants[key]?.streams.removeAll { $0.kind == kind }
    for other in listeners { participants[other]?.wishes[stream.streamID] = nil }
    broadcast(
      .streamDisabled(participantID: participant.participantID, stream.description), except: key,
      now)
    effects.append(
      .store(
        .streamDisabled(session.id, participantID: participant.participantID, kind, at: now.wall)))
    if kind == .share {
      self.session?.sharing.removeAll { $0 == key }
      if choosePresenter() { broadcast(.presenterChanged(participantID: presenterID), now) }
    }
  }

  /// The presenter is who began last to share; true if that is somebody else than before.
  mutating func choosePresenter() -> Bool {
    guard let presenter = session.map(\.sharing.last), presenter != session?.presenter else {
      return false
    }
    session?.presenter = presenter
    return true
  }

  /// Gives every stream of a participant a track in its (new) endpoint, and everybody the tracks.
  mutating func publishAll(of key: ParticipantKey) {
    publish(participants[key]?.streams.map(\.kind) ?? [], of: key)
  }

  mutating func publish(_ kinds: [StreamKind], of key: ParticipantKey) {
    guard let shard, let endpoint = participants[key]?.media.endpoint,
      participants[key]?.media.isUp == true
    else { return }
    for index in participants[key]?.streams.indices ?? 0..<0 {
      guard let stream = participants[key]?.streams[index], kinds.contains(stream.kind) else {
        continue
      }
      let track = registry.makeTrack()
      participants[key]?.streams[index].track = track
      tracks[track] = (key, stream.streamID)
      effects.append(
        .shard(
          shard,
          .publish(track, endpoint: endpoint, kind: stream.kind.trackKind, mid: stream.mid)))
    }
    for other in listeners where other != key {
      for kind in kinds { subscribe(other, to: kind, of: key) }
    }
  }

  /// Gives a participant the tracks of all others.
  mutating func subscribeToAll(_ key: ParticipantKey) {
    for other in sources where other != key {
      for stream in streams(of: other) {
        subscribe(key, to: stream.kind, of: other)
      }
    }
  }

  mutating func subscribe(
    _ key: ParticipantKey, to kind: StreamKind, of owner: ParticipantKey
  ) {
    guard let shard, let subscriber = participants[key], subscriber.media.isUp,
      let endpoint = subscriber.media.endpoint,
      let stream = streams(of: owner).first(where: { $0.kind == kind }),
      let track = stream.track
    else { return }
    let companion = streams(of: owner).first { $0.kind == kind.companion }?.track
    effects.append(
      .shard(
        shard,
        .subscribe(track, endpoint: endpoint, companion: companion)))
    guard let wish = subscriber.wishes[stream.streamID] else { return }
    if let cap = wish.cap {
      effects.append(.shard(shard, .setLayerCap(track, endpoint: endpoint, cap)))
    }
    if wish.isPaused {
      effects.append(.shard(shard, .setPaused(track, endpoint: endpoint, true)))
    }
  }

  /// Tells those who had a track in a seat that it is there no more.
  mutating func unseat(_ track: TrackNumber, streamID: String, _ now: Moment) {
    for key in listeners {
      guard let mid = participants[key]?.media.seats.removeValue(forKey: track) else { continue }
      send(.streamUnseated(streamID: streamID, mid: mid), to: key, now)
    }
  }
}
