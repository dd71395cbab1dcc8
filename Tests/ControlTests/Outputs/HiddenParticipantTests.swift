import Control
import SFU
import Signal
import Testing

/// A composer in a room: it sees everything, and nobody sees it.
@Suite struct HiddenParticipantTests {
  private func composer(_ room: RoomHarness) throws -> AccessToken {
    var access = RoomHarness.access([.allowJoin], key: ComposerPasses.apiKey)
    access.roles = [.rtc]
    access.composedSession = room.state.sessionID
    return access
  }

  @Test func `it is told of everybody and nobody is told of it`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.forgetWhatWasTold()

    let hidden = room.join("composer", mode: .receiveOnly, access: try composer(room))
    let bob = room.join("bob")

    #expect(room.joined(hidden)?.participants.map(\.participantID) == ["ann"])
    #expect(room.joined(bob)?.participants.map(\.participantID) == ["ann"])
    let told = room.events(hidden).contains {
      if case .participantJoined(let other) = $0 { other.participantID == "bob" } else { false }
    }
    #expect(told)
    #expect(
      room.events(ann).allSatisfy {
        if case .participantJoined(let other) = $0 { other.participantID == "bob" } else { true }
      })
    #expect(room.state.participantCount == 2)
    #expect(!"\(room.changes)".contains("composer"))
    #expect(room.usage.participants(of: ComposerPasses.apiKey) == 0)
  }

  @Test func `it gets the tracks of all, also of those who come later`() throws {
    var room = try RoomHarness()
    room.join("ann")
    room.join("composer", mode: .receiveOnly, access: try composer(room))
    let endpoint = try #require(room.endpoints.last)
    room.join("bob")

    let subscribed = room.commands.filter {
      if case .subscribe(_, endpoint, _) = $0 { true } else { false }
    }
    #expect(subscribed.count == 4)
  }

  @Test func `it does not keep a session alive, and leaves with it`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let hidden = room.join("composer", mode: .receiveOnly, access: try composer(room))

    room.request(.leave, id: 2, ann)

    #expect(room.state.sessionID == nil)
    #expect(room.closes[hidden] == 1000)
    #expect(room.state.isEmpty)
  }

  @Test func `a full room has room for it, and it takes nobody's place`() throws {
    var room = try RoomHarness(participantsPerRoom: 2)
    room.join("ann")
    let hidden = room.join("composer", mode: .receiveOnly, access: try composer(room))
    let bob = room.join("bob")

    #expect(room.joined(hidden) != nil)
    #expect(room.joined(bob) != nil)
  }

  @Test func `it only watches`() throws {
    var room = try RoomHarness()
    room.join("ann")
    let hidden = room.join("composer", mode: .receiveOnly, access: try composer(room))

    let refused: [ClientRequest] = [
      .publish(PublishRequest(topic: "t", message: "m")), .end, .storeSet(key: "a", value: "b"),
      .changeMode(.sendAndReceive, participantID: nil), .remove(participantID: "ann"),
      .startOutput(.recording, StartOutputRequest()),
    ]
    for (index, request) in refused.enumerated() {
      room.request(request, id: 10 + index, hidden)
      #expect(room.errorCode(hidden, to: 10 + index) == 4101, "\(request)")
    }
    room.request(.setQuality(streamID: "s1", .low), id: 30, hidden)
    room.request(.subscribe(topic: "t"), id: 31, hidden)
    #expect(room.errorCode(hidden, to: 30) == nil)
    #expect(room.errorCode(hidden, to: 31) == nil)
  }

  @Test func `it cannot send, and cannot come to another session`() throws {
    var room = try RoomHarness()
    room.join("ann")
    let sending = room.join("c1", mode: .sendAndReceive, access: try composer(room))
    var late = try composer(room)
    late.composedSession = SessionID("0badc0de")
    let stranger = room.join("c2", mode: .receiveOnly, access: late)

    #expect(room.errorCode(sending, to: 1) == 4101)
    #expect(room.errorCode(stranger, to: 1) == 4003)
  }

  @Test func `nobody removes it or mutes it`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.join("composer", mode: .receiveOnly, access: try composer(room))

    room.request(.remove(participantID: "composer"), id: 2, ann)
    room.request(.pin(PinRequest(participantID: "composer")), id: 3, ann)

    #expect(room.errorCode(ann, to: 2) == 4404)
    #expect(room.errorCode(ann, to: 3) == 4404)
  }

  @Test func `a pass is good for its session alone, and until it is forgotten`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let session = ComposedSession(
      sessionID: SessionID("s"), roomID: RoomID(room), tenant: TenantID("t"))
    let passes = server.directory.verifier.ring.passes

    let pass = passes.make(for: session)
    let access = try server.directory.verifier.verify(pass, at: server.clock.now.wall)
    #expect(access.composedSession == session.sessionID)
    #expect(access.roomID == room)
    #expect(throws: ControlError.self) {
      try server.directory.authorize(header: pass, for: .showRoom)
    }
    passes.forget(pass)

    #expect(throws: ControlError.self) {
      try server.directory.verifier.verify(pass, at: server.clock.now.wall)
    }
  }

  @Test func `no key of a customer makes a composer`() async throws {
    let server = try await DirectoryHarness()
    let claims: JSONValue = [
      "apikey": "key", "exp": .number(2_000_000_000), "roles": ["composer", "rtc"],
      "composedSession": "s",
    ]
    let token = try server.signer.sign(claims)

    let access = try server.directory.verifier.verify(token, at: server.clock.now.wall)

    #expect(access.composedSession == nil)
  }
}
