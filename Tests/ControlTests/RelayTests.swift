import Control
import SFU
import Signal
import Testing

/// Relays through a whole directory: two rooms on two shards, real tokens.
@Suite(.timeLimit(.minutes(1))) struct RelayTests {
  private struct Scene {
    let server: DirectoryHarness
    let here: String
    let there: String
    /// Wants to be seen; has a microphone and a camera.
    let ann: TestSocket
    let bob: TestSocket
    /// Moderates the other room.
    let cid: TestSocket
    let dan: TestSocket
    private(set) var commands: [(shard: ShardNumber, command: ShardCommand)] = []

    init() async throws {
      server = try await DirectoryHarness()
      here = try await server.makeRoom("here")
      there = try await server.makeRoom("there")
      ann = server.connect()
      bob = server.connect()
      cid = server.connect()
      dan = server.connect()
      try await enter(ann, "ann", "here", streams: [.audio, .video])
      try await enter(bob, "bob", "here")
      try await enter(cid, "cid", "there")
      try await enter(dan, "dan", "there", permissions: [.allowJoin])
    }

    private mutating func enter(
      _ socket: TestSocket, _ name: String, _ room: String, streams: [StreamKind] = [],
      permissions: [Permission]? = nil
    ) async throws {
      await socket.send(
        .join(
          id: 1,
          JoinRequest(
            token: try server.token(permissions: permissions), meetingID: room,
            participantID: name, offer: "v=0",
            streams: streams.map { .init(kind: $0, mid: $0.rawValue) })))
      await answer()
      _ = try await socket.joined()
    }

    /// Answers offers as the shards would, and keeps what they were told.
    mutating func answer() async {
      for (shard, command) in server.media.take() {
        commands.append((shard, command))
        if case .connect(let endpoint, _, _) = command {
          await server.directory.receive(.shard(shard, .answered(endpoint, answer: "v=0")))
        }
      }
      for sent in server.media.take() { commands.append(sent) }
    }

    /// The shard and the endpoint of a participant's newest connection, by the order of joining.
    func connections(on shard: Int) -> [EndpointNumber] {
      commands.compactMap { sent in
        if case .connect(let endpoint, _, _) = sent.command, sent.shard.rawValue == shard {
          endpoint
        } else {
          nil
        }
      }
    }
  }

  private func event(
    _ socket: TestSocket, _ isIt: (ServerEvent) -> Bool
  ) async throws -> ServerEvent? {
    let told = try await socket.messages {
      if case .event(_, let event) = $0 { isIt(event) } else { false }
    }
    for case .event(_, let event) in told where isIt(event) { return event }
    return nil
  }

  private func answer(_ socket: TestSocket, _ id: Int) async throws -> ServerMessage? {
    let isAnswer: (ServerMessage) -> Bool = { message in
      switch message {
      case .reply(let answered, _): answered == id
      case .error(let error): error.id == id
      case .pong, .event, .waiting, .admission: false
      }
    }
    return try await socket.messages(through: isAnswer).first(where: isAnswer)
  }

  @Test func `a relayed participant is seen in the other room, on the same shard`() async throws {
    var scene = try await Scene()
    #expect(scene.connections(on: 0).count == 2 && scene.connections(on: 1).count == 2)
    let request = RelayRequest(destinationMeetingID: "there", kinds: [.video, .audio])
    await scene.ann.send(.request(id: 2, .relayRequest(request)))
    #expect(try await answer(scene.ann, 2) == .reply(id: 2, .ok))
    #expect(
      try await event(scene.cid) { if case .relayRequested = $0 { true } else { false } }
        == .relayRequested(
          participantID: "ann", meetingID: scene.here, displayName: "ann",
          kinds: [.audio, .video]))

    await scene.cid.send(
      .request(
        id: 2,
        .relayRespond(
          .init(meetingID: scene.here, participantID: "ann", decision: .accepted))))
    // Everybody of the smaller room, here the later shard's, makes a new connection.
    #expect(try await event(scene.cid) { $0 == .mediaReset } == .mediaReset)
    let told = try await scene.ann.messages {
      if case .event(_, .relayStarted) = $0 { true } else { false }
    }
    let events = told.compactMap { if case .event(_, let event) = $0 { event } else { nil } }
    #expect(
      events.suffix(2) == [
        .relayResponded(meetingID: scene.there, .accepted, decidedBy: "cid"),
        .relayStarted(meetingID: scene.there),
      ])
    let joined = try await event(scene.dan) {
      if case .participantJoined = $0 { true } else { false }
    }
    guard case .participantJoined(let ann)? = joined else {
      Issue.record("nobody came")
      return
    }
    #expect(ann.participantID == "ann" && ann.relayedFrom == scene.here)
    #expect(ann.streams.map(\.kind) == [.audio, .video])

    let old = scene.connections(on: 1)
    await scene.answer()
    for endpoint in old {
      #expect(
        scene.commands.contains { $0.shard.rawValue == 1 && $0.command == .disconnect(endpoint) })
    }
    await scene.cid.send(.request(id: 3, .offer(.init(sdp: "v=0", reset: true))))
    await scene.answer()
    let moved = try #require(scene.connections(on: 0).last)
    let tracks = scene.commands.compactMap { sent in
      if case .subscribe(let track, moved, _) = sent.command, sent.shard.rawValue == 0 {
        track
      } else {
        nil
      }
    }
    let published = scene.commands.compactMap { sent in
      if case .publish(let track, scene.connections(on: 0)[0], _, _) = sent.command {
        track
      } else {
        nil
      }
    }
    #expect(tracks == published && tracks.count == 2)

    // What is seated and what ends is told under the ids of this room.
    await scene.server.directory.receive(
      .shard(ShardNumber(0), .seated(tracks[1], endpoint: moved, mid: "5")))
    #expect(
      try await event(scene.cid) { if case .streamSeated = $0 { true } else { false } }
        == .streamSeated(streamID: ann.streams[1].streamID, mid: "5"))
    await scene.ann.send(.request(id: 3, .streamDisable(kind: .video)))
    #expect(
      try await event(scene.cid) { if case .streamDisabled = $0 { true } else { false } }
        == .streamDisabled(participantID: "ann", ann.streams[1]))

    await scene.ann.send(.request(id: 4, .leave))
    #expect(
      try await event(scene.dan) { if case .participantLeft = $0 { true } else { false } }
        == .participantLeft(participantID: "ann", reason: .removePeerMediaRelayStop))
    let end = try await scene.ann.messages {
      if case .event(_, .meetingLeft) = $0 { true } else { false }
    }
    #expect(
      end.contains {
        if case .event(_, .relayStopped(scene.there, .left)) = $0 { true } else { false }
      })
    // REST knows it as a participant of its own room alone.
    let sessions = try await scene.server.directory.sessions(
      roomID: "there", .first, scene.server.access())
    #expect(sessions.data.first?.participants.map(\.participantId) == ["cid", "dan"])
  }

  @Test func `a relay outlives the shard it runs on`() async throws {
    var scene = try await Scene()
    await scene.ann.send(
      .request(
        id: 2, .relayRequest(.init(destinationMeetingID: "there", kinds: [.video, .audio]))))
    _ = try await event(scene.cid) { if case .relayRequested = $0 { true } else { false } }
    await scene.cid.send(
      .request(
        id: 2,
        .relayRespond(
          .init(meetingID: scene.here, participantID: "ann", decision: .accepted))))
    _ = try await event(scene.ann) { if case .relayStarted = $0 { true } else { false } }
    await scene.cid.send(.request(id: 3, .offer(.init(sdp: "v=0", reset: true))))
    await scene.answer()
    let before = scene.commands.count
    let earlier = scene.connections(on: 1).count

    await scene.server.directory.receive(.died(ShardNumber(0)))
    for socket in [scene.ann, scene.bob, scene.cid] {
      #expect(try await event(socket) { $0 == .mediaReset } == .mediaReset)
    }
    await scene.cid.send(.request(id: 4, .offer(.init(sdp: "v=0", reset: true))))
    await scene.answer()
    await scene.ann.send(
      .request(
        id: 4,
        .offer(
          .init(
            sdp: "v=0", reset: true,
            streams: [.init(kind: .audio, mid: "audio"), .init(kind: .video, mid: "video")]))))
    await scene.answer()

    // Both are on the shard that lives, and she is forwarded across the rooms there.
    let connections = scene.connections(on: 1).dropFirst(earlier)
    #expect(connections.count == 2)
    let cid = try #require(connections.first)
    let ann = try #require(connections.last)
    var published: [TrackNumber] = []
    var subscribed: [TrackNumber] = []
    // What one room tells the other takes some turns; until then it may ask for what is gone.
    for _ in 0..<10_000 where published.count < 2 || !published.allSatisfy(subscribed.contains) {
      await Task.yield()
      await scene.answer()
      let after = scene.commands.dropFirst(before).filter { $0.shard.rawValue == 1 }.map(\.command)
      published = after.compactMap {
        if case .publish(let track, ann, _, _) = $0 { track } else { nil }
      }
      subscribed = after.compactMap {
        if case .subscribe(let track, cid, _) = $0 { track } else { nil }
      }
    }
    #expect(published.count == 2 && published.allSatisfy(subscribed.contains))
    // Nobody was told that she went: the next that dan hears is what she says next.
    await scene.ann.send(.request(id: 5, .streamDisable(kind: .video)))
    let heard = try await scene.dan.messages {
      if case .event(_, .streamDisabled) = $0 { true } else { false }
    }
    #expect(
      !heard.contains {
        if case .event(_, .participantLeft) = $0 { true } else { false }
      })
  }

  @Test func `a relay is declined, stopped, taken out by a moderator, and ends with a session`()
    async throws
  {
    let scene = try await Scene()
    var id = 1
    func relay(_ decision: RelayDecision) async throws {
      id += 1
      await scene.ann.send(
        .request(id: id, .relayRequest(.init(destinationMeetingID: "there"))))
      #expect(try await answer(scene.ann, id) == .reply(id: id, .ok))
      await scene.cid.send(
        .request(
          id: id,
          .relayRespond(.init(meetingID: scene.here, participantID: "ann", decision: decision))))
      #expect(
        try await event(scene.ann) { if case .relayResponded = $0 { true } else { false } }
          == .relayResponded(meetingID: scene.there, decision, decidedBy: "cid"))
    }
    func stopped() async throws -> ServerEvent? {
      try await event(scene.ann) { if case .relayStopped = $0 { true } else { false } }
    }
    try await relay(.declined)
    try await relay(.accepted)
    id += 1
    await scene.ann.send(.request(id: id, .relayStop(destinationMeetingID: "there")))
    #expect(try await stopped() == .relayStopped(meetingID: scene.there, .stopped))
    #expect(
      try await event(scene.dan) { if case .participantLeft = $0 { true } else { false } }
        == .participantLeft(participantID: "ann", reason: .removePeerMediaRelayStop))

    try await relay(.accepted)
    _ = try await event(scene.dan) { if case .participantJoined = $0 { true } else { false } }
    id += 1
    await scene.cid.send(.request(id: id, .remove(participantID: "ann")))
    #expect(try await stopped() == .relayStopped(meetingID: scene.there, .stopped))

    try await relay(.accepted)
    _ = try await event(scene.dan) { if case .participantJoined = $0 { true } else { false } }
    id += 1
    await scene.cid.send(.request(id: id, .end))
    #expect(try await stopped() == .relayStopped(meetingID: scene.there, .sessionEnded))
    id += 1
    await scene.ann.send(.request(id: id, .relayStop(destinationMeetingID: "there")))
    guard case .error(let error)? = try await answer(scene.ann, id) else {
      Issue.record("not refused")
      return
    }
    #expect(error.code == 4404)
  }

  @Test(arguments: [
    ("unknown", 4078), ("empty", 4078), ("own", 3073), ("nothing", 3073), ("token", 4002),
    ("other room", 4002), ("taken", 4078),
  ])
  func `a relay that cannot be is refused`(flaw: String, code: Int) async throws {
    let scene = try await Scene()
    var request = RelayRequest(destinationMeetingID: "there")
    switch flaw {
    case "unknown": request.destinationMeetingID = "nowhere"
    case "empty": request.destinationMeetingID = try await scene.server.makeRoom()
    case "own": request.destinationMeetingID = scene.here
    case "nothing": request.kinds = []
    case "token": request.token = "x.y.z"
    case "other room": request.token = try scene.server.token(roomID: "here")
    default:
      _ = try await scene.server.join("there", "ann", mode: .signallingOnly).joined()
    }
    await scene.ann.send(.request(id: 2, .relayRequest(request)))
    guard case .error(let error)? = try await answer(scene.ann, 2) else {
      Issue.record("not refused")
      return
    }
    #expect(error.code == code)
  }

  @Test func `rooms that relay are placed together, whichever comes first`() throws {
    var origin = try RoomHarness(shards: 4)
    let ann = origin.join("ann", mode: .signallingOnly)
    origin.request(.relayRequest(.init(destinationMeetingID: "x")), id: 2, ann)
    let relay = try #require(origin.sought.first)
    let destination = RoomID("x")
    origin.input(.relay(.delivered(relay.number), from: destination))
    origin.input(.relay(.responded(relay.number, .accepted, decidedBy: "cid"), from: destination))
    for room in ["a", "b"] { _ = origin.registry.place(RoomID(room)) }
    let chosen = origin.registry.place(destination)
    let before = origin.commands.count
    origin.request(.changeMode(.sendAndReceive, participantID: nil), id: 3, ann)
    origin.request(
      .offer(.init(sdp: "o", reset: true, streams: [.init(kind: .audio, mid: "0")])), id: 4, ann)

    #expect(chosen == ShardNumber(2))
    #expect(origin.commands.count > before)
    guard case .streams(_, let streams)? = origin.relayed.last else {
      Issue.record("\(origin.relayed)")
      return
    }
    #expect(streams.map(\.shard) == [ShardNumber(2)])
    #expect(streams.map(\.track) == [origin.tracks.last])
  }

  @Test func `a session has four relays out, and four in`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", mode: .signallingOnly)
    for id in 2...6 {
      room.request(.relayRequest(.init(destinationMeetingID: "x\(id)")), id: id, ann)
    }
    #expect(room.sought.count == 4)
    #expect(room.errorCode(ann, to: 6) == 4078)

    for number in 1...5 {
      let relay = Relay(
        number: RelayNumber(UInt32(number)), origin: RoomID("o"), participantID: "p\(number)",
        name: "P", metaData: [:], kinds: [.video])
      room.input(.relay(.requested(relay), from: RoomID("o")))
    }
    #expect(room.relayed.filter { if case .delivered = $0 { true } else { false } }.count == 4)
    guard case .refused(RelayNumber(5), let refusal)? = room.relayed.last else {
      Issue.record("\(room.relayed)")
      return
    }
    #expect(refusal.code == .requestMediaRelayFailed)
    let late = room.join("late", mode: .signallingOnly)
    #expect(room.events(late).count == 4)
  }

  @Test func `who gave up or is unknown brings nobody in`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", mode: .signallingOnly)
    let relay = Relay(
      number: RelayNumber(900), origin: RoomID("o"), participantID: "zoe", name: "Zoe",
      metaData: [:], kinds: [.video])
    room.input(.relay(.requested(relay), from: RoomID("o")))
    room.input(.relay(.withdrawn(relay.number), from: RoomID("o")))
    let answer = RelayResponse(meetingID: "o", participantID: "zoe", decision: .accepted)
    room.request(.relayRespond(answer), id: 2, ann)
    #expect(room.errorCode(ann, to: 2) == 4404)
    room.input(.relay(.streams(relay.number, []), from: RoomID("o")))
    room.input(.relay(.responded(RelayNumber(901), .accepted, decidedBy: "x"), from: RoomID("o")))
    #expect(room.relayed.last == .withdrawn(RelayNumber(901)))
    #expect(
      !room.events(ann).contains { if case .participantJoined = $0 { true } else { false } })
  }
}
