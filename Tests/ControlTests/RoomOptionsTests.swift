import Control
import SFU
import Signal
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct RoomOptionsTests {
  private func refusal(
    _ server: DirectoryHarness, _ request: CreateRoomRequest
  ) async throws -> String? {
    do {
      _ = try await server.directory.createRoom(request, try server.access())
      return nil
    } catch let error as ControlError {
      #expect(error.statusCode == 400)
      return error.message
    }
  }

  @Test func `a room has the options it was made with`() async throws {
    let server = try await DirectoryHarness()
    let access = try server.access()
    let request = try SignalJSON.decode(
      CreateRoomRequest.self,
      from: #"""
        {"customRoomId":"daily","webhook":{"endPoint":"https://a.example/h","events":["session-*"]},
        "autoCloseConfig":{"type":"session-end-and-deactivate","duration":30},"region":"sg001",
        "allowedParticipantIds":["ann","bob"],"autoStartConfig":{"recording":{}},"geoFence":"x"}
        """#.utf8)
    let room = try await server.directory.createRoom(request, access)
    #expect(room.webhook == RoomWebhook(endPoint: "https://a.example/h", events: ["session-*"]))
    #expect(room.autoCloseConfig == .init(type: .sessionEndAndDeactivate, duration: 30))
    #expect(room.allowedParticipantIds == ["ann", "bob"])
    #expect(try await server.directory.room("daily", access).webhook == room.webhook)
    let again = try await server.directory.createRoom(.init(customRoomId: "daily"), access)
    #expect(again == room)
    let gone = try await server.directory.deactivateRoom(.init(roomId: "daily"), access)
    #expect(gone.webhook == .init(events: ["session-*"], endPoint: "https://a.example/h"))
  }

  @Test func `options left out have their defaults`() throws {
    let request = try SignalJSON.decode(
      CreateRoomRequest.self,
      from: #"{"webhook":{"endPoint":"https://a.example"},"autoCloseConfig":{}}"#.utf8)
    #expect(request.webhook?.events == [])
    #expect(request.autoCloseConfig == .init(type: .sessionEnds, duration: 480))
    #expect(request.allowedParticipantIds == nil)
  }

  @Test func `impossible options are refused in words`() async throws {
    let server = try await DirectoryHarness()
    func refusal(_ request: CreateRoomRequest) async throws -> String? {
      try await self.refusal(server, request)
    }
    let webhook = try await refusal(.init(webhook: .init(endPoint: "http://a.example")))
    #expect(webhook == "'webhook.endPoint' must start with https://.")
    let long = "https://a.example/" + String(repeating: "x", count: 500)
    #expect(try await refusal(.init(webhook: .init(endPoint: long))) != nil)
    #expect(try await refusal(.init(webhook: .init(endPoint: "https://10.0.0.1/"))) != nil)
    let events = Array(repeating: "a", count: 65)
    #expect(
      try await refusal(.init(webhook: .init(endPoint: "https://a.example", events: events)))
        != nil)
    for duration in [0, -1, 10_081] {
      #expect(try await refusal(.init(autoCloseConfig: .init(duration: duration))) != nil)
    }
    #expect(
      try await refusal(
        .init(allowedParticipantIds: Array(repeating: "a", count: 1_001))) != nil)
    #expect(try await refusal(.init(allowedParticipantIds: ["a b"])) != nil)
    #expect(try await refusal(.init(allowedParticipantIds: [])) == nil)
  }

  @Test func `a session ends when it has lasted as long as it may`() async throws {
    let server = try await DirectoryHarness()
    let access = try server.access()
    let room = try await server.directory.createRoom(
      .init(autoCloseConfig: .init(duration: 1)), access
    ).roomId
    let socket = try await server.join(room, "ann", mode: .signallingOnly)
    let session = try #require(try await socket.joined()).sessionID
    server.clock.advance(59_999)
    await server.directory.tick()
    #expect(try await server.directory.session(session, access).status == .ongoing)

    server.clock.advance(1)
    await server.directory.tick()
    #expect(try await socket.closeCode() == 1000)
    let ended = try await server.directory.session(session, access)
    #expect(ended.status == .ended && ended.endReason == "auto-close")
    #expect(
      try await server.directory.events(session: session, .first, access).data.map(\.type)
        == ["session-started", "participant-joined", "participant-left", "session-ended"])
    // The room goes on: there may be another session.
    #expect(try await server.directory.room(room, access).disabled == false)
    let again = try await server.join(room, "ann", mode: .signallingOnly)
    #expect(try await again.joined()?.sessionID != session)
  }

  @Test func `and with it the room, if that was asked for`() async throws {
    let server = try await DirectoryHarness()
    let access = try server.access()
    let room = try await server.directory.createRoom(
      .init(autoCloseConfig: .init(type: .sessionEndAndDeactivate, duration: 2)), access
    ).roomId
    let socket = try await server.join(room, "ann", mode: .signallingOnly)
    _ = try await socket.joined()
    server.clock.advance(120_000)
    await server.directory.tick()
    #expect(try await socket.closeCode() == 1000)

    #expect(try await server.directory.room(room, access).disabled)
    let late = try await server.join(room, "bob", mode: .signallingOnly)
    #expect(try await late.closeCode() == 4003)
  }

  @Test func `only those who are allowed may join`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.directory.createRoom(
      .init(allowedParticipantIds: ["ann"]), try server.access()
    ).roomId
    let ann = try await server.join(room, "ann", mode: .signallingOnly)
    #expect(try await ann.joined() != nil)
    let bob = try await server.join(room, "bob", mode: .signallingOnly)
    #expect(try await bob.closeCode() == 4101)
    // A participant without an id gets one that nobody has allowed.
    let nameless = server.connect()
    await nameless.send(
      .join(
        id: 1,
        JoinRequest(
          token: try server.token(), meetingID: room, participantID: nil, mode: .signallingOnly)))
    #expect(try await nameless.closeCode() == 4101)
  }

  @Test func `a session's log is its owner's alone`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let socket = try await server.join(room, "ann", mode: .signallingOnly)
    let session = try #require(try await socket.joined()).sessionID
    let other = try server.directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    await #expect(throws: ControlError.sessionNotFound) {
      try await server.directory.events(session: session, .first, other)
    }
  }
}
