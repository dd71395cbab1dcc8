import Control
import SFU
import Signal
import Testing

/// Random rooms: whatever clients, shards and sockets do, in whatever order, these rules hold.
@Suite struct RoomPropertyTests {
  /// What one participant's client would know, from what it was told over all its sockets.
  private struct Client {
    let name: String
    var connection: ConnectionID?
    var token: String?
    var lastSeq = 0
    var nextID = 2
    /// Who is here, with the ids of their streams.
    var others: [String: Set<String>] = [:]
    var presenter: String?
    var hasLeft = false
    var pubsub: [String] = []
    var isSubscribed = false
    var mode = ParticipantMode.sendAndReceive
    /// What others are said to have, and whether their pictures are pinned.
    var modes: [String: ParticipantMode] = [:]
    var pins: [String: PinState] = [:]
    /// Those of the others who are really in another room.
    var relayed: Set<String> = []
    /// Guests it was told of and that nobody answered yet.
    var guests: Set<String> = []
    var isWaiting = false
    /// Of the realtime store, from when it began to observe the one key there is.
    var value: String??
  }

  private struct World {
    var room: RoomHarness
    var clients: [Client] = []
    var read: [ConnectionID: Int] = [:]
    var endpoints: [EndpointNumber] = []
    var published: [String] = []
    var lastRelay: UInt32 = 1_000
    var relays: [Relay] = []
  }

  @Test(arguments: 0..<30)
  func `rooms stay consistent whatever happens`(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    var world = World(room: try RoomHarness(participantsPerRoom: 6, shards: 2))
    for step in 0..<300 {
      act(&world, &random)
      deliver(&world, step, seed)
      check(world, step, seed)
    }
    checkOrder(world, seed)
    try await checkStore(world, seed)
  }

  /// Does one random thing.
  private func act(_ world: inout World, _ random: inout SeededRandom) {
    let client = world.clients.indices.filter { !world.clients[$0].hasLeft }
      .randomElement(using: &random)
    world.room.answersOffers = Int.random(in: 0..<10, using: &random) > 0
    world.room.refusal = Int.random(in: 0..<20, using: &random) == 0 ? "no" : nil
    func request(_ request: ClientRequest) {
      guard let client, let connection = world.clients[client].connection else { return }
      world.room.request(request, id: world.clients[client].nextID, connection)
      world.clients[client].nextID += 1
    }
    let kind = StreamKind.allCases.randomElement(using: &random) ?? .audio
    switch Int.random(in: 0..<54, using: &random) {
    case 0..<6:
      let name = Self.name(&random)
      let mode = [ParticipantMode.sendAndReceive, .sendAndReceive, .receiveOnly, .signallingOnly]
        .randomElement(using: &random)
      let share: [StreamOnLine] = [.init(kind: .share, mid: "3")]
      world.clients.append(Client(name: name ?? "ann"))
      world.clients[world.clients.count - 1].connection = world.room.join(
        name, mode: mode ?? .sendAndReceive, streams: Bool.random(using: &random) ? share : [],
        access: RoomHarness.access(
          [[.allowJoin, .allowMod], [.allowJoin], [.askJoin]].randomElement(using: &random)
            ?? [.allowJoin]))
    case 6..<11: request(.streamEnable(.init(kind: kind, mid: "m\(kind.rawValue)")))
    case 11..<14: request(.streamDisable(kind: kind))
    case 14..<16: request(.leave)
    case 16..<19:
      request(.subscribe(topic: "t"))
      if let client { world.clients[client].isSubscribed = true }
    case 19..<24:
      request(.publish(.init(topic: "t", message: "x", persist: Bool.random(using: &random))))
    case 24:
      guard let client, let connection = world.clients[client].connection else { return }
      world.clients[client].connection = nil
      world.room.input(.disconnected(connection))
    case 25:
      guard let client, let token = world.clients[client].token else { return }
      let connection = world.room.makeConnection()
      world.clients[client].connection = connection
      world.room.input(
        .resume(
          ResumeRequest(resumeToken: token, seq: world.clients[client].lastSeq), id: 0,
          connection: connection))
    case 26: world.room.advance([100, 1_000, 6_000, 31_000].randomElement(using: &random) ?? 1)
    case 27:
      let streams: [StreamOnLine] = [.init(kind: kind, mid: "5")]
      request(
        .offer(OfferRequest(sdp: "o", reset: Bool.random(using: &random), streams: streams)))
    case 28:
      guard let endpoint = world.room.endpoints.suffix(8).randomElement(using: &random) else {
        return
      }
      world.room.input(
        .shard(
          [
            .closed(endpoint, reason: "x"), .interrupted(endpoint),
            .answered(endpoint, answer: "a"),
            .refused(endpoint, reason: "r"),
            .seated(world.room.tracks.last ?? .init(1), endpoint: endpoint, mid: "9"),
          ].randomElement(using: &random) ?? .connected(endpoint)))
    case 29:
      let shard = ShardNumber(Int.random(in: 0..<2, using: &random))
      world.room.registry.markDead(shard)
      world.room.input(.shardDied(shard))
    case 30:
      world.room.registry.markLive(ShardNumber(Int.random(in: 0..<2, using: &random)))
      world.room.input(.shardReady)
    case 31..<35:
      let guest = client.flatMap { world.clients[$0].guests.sorted().randomElement(using: &random) }
      request(
        .respondEntry(
          participantID: guest ?? "nobody", Bool.random(using: &random) ? .allowed : .denied))
    case 35..<37:
      request(.changeMode(mode(&random), participantID: Self.name(&random, orNil: true)))
    case 37: request(.requestMedia(participantID: Self.name(&random) ?? "", kind: kind))
    case 38: request(.disableMedia(participantID: Self.name(&random, orNil: true), kind: kind))
    case 39..<41:
      request(
        .pin(.init(participantID: Self.name(&random) ?? "", cam: Bool.random(using: &random))))
    case 41: request(.unpin(.init(participantID: Self.name(&random) ?? "")))
    case 42..<44:
      let value = Bool.random(using: &random) ? "\(world.room.now.wall.milliseconds)" : nil
      request(.storeSet(key: "k", value: value))
    case 44: request(.storeObserve(key: "k"))
    case 45..<48: relayIn(&world, &random)
    case 48..<50:
      let relay = world.relays.randomElement(using: &random)
      request(
        .relayRespond(
          .init(
            meetingID: "o", participantID: relay?.participantID ?? "nobody",
            decision: Int.random(in: 0..<4, using: &random) > 0 ? .accepted : .declined)))
    case 50: request(.relayRequest(.init(destinationMeetingID: "x")))
    case 51: request(.relayStop(destinationMeetingID: "x"))
    case 52: relayOut(&world, &random)
    default:
      if Int.random(in: 0..<4, using: &random) == 0 {
        world.room.input(.end(.endedByAPI, .meetingEndAPI))
      } else if let name = world.clients.randomElement(using: &random)?.name,
        Int.random(in: 0..<4, using: &random) == 0
      {
        world.room.input(.remove(participantID: name, .removePeerAPI))
      }
    }
  }

  /// Another room asks, shows or takes back.
  private func relayIn(_ world: inout World, _ random: inout SeededRandom) {
    let origin = RoomID("o")
    guard let relay = world.relays.randomElement(using: &random), Bool.random(using: &random) else {
      world.lastRelay += 1
      let relay = Relay(
        number: RelayNumber(world.lastRelay), origin: origin,
        participantID: ["gus", "yan", "zoe"].randomElement(using: &random) ?? "zoe", name: "Z",
        metaData: [:], kinds: [.video])
      world.relays.append(relay)
      return world.room.input(.relay(.requested(relay), from: origin))
    }
    guard Int.random(in: 0..<5, using: &random) > 0 else {
      return world.room.input(.relay(.withdrawn(relay.number), from: origin))
    }
    let streams = StreamKind.allCases.filter { _ in Bool.random(using: &random) }.map { kind in
      RelayedStream(
        streamID: "\(kind)", kind: kind,
        track: [nil, TrackNumber(.random(in: 9_000..<9_010, using: &random))]
          .randomElement(using: &random) ?? nil,
        shard: ShardNumber(Int.random(in: 0..<2, using: &random)))
    }
    world.room.input(.relay(.streams(relay.number, streams), from: origin))
  }

  /// A destination answers something.
  private func relayOut(_ world: inout World, _ random: inout SeededRandom) {
    guard let relay = world.room.sought.suffix(4).randomElement(using: &random) else { return }
    let message: RelayMessage =
      switch Int.random(in: 0..<6, using: &random) {
      case 0: .refused(relay.number, .init(.requestMediaRelayFailed))
      case 1: .ended(relay.number, .sessionEnded)
      case 2: .responded(relay.number, .declined, decidedBy: "x")
      case 3: .responded(relay.number, .accepted, decidedBy: "x")
      default: .delivered(relay.number)
      }
    world.room.input(.relay(message, from: RoomID("x")))
  }

  private static let names = ["ann", "bob", "cid", "dan", "eve", "fay", "gus"]

  private static func name(_ random: inout SeededRandom, orNil: Bool = false) -> String? {
    orNil && Bool.random(using: &random) ? nil : names.randomElement(using: &random)
  }

  private func mode(_ random: inout SeededRandom) -> ParticipantMode {
    ParticipantMode.allCases.randomElement(using: &random) ?? .sendAndReceive
  }

  /// Lets the clients read what they were sent.
  private func deliver(_ world: inout World, _ step: Int, _ seed: UInt64) {
    for index in world.clients.indices {
      guard let connection = world.clients[index].connection else { continue }
      let messages = world.room.received[connection, default: []]
      for message in messages.dropFirst(world.read[connection, default: 0]) {
        take(message, &world.clients[index], "seed \(seed) step \(step)")
      }
      world.read[connection] = messages.count
      if world.room.closes[connection] != nil {
        if world.room.closes[connection] != 4410 { world.clients[index].hasLeft = true }
        world.clients[index].connection = nil
      }
    }
  }

  private func take(_ message: ServerMessage, _ client: inout Client, _ place: String) {
    switch message {
    case .waiting: client.isWaiting = true
    case .admission: client.isWaiting = false
    case .reply(_, .storeValue(_, let value)): client.value = .some(value)
    case .reply(_, .joined(let reply)):
      client.token = reply.resumeToken
      client.isWaiting = false
      client.mode = reply.mode
      client.relayed = Set(
        reply.participants.filter { $0.relayedFrom != nil }.map(\.participantID))
      client.modes = Dictionary(
        reply.participants.map { ($0.participantID, $0.mode) }, uniquingKeysWith: { $1 })
      client.pins = Dictionary(
        reply.participants.map { ($0.participantID, $0.pin ?? PinState()) },
        uniquingKeysWith: { $1 })
      client.others = Dictionary(
        reply.participants.map { ($0.participantID, Set($0.streams.map(\.streamID))) },
        uniquingKeysWith: { first, _ in
          Issue.record("a participant twice, \(place)")
          return first
        })
      client.presenter = reply.presenterID
    case .event(let seq, let event):
      #expect(seq == client.lastSeq + 1, "\(place)")
      client.lastSeq = seq
      take(event, &client, place)
    default: break
    }
  }

  private func take(_ event: ServerEvent, _ client: inout Client, _ place: String) {
    #expect(!client.hasLeft, "something after the last event, \(place)")
    switch event {
    case .participantJoined(let other):
      #expect(client.others[other.participantID] == nil, "\(place)")
      client.others[other.participantID] = Set(other.streams.map(\.streamID))
      client.modes[other.participantID] = other.mode
      client.pins[other.participantID] = other.pin ?? PinState()
      if other.relayedFrom != nil { client.relayed.insert(other.participantID) }
    case .participantLeft(let id, _):
      #expect(client.others[id] == [], "left unknown or with streams, \(place)")
      client.others[id] = nil
      client.relayed.remove(id)
    case .streamEnabled(let id, let stream):
      #expect(client.others[id]?.insert(stream.streamID).inserted == true, "\(place)")
    case .streamDisabled(let id, let stream):
      #expect(client.others[id]?.remove(stream.streamID) != nil, "\(place)")
    case .streamSeated(let id, _):
      #expect(client.others.values.contains { $0.contains(id) }, "\(place)")
    case .presenterChanged(let id): client.presenter = id
    case .pubsub(let message): client.pubsub.append(message.messageID)
    case .meetingLeft: client.hasLeft = true
    case .entryRequested(let id, _):
      #expect(client.guests.insert(id).inserted, "\(place)")
    case .entryResponded(let id, _, _), .entryWithdrawn(let id):
      #expect(client.guests.remove(id) != nil, "\(place)")
    case .pinChanged(let id, let state, _):
      #expect(id == client.name || client.pins[id] != state, "\(place)")
      client.pins[id] = state
    case .participantModeChanged(let id, let mode):
      if id == client.name {
        #expect(client.mode != mode, "\(place)")
        client.mode = mode
      } else {
        #expect(client.modes[id] != mode, "\(place)")
        #expect(mode.mayPublish || client.others[id] == [], "\(place)")
        client.modes[id] = mode
      }
    case .outputChanged: break
    case .storeChanged(_, let value, _):
      #expect(client.value != nil, "not observed, \(place)")
      client.value = .some(value)
    case .streamUnseated, .seatsNeeded, .mediaReset, .speakerChanged, .mediaState,
      .mediaRequested, .mediaDisabled, .relayRequested, .relayResponded, .relayStarted,
      .relayStopped:
      break
    }
  }

  /// All who are connected believe the same.
  private func check(_ world: World, _ step: Int, _ seed: UInt64) {
    let present = world.clients.filter { $0.connection != nil && $0.token != nil && !$0.hasLeft }
    for client in present {
      // Those whose socket is gone are in the room for all others, so belief may exceed `present`.
      for other in present where other.name != client.name {
        #expect(client.others[other.name] != nil, "seed \(seed) step \(step)")
      }
      #expect(client.others[client.name] == nil, "seed \(seed) step \(step)")
      #expect(client.presenter == present[0].presenter, "seed \(seed) step \(step)")
      #expect(client.relayed == present[0].relayed, "seed \(seed) step \(step)")
      #expect(
        client.others.count - client.relayed.count + 1 == world.room.state.participantCount,
        "seed \(seed) step \(step)")
    }
    // Modes, pins, guests and the store are the same in the eyes of all who see them.
    let modes = Dictionary(present.map { ($0.name, $0.mode) }, uniquingKeysWith: { $1 })
    let waiting = Set(
      world.clients.filter { $0.isWaiting && $0.connection != nil && !$0.hasLeft }.map(\.name))
    for client in present {
      for (name, mode) in client.modes where client.others[name] != nil {
        #expect(mode == modes[name] ?? mode, "seed \(seed) step \(step)")
      }
      for other in present where other.name != client.name {
        for (name, pin) in client.pins where client.others[name] != nil {
          #expect(other.pins[name] ?? pin == pin, "seed \(seed) step \(step)")
        }
        if let value = client.value, let others = other.value {
          #expect(value == others, "seed \(seed) step \(step)")
        }
      }
      #expect(client.guests.isEmpty || client.guests == waiting, "seed \(seed) step \(step)")
    }
    #expect(world.room.state.participantCount > 0 || world.room.state.sessionID == nil)
    #expect(Set(present.map(\.name)).count == present.count, "seed \(seed) step \(step)")
    #expect(world.room.state.participantCount <= 6)
  }

  /// Message ids end in a number that grows within a session; everybody sees them grow.
  private func checkOrder(_ world: World, _ seed: UInt64) {
    for client in world.clients {
      let numbers = client.pubsub.compactMap { $0.split(separator: "-").last.flatMap { Int($0) } }
      #expect(numbers.count == client.pubsub.count)
      #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
    }
  }

  /// What was stored is what is.
  private func checkStore(_ world: World, _ seed: UInt64) async throws {
    let store = try await SQLiteStore(inMemory: world.room.now)
    let tenant = try #require(
      try await store.tenants(forKeys: ["key"], at: world.room.now.wall)["key"])
    _ = try await store.create(
      RoomRecord(
        objectID: "o", roomID: RoomHarness.roomID, tenant: tenant, customRoomID: nil,
        createdAt: world.room.now.wall, updatedAt: world.room.now.wall))
    let changes = world.room.changes.map { change in
      if case .sessionStarted(let id, let room, _, let key, let time) = change {
        StoreChange.sessionStarted(id, room: room, tenant: tenant, apiKey: key, at: time)
      } else {
        change
      }
    }
    try await store.commit(changes, at: world.room.now.wall)

    let all = try #require(PageRequest(page: "1", perPage: "100"))
    let sessions = try await store.sessions(tenant: tenant, room: nil, all).elements
    let open = sessions.filter { $0.end == nil }
    #expect(
      open.map(\.sessionID) == (world.room.state.sessionID.map { [$0] } ?? []), "seed \(seed)")
    for session in sessions {
      let participants = try await store.participants(
        session: session.sessionID, onlyPresent: true, nil)
      #expect(
        participants.total == (session.end == nil ? world.room.state.participantCount : 0),
        "seed \(seed)")
      let everybody = try await store.participants(
        session: session.sessionID, onlyPresent: false, nil
      ).elements
      #expect(!everybody.isEmpty, "seed \(seed)")
      for participant in everybody {
        #expect(participant.presence.filter { $0.end == nil }.count <= 1, "seed \(seed)")
        for spans in participant.streams.values {
          #expect(spans.filter { $0.end == nil }.count <= 1, "seed \(seed)")
          if participant.presence.allSatisfy({ $0.end != nil }) {
            #expect(spans.allSatisfy { $0.end != nil }, "seed \(seed)")
          }
        }
      }
    }
  }
}
