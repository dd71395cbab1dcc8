import Control
import Signal
import Testing

@Suite struct LobbyTests {
  private static let ask = RoomHarness.access([.askJoin])

  private func guests(_ room: RoomHarness, _ connection: ConnectionID) -> [String] {
    room.events(connection).compactMap { event in
      if case .entryRequested(let id, _) = event { id } else { nil }
    }
  }

  @Test func `a guest waits until somebody lets it in, and then joins with its first offer`() throws
  {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: Self.ask)

    #expect(room.received[bob] == [.waiting(id: 1, participantID: "bob")])
    #expect(room.events(ann) == [.entryRequested(participantID: "bob", name: "BOB")])
    #expect(room.state.participantCount == 1)
    #expect(room.endpoints.count == 1)

    room.request(.respondEntry(participantID: "bob", .allowed), id: 2, ann)
    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .ok)])
    #expect(room.received[bob]?[1] == .admission(participantID: "bob", .allowed))
    #expect(room.joined(bob)?.answer == "answer to offer of bob")
    #expect(room.joined(bob)?.streams.map(\.kind) == [.audio, .video])
    #expect(
      room.events(ann)[1] == .entryResponded(participantID: "bob", .allowed, respondedBy: "ann"))
    guard case .participantJoined(let joined) = room.events(ann)[2] else {
      Issue.record("\(room.events(ann))")
      return
    }
    #expect(joined.participantID == "bob")
    #expect(room.closes[bob] == nil)
  }

  @Test func `a guest sent away hears why`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: Self.ask)
    room.request(.respondEntry(participantID: "bob", .denied), id: 2, ann)

    #expect(
      room.received[bob] == [
        .waiting(id: 1, participantID: "bob"), .admission(participantID: "bob", .denied),
        .error(ErrorMessage(id: 1, .entryDenied)),
      ])
    #expect(room.closes[bob] == 4102)
    #expect(
      room.events(ann).last == .entryResponded(participantID: "bob", .denied, respondedBy: "ann"))
    #expect(room.state.participantCount == 1)
    room.request(.respondEntry(participantID: "bob", .allowed), id: 3, ann)
    #expect(room.errorCode(ann, to: 3) == 4404)
  }

  @Test func `a guest alone starts no session and is announced to who comes later`() throws {
    var room = try RoomHarness()
    let bob = room.join("bob", access: Self.ask)
    #expect(room.changes.isEmpty)
    #expect(room.state.sessionID == nil)
    #expect(!room.state.isEmpty)
    room.advance(60_000)

    let ann = room.join("ann", access: RoomHarness.access([.allowJoin]))
    #expect(room.received[ann]?.first.map { if case .reply = $0 { true } else { false } } == true)
    #expect(
      room.received[ann]?.dropFirst().first
        == .event(
          seq: 1, .entryRequested(participantID: "bob", name: "BOB")))
    room.request(.respondEntry(participantID: "bob", .allowed), id: 2, ann)
    #expect(room.joined(bob)?.participants.map(\.participantID) == ["ann"])
  }

  @Test func `only who may let in hears of guests and answers for them`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.join("bob", access: Self.ask)
    room.request(.respondEntry(participantID: "bob", .allowed), id: 2, ann)
    let bob = try #require(
      room.received.first { $0.value.first == .waiting(id: 1, participantID: "bob") }
    )
    .key
    room.join("cid", access: Self.ask)

    #expect(guests(room, ann) == ["bob", "cid"])
    #expect(guests(room, bob) == [])
    room.request(.respondEntry(participantID: "cid", .allowed), id: 2, bob)
    #expect(room.errorCode(bob, to: 2) == 4101)
    room.request(.respondEntry(participantID: "nobody", .allowed), id: 3, ann)
    #expect(room.errorCode(ann, to: 3) == 4404)
  }

  @Test func `a guest that gives up is withdrawn, whether it says so or not`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: Self.ask)
    let cid = room.join("cid", access: Self.ask)
    room.input(.disconnected(bob))
    room.request(.subscribe(topic: "t"), id: 2, cid)
    #expect(room.errorCode(cid, to: 2) == 3073)
    room.request(.leave, id: 3, cid)

    #expect(room.answers(cid, to: 3) == [.reply(id: 3, .ok)])
    #expect(room.closes[cid] == 1000)
    #expect(
      room.events(ann).suffix(2) == [
        .entryWithdrawn(participantID: "bob"), .entryWithdrawn(participantID: "cid"),
      ])
    for id in ["bob", "cid"] {
      room.request(.respondEntry(participantID: id, .allowed), id: id == "bob" ? 2 : 3, ann)
    }
    #expect(room.errorCode(ann, to: 2) == 4404)
    #expect(room.errorCode(ann, to: 3) == 4404)
    room.request(.leave, id: 4, ann)
    #expect(room.state.isEmpty)
  }

  @Test func `guests outlast the last participant, but not the end of the meeting`() throws {
    var room = try RoomHarness()
    var ann = room.join("ann")
    let bob = room.join("bob", access: Self.ask)
    room.request(.leave, id: 2, ann)
    #expect(room.closes[bob] == nil)

    ann = room.join("ann")
    room.request(.end, id: 2, ann)
    #expect(room.errorCode(bob, to: 1) == 4003)
    #expect(room.closes[bob] == 4003)
    #expect(room.state.isEmpty)
    let cid = room.join("cid", access: Self.ask)
    room.input(.setDisabled(true))
    #expect(room.closes[cid] == 4003)
    let dan = room.join("dan", access: Self.ask)
    #expect(room.closes[dan] == 4003)
  }

  @Test func `a server that stops closes guests with 1001`() throws {
    var room = try RoomHarness()
    let bob = room.join("bob", access: Self.ask)
    room.input(.stop)
    #expect(room.closes[bob] == 1001)
    #expect(room.state.isEmpty)
  }

  @Test func `a guest whose key is revoked is sent away`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", access: RoomHarness.access([.allowJoin], key: "other"))
    let bob = room.join("bob", access: Self.ask)
    room.input(.keysRevoked(["key"]))
    #expect(room.errorCode(bob, to: 1) == 4001)
    #expect(room.closes[bob] == 4001)
    #expect(room.events(ann).last == .entryWithdrawn(participantID: "bob"))
  }

  @Test func `the second guest of one id sends the first away`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let first = room.join("bob", access: Self.ask)
    let second = room.join("bob", access: Self.ask)
    #expect(room.closes[first] == 4005)
    #expect(
      room.events(ann) == [
        .entryRequested(participantID: "bob", name: "BOB"), .entryWithdrawn(participantID: "bob"),
        .entryRequested(participantID: "bob", name: "BOB"),
      ])
    room.request(.respondEntry(participantID: "bob", .allowed), id: 2, ann)
    #expect(room.joined(second) != nil)
  }

  @Test func `two hundred guests wait, and no more`() throws {
    var room = try RoomHarness()
    for number in 0..<200 {
      let guest = room.join("guest\(number)", access: Self.ask)
      #expect(room.closes[guest] == nil)
    }
    let late = room.join("late", access: Self.ask)
    #expect(room.closes[late] == 4009)
    #expect(room.errorCode(late, to: 1) == 4009)
  }

  @Test func `whom a full room lets in is refused, and the guest's silence has the usual end`()
    async throws
  {
    var room = try RoomHarness(participantsPerRoom: 2)
    let ann = room.join("ann")
    let bob = room.join("bob", access: Self.ask)
    room.join("cid")
    room.request(.respondEntry(participantID: "bob", .allowed), id: 2, ann)
    #expect(room.errorCode(bob, to: 1) == 4009)
    #expect(room.closes[bob] == 4009)

    let server = try await DirectoryHarness()
    let host = try await server.join(server.makeRoom("door"), "ann", mode: .signallingOnly)
    let guest = server.connect()
    let join = JoinRequest(
      token: try server.token(permissions: [.askJoin]), meetingID: "door", participantID: "bob",
      mode: .signallingOnly)
    await guest.send(.join(id: 1, join))
    let waiting = ServerMessage.waiting(id: 1, participantID: "bob")
    #expect(try await guest.messages { $0 == waiting } == [waiting])
    server.clock.advance(14_000)
    await guest.send(.ping)
    await guest.connection.tick()
    let told = try await guest.messages { $0 == .pong }
    #expect(told == [.pong])
    server.clock.advance(15_000)
    await guest.connection.tick()
    #expect(try await guest.closeCode() == 1008)
    let heard = try await host.messages {
      if case .event(_, .entryWithdrawn) = $0 { true } else { false }
    }
    #expect(heard.contains(.event(seq: 2, .entryWithdrawn(participantID: "bob"))))
  }
}
