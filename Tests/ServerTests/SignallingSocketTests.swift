import Control
import NIOCore
import NIOWebSocket
import Server
import Signal
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct SignallingSocketTests {
  /// A new room of the server.
  static func room(_ server: TestServer) async throws -> String {
    let reply = try await server.api("POST", "/v2/rooms", "{}")
    return try #require(reply.json["roomId"]?.string)
  }

  static func joining(
    _ server: TestServer, _ room: String, _ participant: String
  ) -> ClientMessage {
    .join(
      id: 1,
      JoinRequest(
        token: server.token, meetingID: room, participantID: participant, name: participant,
        offer: "v=0\r\n", streams: []))
  }

  /// Joins and returns the socket with what it was told.
  static func join(
    _ server: TestServer, _ room: String, _ participant: String, receiveBuffer: Int? = nil
  ) async throws -> (TestSocket, JoinedReply) {
    let socket = try await TestSocket.connect(port: server.port, receiveBuffer: receiveBuffer)
    try await socket.send(joining(server, room, participant))
    guard case .reply(id: 1, .joined(let joined)) = await socket.message() else {
      throw NotJoined()
    }
    return (socket, joined)
  }
  struct NotJoined: Error {}

  @Test func `joining over the real socket gives the answer and the others`() async throws {
    try await TestServer.run { server in
      let room = try await Self.room(server)
      let (ann, first) = try await Self.join(server, room, "ann")
      #expect(first.answer == EchoPlane.answer)
      #expect(first.participants.isEmpty)
      let (_, second) = try await Self.join(server, room, "bob")
      #expect(second.participants.map(\.participantID) == ["ann"])
      #expect(second.sessionID == first.sessionID)

      var events: [ServerMessage] = []
      while events.count < 2, let message = await ann.message() { events.append(message) }
      #expect(
        events.contains {
          if case .event(_, .participantJoined(let other)) = $0 {
            other.participantID == "bob"
          } else {
            false
          }
        })
      let active = try await server.api(
        "GET", "/v2/sessions/\(first.sessionID)/participants/active")
      #expect(active.status == 200)
    }
  }

  @Test func `a ping is answered, of both kinds`() async throws {
    try await TestServer.run { server in
      let (socket, _) = try await Self.join(server, try await Self.room(server), "ann")
      try await socket.send(.ping)
      while let message = await socket.message(), message != .pong {}
      try await socket.send(.ping, Array("hello".utf8))
      var answer = await socket.next()
      while case .text = answer { answer = await socket.next() }
      #expect(answer == .pong(Array("hello".utf8)))
    }
  }

  @Test(arguments: [
    ("", 1_007), ("[]", 1_007), ("7", 1_007), ("null", 1_007), (#"{"type":7}"#, 1_007),
    ("{\"type\":\"join\"", 1_007), ("{\"type\":\"\u{0}\"}", 1_007),
  ])
  func `text that is no message closes the socket`(text: String, code: Int) async throws {
    try await TestServer.run { server in
      let socket = try await TestSocket.connect(port: server.port)
      try await socket.send(text)
      guard case .close(code, _) = await socket.closing() else {
        Issue.record("not closed with \(code)")
        return
      }
    }
  }

  @Test func `text that is not UTF-8 closes the socket`() async throws {
    try await TestServer.run { server in
      let socket = try await TestSocket.connect(port: server.port)
      try await socket.send(.text, Array(#"{"type":"pi"#.utf8) + [0xFF] + Array(#"ng"}"#.utf8))
      guard case .close(1_007, _) = await socket.closing() else {
        Issue.record("not closed with 1007")
        return
      }
    }
  }

  @Test func `a first message other than join and resume closes the socket`() async throws {
    try await TestServer.run { server in
      let socket = try await TestSocket.connect(port: server.port)
      try await socket.send(.request(id: 1, .leave))
      let closing = await socket.closing()
      guard case .close(let code, _) = closing else {
        Issue.record("\(closing)")
        return
      }
      #expect(code == ErrorCode.invalidParameter.number)
    }
  }

  @Test func `a message nested too deeply is answered with an error`() async throws {
    try await TestServer.run { server in
      let socket = try await TestSocket.connect(port: server.port)
      try await socket.send(#"{"type":"ping","x":\#(HTTPErrorTests.deep)}"#)
      guard case .error(let error) = await socket.message() else {
        Issue.record("no error")
        return
      }
      #expect(error.message.contains("deep"))
    }
  }

  @Test func `a socket that says nothing is closed after a while`() async throws {
    var limits = SignallingLimits.standard
    limits.firstMessage = .milliseconds(100)
    try await TestServer.run(limits: limits) { server in
      let socket = try await TestSocket.connect(port: server.port)
      guard case .close = await socket.closing() else {
        Issue.record("no close frame")
        return
      }
    }
  }

  @Test func `a participant that falls silent is closed`() async throws {
    var limits = SignallingLimits.standard
    limits.silence = .milliseconds(300)
    try await TestServer.run(limits: limits) { server in
      let (socket, _) = try await Self.join(server, try await Self.room(server), "ann")
      guard case .close = await socket.closing() else {
        Issue.record("no close frame")
        return
      }
    }
  }

  @Test func `a connection without a request is closed after a while`() async throws {
    var timeouts = HTTPAndWebSocketChannel.Timeouts()
    timeouts.firstRequest = .milliseconds(100)
    try await TestServer.run(timeouts: timeouts) { server in
      let reply = try await RawConnection.exchange(port: server.port, "GET / HTTP/1.1\r\nHost: x")
      #expect(reply.isEmpty)
    }
  }

  @Test func `binary frames, frames without a mask and long ones close the socket`() async throws {
    try await TestServer.run { server in
      let binary = try await TestSocket.connect(port: server.port)
      try await binary.send(.binary, [1, 2, 3])
      #expect(await binary.closing().code == 1_003)

      let bare = try await TestSocket.connect(port: server.port)
      try await bare.channel.writeAndFlush(
        WebSocketFrame(
          fin: true, opcode: .text, data: ByteBuffer(string: #"{"type":"ping"}"#)))
      #expect(await bare.closing().code == 1_002)

      let limit = SignallingLimits.standard.frameBytes
      let long = try await TestSocket.connect(port: server.port)
      try await long.send(.text, Array(repeating: 0x20, count: limit + 1))
      #expect(await long.closing().code == 1_009)

      let pieces = try await TestSocket.connect(port: server.port)
      try await pieces.send(.text, Array(repeating: 0x20, count: limit), fin: false)
      try await pieces.send(.continuation, [0x20])
      #expect(await pieces.closing().code == 1_009)

      let loose = try await TestSocket.connect(port: server.port)
      try await loose.send(.continuation, [0x20])
      #expect(await loose.closing().code == 1_002)
    }
  }

  @Test func `a message in pieces is one message`() async throws {
    try await TestServer.run { server in
      let (socket, _) = try await Self.join(server, try await Self.room(server), "ann")
      try await socket.send(.text, Array(#"{"type":"#.utf8), fin: false)
      try await socket.send(.continuation, Array(#""ping"}"#.utf8))
      var answer = await socket.message()
      while let message = answer, message != .pong { answer = await socket.message() }
      #expect(answer == .pong)
    }
  }

  @Test func `a flood of messages closes the socket that sends it, and no other`() async throws {
    try await TestServer.run { server in
      let room = try await Self.room(server)
      let (flooder, _) = try await Self.join(server, room, "flooder")
      let (other, _) = try await Self.join(server, room, "other")
      let closing = Task { await flooder.closing() }
      // Ten times the burst; sending fails once the socket is closed.
      for _ in 0..<SignallingLimits.standard.messageBurst * 10 {
        do { try await flooder.send(.ping) } catch { break }
      }
      #expect(await closing.value.code == 1_008)

      try await other.send(.ping)
      var answer = await other.message()
      while let message = answer, message != .pong { answer = await other.message() }
      #expect(answer == .pong)
    }
  }

  @Test func `pages of other origins do not get a socket`() async throws {
    try await TestServer.run { server in
      await #expect(throws: TestSocket.Refused(status: 403)) {
        _ = try await TestSocket.connect(
          port: server.port, headers: [("Origin", "https://evil.example")])
      }
      let own = try await TestSocket.connect(
        port: server.port, headers: [("Origin", "http://localhost:\(server.port)")])
      await own.disconnect()
    }
  }

  @Test func `upgrades to something else or elsewhere are answered as plain requests`() async throws
  {
    try await TestServer.run { server in
      await #expect(throws: TestSocket.Refused(status: 404)) {
        _ = try await TestSocket.connect(port: server.port, path: "/nowhere")
      }
      for upgrade in ["h2c", "websocket, h2c", "tls/1.0"] {
        let reply = try await server.http(
          "GET", "/healthz", headers: [("Upgrade", upgrade), ("Connection", "upgrade")])
        #expect(reply.status == 200)
      }
      let incomplete = try await RawConnection.exchange(
        port: server.port,
        """
        GET /signal HTTP/1.1\r
        Host: localhost\r
        Connection: upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 8\r
        \r

        """)
      #expect(incomplete.hasPrefix("HTTP/1.1 426"))
    }
  }

  @Test func `garbage instead of HTTP is answered or dropped, and nothing breaks`() async throws {
    var timeouts = HTTPAndWebSocketChannel.Timeouts()
    timeouts.firstRequest = .seconds(2)
    try await TestServer.run(timeouts: timeouts) { server in
      for garbage in ["\u{16}\u{3}\u{1}", "GET\r\n\r\n", "\r\n\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        _ = try await RawConnection.exchange(port: server.port, garbage + "\r\n\r\n")
      }
      #expect(try await server.http("GET", "/healthz").status == 200)
    }
  }
}

extension TestSocket.Received {
  /// The code of a close frame.
  var code: Int? {
    if case .close(let code, _) = self { code } else { nil }
  }
}
