import Control
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignallingConnectionTests {
  @Test func `a join by text is answered by text`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom("my-room")
    let socket = server.connect()
    await socket.send(
      """
      {"type":"join","id":1,"token":"\(try server.token())","meetingId":"my-room","name":"Ann",
       "participantId":"ann","mode":"CONFERENCE","offer":"v=0","streams":[]}
      """)
    await server.answerOffers()

    let reply = try #require(try await socket.joined())
    #expect(reply.meetingID == room)
    #expect(reply.participantID == "ann")
    #expect(reply.answer == "v=0")
  }

  @Test(arguments: [
    ("token", 4002), ("meeting", 4003), ("other tenant", 4003), ("other room", 4002),
    ("other participant", 4002), ("crawler", 4101), ("nothing", 4101),
    ("both", 4008), ("id", 4004), ("disabled", 4003),
  ])
  func `who may not join hears why and is closed with the same code`(
    flaw: String, code: Int
  ) async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    var join = JoinRequest(
      token: try server.token(), meetingID: room, participantID: "ann", mode: .signallingOnly)
    switch flaw {
    case "token": join.token = "x.y.z"
    case "meeting": join.meetingID = "none"
    case "other tenant":
      join.token = try server.otherSigner.token(validFor: 60, at: server.clock.now.wall)
    case "other room": join.token = try server.token(roomID: "else")
    case "other participant": join.token = try server.token(participantID: "bob")
    case "crawler": join.token = try server.token(roles: [.crawler])
    case "nothing": join.token = try server.token(permissions: [])
    case "both": join.token = try server.token(permissions: [.askJoin, .allowJoin])
    case "id": join.participantID = "a b"
    default:
      _ = try await server.directory.setRoomStatus(room, .init(status: .disabled), server.access())
    }
    let socket = server.connect()
    await socket.send(.join(id: 1, join))

    let items = try await socket.read(count: 2)
    guard case .text(let frame) = items[0], case .close(let closed, _) = items[1],
      case .error(let error) = try SignalJSON.decode(ServerMessage.self, from: frame.bytes)
    else {
      Issue.record("\(items)")
      return
    }
    #expect(error.id == 1)
    #expect(error.code == code)
    #expect(Int(closed) == code)
  }

  @Test func `a token for one participant gives its id when none is asked for`() async throws {
    let server = try await DirectoryHarness()
    let socket = server.connect()
    await socket.send(
      .join(
        id: 1,
        JoinRequest(
          token: try server.token(participantID: "zoe"), meetingID: try await server.makeRoom(),
          mode: .signallingOnly)))
    #expect(try await socket.joined()?.participantID == "zoe")
  }

  @Test(
    arguments: [
      ("", 1007), ("[]", 1007), ("{", 1007), ("{}", 1007), (#"{"type":5}"#, 1007),
      ("\"join\"", 1007),
    ] as [(String, UInt16)])
  func `what is no message closes with 1007`(text: String, code: UInt16) async throws {
    let socket = try await DirectoryHarness().connect()
    await socket.send(text)
    #expect(try await socket.closeCode() == code)
  }

  @Test func `what is a message but not understood is answered`() async throws {
    let server = try await DirectoryHarness()
    let socket = try await server.join(server.makeRoom(), "ann", mode: .signallingOnly)
    await socket.send(#"{"type":"dance","id":2}"#)
    await socket.send(#"{"type":"publish","id":3,"topic":1,"message":"x"}"#)
    await socket.send(
      #"{"type":"publish","id":4,"topic":"t","message":"# + String(repeating: "[", count: 100))
    await socket.send(.request(id: 5, .subscribe(topic: "t")))

    let messages = try await socket.messages { if case .reply(5, _) = $0 { true } else { false } }
    let errors = messages.compactMap { if case .error(let error) = $0 { error } else { nil } }
    #expect(errors.map(\.id) == [2, 3, nil])
    #expect(errors.map(\.code) == [3073, 3073, 3073])
  }

  @Test func `the first message is a join or a resume`() async throws {
    let socket = try await DirectoryHarness().connect()
    await socket.send(.ping)
    await socket.send(.request(id: 1, .leave))
    #expect(try await socket.closeCode() == 3073)
  }

  @Test func `a second join on one socket is refused`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let socket = try await server.join(room, "ann", mode: .signallingOnly)
    #expect(try await socket.joined() != nil)
    await socket.send(.join(id: 2, JoinRequest(token: try server.token(), meetingID: room)))
    let messages = try await socket.messages { if case .error = $0 { true } else { false } }
    guard case .error(let error)? = messages.first else { return }
    #expect(error.id == 2 && error.code == 3073)
  }

  @Test func `pings are answered, silence closes after 15 s`() async throws {
    let server = try await DirectoryHarness()
    let socket = try await server.join(server.makeRoom(), "ann", mode: .signallingOnly)
    for _ in 0..<4 {
      server.clock.advance(14_000)
      await socket.connection.tick()
      await socket.send(.ping)
    }
    let messages = try await socket.messages { $0 == .pong }
    #expect(messages.filter { $0 == .pong }.count == 4)
    server.clock.advance(15_000)
    await socket.connection.tick()
    #expect(try await socket.closeCode() == 1008)
  }

  @Test func `a socket that says nothing is closed after 10 s`() async throws {
    let server = try await DirectoryHarness()
    let socket = server.connect()
    server.clock.advance(9_999)
    await socket.connection.tick()
    server.clock.advance(1)
    await socket.connection.tick()
    let items = try await socket.read()
    #expect(items == [.close(code: 1008, reason: "no join or resume came")])
  }

  @Test func `a flood closes with 1008, a burst does not`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let socket = try await server.join(room, "ann", mode: .signallingOnly)
    for _ in 0..<400 { await socket.send(.ping) }
    for _ in 0..<60 {
      server.clock.advance(1_000)
      for _ in 0..<50 { await socket.send(.ping) }
    }
    #expect(
      !socket.connection.outbox.take().contains { if case .close = $0 { true } else { false } })
    for _ in 0..<600 { await socket.send(.ping) }
    #expect(try await socket.closeCode() == 1008)
  }

  @Test func `a socket that closes while its join is looked at leaves nothing behind`() async throws
  {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let socket = server.connect()
    let token = try server.token()
    async let joining: Void = socket.send(
      .join(id: 1, JoinRequest(token: token, meetingID: room, offer: "v=0")))
    await socket.connection.closed()
    await joining
    await server.answerOffers()
    server.clock.advance(60_000)
    await server.directory.tick()
    await server.directory.tick()
    #expect(await server.directory.status().participants == 0)
    #expect(server.directory.registry.endpointCount == 0)
  }

  @Test func `who does not read is given up, the others hear of it and lose nothing`() async throws
  {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let slow = try await server.join(room, "slow", mode: .signallingOnly)
    let ann = try await server.join(room, "ann", mode: .signallingOnly)
    for socket in [slow, ann] { await socket.send(.request(id: 2, .subscribe(topic: "t"))) }
    _ = try await ann.messages { if case .reply(2, _) = $0 { true } else { false } }

    let text = JSONValue.string(String(repeating: "x", count: 30_000))
    var heard: [ServerMessage] = []
    for id in 3..<53 {
      server.clock.advance(100)
      await ann.send(.request(id: id, .publish(PublishRequest(topic: "t", message: text))))
      heard += try await ann.messages { if case .reply(id, _) = $0 { true } else { false } }
    }
    let events = heard.compactMap { if case .event(_, let event) = $0 { event } else { nil } }
    #expect(events.filter { if case .pubsub = $0 { true } else { false } }.count == 50)
    #expect(
      events.contains(.participantLeft(participantID: "slow", reason: .webSocketDisconnected)))
    #expect(slow.connection.outbox.take() == [.close(code: 4408, reason: "SLOW_CONSUMER")])
  }

  @Test func `a resumed socket goes on where the other stopped`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let first = try await server.join(room, "ann", mode: .signallingOnly)
    let token = try #require(try await first.joined()).resumeToken
    await first.connection.closed()
    _ = try await server.join(room, "bob", mode: .signallingOnly)

    let second = server.connect()
    await second.send(.resume(id: 0, ResumeRequest(resumeToken: token, seq: 0)))
    let messages = try await second.messages { if case .event = $0 { true } else { false } }
    #expect(messages.first == .reply(id: 0, .resumed(seq: 1)))
    guard case .event(1, .participantJoined(let bob)) = messages.last else {
      Issue.record("\(messages)")
      return
    }
    #expect(bob.participantID == "bob")

    let third = server.connect()
    await third.send(.resume(id: 0, ResumeRequest(resumeToken: "none.x", seq: 0)))
    #expect(try await third.closeCode() == 4404)
  }
}
