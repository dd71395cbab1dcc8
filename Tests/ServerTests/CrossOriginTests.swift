import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct CrossOriginTests {
  private func preflight(_ server: TestServer, _ origin: String) async throws -> HTTPReply {
    try await server.http(
      "OPTIONS", "/v2/rooms",
      headers: [
        ("Origin", origin), ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization, content-type"),
      ])
  }

  @Test func `pages of a listed origin may call the API, without credentials`() async throws {
    try await TestServer.run([.corsOrigins: "https://app.example"]) { server in
      let reply = try await preflight(server, "https://app.example")
      #expect(reply.status == 204)
      #expect(reply["access-control-allow-origin"] == "https://app.example")
      #expect(reply["access-control-allow-methods"]?.contains("POST") == true)
      #expect(reply["access-control-allow-headers"]?.contains("Authorization") == true)
      #expect(reply["access-control-allow-credentials"] == nil)
      #expect(reply["vary"]?.contains("Origin") == true)

      let call = try await server.http(
        "GET", "/v2/rooms",
        headers: [("Origin", "https://app.example"), ("Authorization", server.token)])
      #expect(call.status == 200)
      #expect(call["access-control-allow-origin"] == "https://app.example")
      let refused = try await server.http(
        "GET", "/v2/rooms", headers: [("Origin", "https://app.example")])
      #expect(refused.status == 401)
      #expect(refused["access-control-allow-origin"] == "https://app.example")
    }
  }

  @Test func `pages of other origins may not`() async throws {
    try await TestServer.run([.corsOrigins: "https://app.example"]) { server in
      for origin in [
        "https://evil.example", "http://app.example", "null", "https://app.example.evil",
      ] {
        let reply = try await preflight(server, origin)
        #expect(reply.status == 403, "\(origin)")
        #expect(reply["access-control-allow-origin"] == nil)
        #expect(reply.json["code"] == "ORIGIN_NOT_ALLOWED")
      }
    }
  }

  @Test func `a star is answered with the origin itself, never with credentials`() async throws {
    try await TestServer.run([.corsOrigins: "*"]) { server in
      let reply = try await preflight(server, "https://any.example")
      #expect(reply["access-control-allow-origin"] == "https://any.example")
      #expect(reply["access-control-allow-credentials"] == nil)
    }
  }

  @Test func `development tokens are for pages and programs of this machine`() async throws {
    try await TestServer.run { server in
      func ask(_ headers: [(String, String)]) async throws -> HTTPReply {
        try await HTTPClient.request(
          port: server.port, "POST", "/dev/token", headers: headers,
          body: Array(#"{"roomId":"abc","participantId":"ann","permissions":["allow_join"]}"#.utf8))
      }
      let own = "localhost:\(server.port)"
      let given = try await ask([("Host", own), ("Origin", "http://\(own)")])
      #expect(given.status == 200)
      #expect(given.json["token"]?.string?.split(separator: ".").count == 3)
      #expect(try await ask([("Host", own)]).status == 200)
      #expect(try await ask([("Host", "127.0.0.1:1")]).status == 200)

      #expect(try await ask([("Host", own), ("Origin", "https://evil.example")]).status == 403)
      // A name of the attacker's that resolves to this machine.
      let rebound = "evil.example:\(server.port)"
      #expect(try await ask([("Host", rebound), ("Origin", "http://\(rebound)")]).status == 403)
      #expect(try await ask([("Host", rebound)]).status == 403)
    }
  }

  @Test func `a development token works, and is bound to what was asked for`() async throws {
    try await TestServer.run { server in
      let wish = Array(#"{}"#.utf8)
      let reply = try await server.http("POST", "/dev/token", body: wish)
      let token = try #require(reply.json["token"]?.string)
      let rooms = try await server.http("GET", "/v2/rooms", headers: [("Authorization", token)])
      #expect(rooms.status == 200)
    }
  }

  @Test func `without dev there are no tokens to be had`() async throws {
    let secret: [Setting: String] = [
      .dev: "false", .bind: "127.0.0.1", .apiKey: "key",
      .apiSecret: String(repeating: "s", count: 32),
    ]
    try await TestServer.run(secret) { server in
      let reply = try await server.http("POST", "/dev/token", body: Array("{}".utf8))
      #expect(reply.status == 404)
      #expect(try await server.api("GET", "/v2/rooms").status == 200)
    }
  }
}
