import Control
import Foundation
import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(2))) struct WebhookRESTTests {
  /// Joins without media, and leaves; gives the session.
  private func visit(_ server: TestServer, _ room: String) async throws -> String {
    let socket = try await TestSocket.connect(port: server.port)
    try await socket.send(
      .join(
        id: 1,
        JoinRequest(
          token: server.token, meetingID: room, participantID: "ann", mode: .signallingOnly)))
    guard case .reply(1, .joined(let reply)) = await socket.message() else { return "" }
    try await socket.send(.request(id: 2, .leave))
    _ = await socket.closing()
    return reply.sessionID
  }

  /// Asks until the answer is as wanted.
  private func until(
    _ server: TestServer, _ path: String, _ isReady: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    while true {
      let reply = try await server.api("GET", path)
      if isReady(reply.json) { return reply.json }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  @Test func `a room's webhook is called, and REST tells how that went`() async throws {
    let receiver = try await ScriptedReceiver([
      ScriptedReceiver.answer("500 No"), ScriptedReceiver.answer("200 OK"),
    ])
    try await TestServer.run { server in
      let endPoint = "http://127.0.0.1:\(receiver.port)/hook"
      let made = try await server.api(
        "POST", "/v2/rooms", #"{"webhook":{"endPoint":"\#(endPoint)"}}"#)
      #expect(made.json["webhook"] == ["endPoint": .string(endPoint), "events": []])
      let room = try #require(made.json["roomId"]?.string)
      let session = try await visit(server, room)

      let waiting = try await until(
        server, "/v2/webhooks/deliveries?state=waiting&sessionId=\(session)"
      ) {
        guard case .array(let data) = $0["data"] else { return false }
        return data.count == 4 && data.last?["attempts"] == 1
      }
      guard case .array(let data) = waiting["data"] else { return }
      #expect(
        data.map { $0["type"] } == [
          "session-ended", "participant-left", "participant-joined", "session-started",
        ])
      let first = try #require(data.last)
      #expect(first["lastStatus"] == 500 && first["lastError"] == "answered with 500")
      #expect(first["nextAttemptAt"]?.string != nil && first["sequence"] == 1)
      let id = try #require(first["id"]?.string)

      let again = try await server.api("POST", "/v2/webhooks/deliveries/\(id)/redeliver")
      #expect(again.json["state"] == "waiting" && again.json["attempts"] == 0)
      _ = try await until(server, "/v2/webhooks/deliveries?state=delivered&roomId=\(room)") {
        $0["pageInfo"]?["total"] == 4
      }
      let bodies = receiver.received.compactMap { request in
        request.firstRange(of: "\r\n\r\n").map { String(request[$0.upperBound...]) }
      }
      #expect(bodies.count == 5 && bodies[0] == bodies[1])
      let one = try await server.api("GET", "/v2/webhooks/deliveries/\(id)")
      #expect(
        try one.json["body"] == SignalJSON.decode(JSONValue.self, from: bodies[0].utf8))
      #expect(one.json["state"] == "delivered" && one.json["lastStatus"] == 200)

      let events = try await server.api("GET", "/v2/sessions/\(session)/events")
      guard case .array(let log) = events.json["data"] else { return }
      #expect(log.map { $0["sequence"] } == [1, 2, 3, 4])
      #expect(log[1]["data"]?["participantId"] == "ann" && log[1]["time"]?.string != nil)
    }
    try await receiver.close()
  }

  @Test func `the public key needs no token and stays; the secret needs one`() async throws {
    try await TestServer.run { server in
      let key = try await server.http("GET", "/v2/public/rsa-public-key")
      #expect(key.json["publicKey"]?.string?.hasPrefix("-----BEGIN PUBLIC KEY-----") == true)
      let again = try await server.http("GET", "/v2/public/rsa-public-key")
      #expect(again.json == key.json)
      #expect(try await server.http("GET", "/v2/webhooks/secret").status == 401)
      let secret = try await server.api("GET", "/v2/webhooks/secret")
      #expect(secret.json["secret"]?.string?.hasPrefix("whsec_") == true)
    }
  }

  @Test func `what is not there, and states that are none, are refused`() async throws {
    try await TestServer.run { server in
      for path in ["7", "x", "-1"] {
        let reply = try await server.api("GET", "/v2/webhooks/deliveries/\(path)")
        #expect(reply.status == 404 && reply.json["code"] == "DELIVERY_NOT_FOUND")
      }
      #expect(try await server.api("GET", "/v2/webhooks/deliveries?state=lost").status == 400)
      #expect(try await server.api("GET", "/v2/sessions/none/events").status == 404)
      let none = try await server.api("POST", "/v2/webhooks/redeliver", #"{"state":"dead"}"#)
      #expect(none.json == ["count": 0])
    }
  }
}
