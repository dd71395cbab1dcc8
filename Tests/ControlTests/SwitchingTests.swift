import Control
import SFU
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct SwitchingTests {
  /// Two rooms with a witness in each, and somebody in the first who may go to the second.
  private struct Scene {
    let server: DirectoryHarness
    let here: String
    let there: String
    let ann: TestSocket
    let bob: TestSocket
    let cid: TestSocket

    init(mode: ParticipantMode = .sendAndReceive) async throws {
      server = try await DirectoryHarness()
      here = try await server.makeRoom("here")
      there = try await server.makeRoom("there")
      ann = try await server.join(here, "ann", mode: mode)
      _ = try await ann.joined()
      bob = try await server.join(here, "bob", mode: .signallingOnly)
      cid = try await server.join(there, "cid", mode: .signallingOnly)
      _ = try await ann.messages {
        if case .event(1, .participantJoined) = $0 { true } else { false }
      }
      _ = try await bob.joined()
      _ = try await cid.joined()
    }

    func move(_ token: String? = nil, to room: String = "there") -> ClientMessage {
      .request(
        id: 2,
        .switchRoom(
          SwitchRequest(
            meetingID: room, token: token, offer: "v=0",
            streams: [.init(kind: .audio, mid: "0")])))
    }
  }

  private func error(_ socket: TestSocket, _ id: Int) async throws -> ErrorMessage? {
    let isLast: (ServerMessage) -> Bool = {
      if case .error(let error) = $0 { error.id == id } else { false }
    }
    for case .error(let error) in try await socket.messages(through: isLast) { return error }
    return nil
  }

  @Test func `who switches is in the new room and left the old one, on the same socket`()
    async throws
  {
    let scene = try await Scene()
    await scene.ann.send(scene.move())
    await scene.server.answerOffers()

    let told = try await scene.ann.messages {
      if case .reply(2, .joined) = $0 { true } else { false }
    }
    guard case .reply(2, .joined(let joined))? = told.last else {
      Issue.record("\(told)")
      return
    }
    #expect(joined.meetingID == scene.there)
    #expect(joined.participantID == "ann")
    #expect(joined.answer == "v=0")
    #expect(joined.streams.map(\.kind) == [.audio])
    #expect(joined.participants.map(\.participantID) == ["cid"])
    let left = try await scene.bob.messages {
      if case .event(_, .participantLeft) = $0 { true } else { false }
    }
    #expect(
      left.last == .event(seq: 1, .participantLeft(participantID: "ann", reason: .switchRoom)))
    let came = try await scene.cid.messages {
      if case .event(_, .participantJoined) = $0 { true } else { false }
    }
    guard case .event(1, .participantJoined(let newcomer))? = came.last else {
      Issue.record("\(came)")
      return
    }
    #expect(newcomer.participantID == "ann")

    // Events count anew, requests go to the new room, ids go on.
    await scene.cid.send(.request(id: 2, .leave))
    await scene.bob.send(.request(id: 2, .leave))
    let after = try await scene.ann.messages { if case .event = $0 { true } else { false } }
    #expect(after == [.event(seq: 1, .participantLeft(participantID: "cid", reason: .manualLeave))])
    await scene.ann.send(.request(id: 3, .subscribe(topic: "t")))
    let reply = try await scene.ann.messages { if case .reply = $0 { true } else { false } }
    #expect(reply == [.reply(id: 3, .history(topic: "t", messages: []))])
  }

  @Test func `the new room is the one that is resumed`() async throws {
    let scene = try await Scene(mode: .signallingOnly)
    await scene.ann.send(.request(id: 2, .switchRoom(.init(meetingID: "there"))))
    var token = ""
    for case .reply(2, .joined(let joined)) in try await scene.ann.messages(through: {
      if case .reply(2, .joined) = $0 { true } else { false }
    }) { token = joined.resumeToken }
    await scene.ann.connection.closed()
    let again = scene.server.connect()
    await again.send(.resume(id: 0, ResumeRequest(resumeToken: token, seq: 0)))

    let resumed = try await again.messages { if case .reply = $0 { true } else { false } }
    #expect(resumed == [.reply(id: 0, .resumed(seq: 0))])
    await scene.bob.send(.request(id: 2, .end))
    await again.send(.request(id: 3, .leave))
    let left = try await scene.cid.messages {
      if case .event(_, .participantLeft) = $0 { true } else { false }
    }
    #expect(
      left.last == .event(seq: 2, .participantLeft(participantID: "ann", reason: .manualLeave)))
  }

  @Test(arguments: [
    ("unknown room", 4003), ("same room", 3073), ("no offer", 3073), ("ask", 4101),
    ("other participant", 4002), ("other room", 4002), ("bad token", 4002), ("disabled", 4003),
    ("expired", 4002), ("refused offer", 3073), ("silent shard", 4503),
  ])
  func `who is refused stays where it is`(flaw: String, code: Int) async throws {
    let scene = try await Scene()
    let server = scene.server
    var move = SwitchRequest(meetingID: "there", offer: "v=0")
    switch flaw {
    case "unknown room": move.meetingID = "nowhere"
    case "same room": move.meetingID = scene.here
    case "no offer": move.offer = nil
    case "ask": move.token = try server.token(permissions: [.askJoin])
    case "other participant": move.token = try server.token(participantID: "bob")
    case "other room": move.token = try server.token(roomID: "here")
    case "bad token": move.token = "x.y.z"
    case "disabled":
      _ = try await server.directory.setRoomStatus(
        "there", .init(status: .disabled), server.access())
    case "expired": server.clock.advance(3_600_000 + 61_000)
    default: break
    }
    _ = server.media.take()
    await scene.ann.send(.request(id: 2, .switchRoom(move)))
    if flaw == "refused offer" {
      for case (let shard, .connect(let endpoint, _, _)) in server.media.take() {
        await server.directory.receive(.shard(shard, .refused(endpoint, reason: "no")))
      }
    } else if flaw == "silent shard" {
      server.clock.advance(5_000)
      await server.directory.tick()
    }

    #expect(try await error(scene.ann, 2)?.code == code)
    #expect(!scene.ann.connection.outbox.isClosed)
    await scene.ann.send(.request(id: 3, .publish(.init(topic: "t", message: "still here"))))
    await scene.ann.send(.request(id: 4, .leave))
    let left = try await scene.bob.messages {
      if case .event(_, .participantLeft) = $0 { true } else { false }
    }
    #expect(left == [.event(seq: 1, .participantLeft(participantID: "ann", reason: .manualLeave))])
  }

  @Test func `a socket lost on the way is resumed in the old room, and the new one forgets it`()
    async throws
  {
    let server = try await DirectoryHarness()
    _ = try await server.makeRoom("there")
    let ann = try await server.join(server.makeRoom("here"), "ann")
    let token = try #require(try await ann.joined()).resumeToken
    await ann.send(.request(id: 2, .switchRoom(.init(meetingID: "there", offer: "v=0"))))
    await ann.connection.closed()
    await server.answerOffers()
    let again = server.connect()
    await again.send(.resume(id: 0, ResumeRequest(resumeToken: token, seq: 0)))
    await again.send(.request(id: 2, .switchRoom(.init(meetingID: "there", offer: "v=0"))))
    #expect(try await error(again, 2)?.code == 4500)

    await again.send(.request(id: 3, .switchRoom(.init(meetingID: "there", offer: "v=0"))))
    await server.answerOffers()
    let told = try await again.messages { if case .reply(3, .joined) = $0 { true } else { false } }
    for case .reply(3, .joined(let joined)) in told { #expect(joined.participants == []) }
  }

  @Test func `one switch at a time, and the old room answers meanwhile`() async throws {
    let scene = try await Scene()
    await scene.ann.send(scene.move())
    await scene.ann.send(.request(id: 3, .switchRoom(.init(meetingID: "there", offer: "v=0"))))
    #expect(try await error(scene.ann, 3)?.code == 3073)
    await scene.ann.send(.request(id: 4, .subscribe(topic: "t")))
    let reply = try await scene.ann.messages { if case .reply(4, _) = $0 { true } else { false } }
    #expect(reply == [.reply(id: 4, .history(topic: "t", messages: []))])
    await scene.bob.send(.request(id: 2, .remove(participantID: "ann")))
    #expect(try await scene.ann.closeCode() == 1000)
    await scene.server.answerOffers()
    await scene.ann.connection.closed()
    let late = try await scene.server.join("there", "dan", mode: .signallingOnly)
    let present = try await late.joined()?.participants.map(\.participantID) ?? []
    #expect(present.filter { $0 == "ann" } == [])
  }
}
