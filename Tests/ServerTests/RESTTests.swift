import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(2))) struct RESTTests {
  /// How requests reach the server.
  enum Way: Sendable, CaseIterable { case socket, inProcess }

  private func call(
    _ server: TestServer, _ way: Way, _ method: String, _ path: String, _ body: String? = nil
  ) async throws -> HTTPReply {
    let headers = [("Authorization", server.token)]
    let bytes = body.map { Array($0.utf8) }
    return switch way {
    case .socket: try await server.http(method, path, headers: headers, body: bytes)
    case .inProcess: try await server.inProcess(method, path, headers: headers, body: bytes)
    }
  }

  @Test(arguments: Way.allCases)
  func `rooms are made, found, listed, disabled and enabled`(way: Way) async throws {
    try await TestServer.run { server in
      let made = try await call(server, way, "POST", "/v2/rooms", #"{"customRoomId":"team-a"}"#)
      #expect(made.status == 200)
      let id = try #require(made.json["roomId"]?.string)
      #expect(made.json["customRoomId"] == "team-a")
      #expect(made.json["disabled"] == false)
      #expect(made.json["links"]?["get_room"] == .string("http://stoa.test/v2/rooms/\(id)"))

      let again = try await call(server, way, "POST", "/v2/rooms", #"{"customRoomId":"team-a"}"#)
      #expect(again.json["roomId"]?.string == id)
      let nameless = try await call(server, way, "POST", "/v2/rooms")
      #expect(nameless.status == 200)
      #expect(nameless.json["customRoomId"] == .null)

      for name in [id, "team-a"] {
        for method in ["GET", "POST"] {
          let valid = try await call(server, way, method, "/v2/rooms/validate/\(name)")
          #expect(valid.status == 200)
          #expect(valid.json["roomId"]?.string == id)
        }
        let fetched = try await call(server, way, "GET", "/v2/rooms/\(name)/")
        #expect(fetched.json["user"]?["id"]?.string?.isEmpty == false)
      }
      let list = try await call(server, way, "GET", "/v2/rooms?page=1&perPage=1")
      #expect(list.json["pageInfo"]?["total"] == 2)
      #expect(list.json["pageInfo"]?["lastPage"] == 2)

      let off = try await call(server, way, "POST", "/v2/rooms/\(id)", #"{"status":"disabled"}"#)
      #expect(off.json["status"] == "disabled")
      #expect(try await call(server, way, "GET", "/v2/rooms/validate/\(id)").status >= 400)
      let on = try await call(server, way, "POST", "/v2/rooms/team-a", #"{"status":"enabled"}"#)
      #expect(on.json["disabled"] == false)
      let deactivated = try await call(
        server, way, "POST", "/v2/rooms/deactivate", #"{"roomId":"team-a"}"#)
      #expect(deactivated.json["meetingId"]?.string == id)
      #expect(deactivated.json["userMeetingId"] == "team-a")
    }
  }

  @Test(arguments: Way.allCases)
  func `a session shows who was there, and can be ended`(way: Way) async throws {
    try await TestServer.run { server in
      let room = try await SignallingSocketTests.room(server)
      let (ann, joined) = try await SignallingSocketTests.join(server, room, "ann")
      let (bob, _) = try await SignallingSocketTests.join(server, room, "bob")

      let session = try await call(server, way, "GET", "/v2/sessions/\(joined.sessionID)")
      #expect(session.json["status"] == "ongoing")
      #expect(session.json["roomId"]?.string == room)
      let list = try await call(server, way, "GET", "/v2/sessions/?roomId=\(room)")
      #expect(list.json["pageInfo"]?["total"] == 1)
      let people = try await call(
        server, way, "GET", "/v2/sessions/\(joined.sessionID)/participants")
      guard case .array(let participants) = people.json["data"]?["participants"] else {
        Issue.record("no participants")
        return
      }
      #expect(participants.compactMap { $0["participantId"]?.string } == ["ann", "bob"])

      let removed = try await call(
        server, way, "POST", "/v2/sessions/participants/remove",
        #"{"participantId":"bob","roomId":"\#(room)"}"#)
      #expect(removed.status == 200)
      #expect(await lastReason(bob) == .removePeerAPI)
      let active = try await call(
        server, way, "GET", "/v2/sessions/\(joined.sessionID)/participants/active")
      guard case .array(let sessions) = active.json["data"],
        case .array(let present) = sessions.first?["participants"]
      else {
        Issue.record("no active participants")
        return
      }
      #expect(present.compactMap { $0["participantId"]?.string } == ["ann"])

      let ended = try await call(
        server, way, "POST", "/v2/sessions/end", #"{"roomId":"\#(room)"}"#)
      #expect(ended.status == 200)
      #expect(ended.json["status"] == "ended")
      #expect(ended.json["end"]?.string?.hasSuffix("Z") == true)
      #expect(await lastReason(ann) == .meetingEndAPI)
    }
  }

  /// Why the participant of a socket left.
  private func lastReason(_ socket: TestSocket) async -> LeaveReason? {
    while let message = await socket.message() {
      if case .event(_, .meetingLeft(let reason)) = message { return reason }
    }
    return nil
  }

  @Test func `rooms, sessions and participants are there after a restart`() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let data: [Setting: String] = [.data: folder.path + "/data"]
    let (room, session) = try await {
      let found = Found()
      try await TestServer.run(data) { server in
        let room = try await SignallingSocketTests.room(server)
        let (_, joined) = try await SignallingSocketTests.join(server, room, "ann")
        await found.set(room, joined.sessionID)
      }
      return await (found.room, found.session)
    }()
    try await TestServer.run(data) { server in
      #expect(try await server.api("GET", "/v2/rooms/\(room)").status == 200)
      let after = try await server.api("GET", "/v2/sessions/\(session)")
      #expect(after.json["status"] == "ended")
      guard case .array(let participants) = after.json["participants"] else {
        Issue.record("no participants")
        return
      }
      #expect(participants.compactMap { $0["participantId"]?.string } == ["ann"])
    }
  }

  private actor Found {
    var room = ""
    var session = ""
    func set(_ room: String, _ session: String) {
      self.room = room
      self.session = session
    }
  }

  @Test func `who asks too often is told when to come back`() async throws {
    try await TestServer.run([.maxRequestsPerSecond: "1"]) { server in
      var refused: HTTPReply?
      // Five at once; a slow machine may have earned another few meanwhile.
      for _ in 0..<200 where refused == nil {
        let reply = try await server.inProcess(
          "GET", "/v2/rooms", headers: [("Authorization", server.token)])
        if reply.status != 200 { refused = reply }
      }
      #expect(refused?.status == 429)
      #expect(refused?["retry-after"] == "1")
      #expect(refused?.json["code"] == "QUOTA_EXCEEDED")
      #expect(try await server.inProcess("GET", "/healthz").status == 200)
    }
  }

  @Test func `the server is ready once a media process is`() async throws {
    try await TestServer.run { server in
      #expect(try await server.http("GET", "/healthz").json["status"] == "ok")
      // Joining waits for a media process, so after it there is one.
      _ = try await SignallingSocketTests.join(
        server, try await SignallingSocketTests.room(server), "ann")
      #expect(try await server.http("GET", "/readyz").json["status"] == "ready")
    }
  }
}
