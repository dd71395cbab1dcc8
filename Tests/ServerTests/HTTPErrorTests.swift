import HTTPTypes
import Hummingbird
import NIOCore
import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPErrorTests {
  /// A request that must be refused, and how.
  struct Case: Sendable, CustomTestStringConvertible {
    var method: String
    var path: String
    var body: String?
    var status: Int
    var code: String
    /// What the message must name.
    var says = ""

    var testDescription: String { "\(method) \(path.prefix(60)) \(body?.prefix(40) ?? "")" }

    init(
      _ method: String, _ path: String, _ body: String, _ status: Int, _ code: String,
      says: String = ""
    ) {
      self.init(method, path, status, code, says: says)
      self.body = body
    }

    init(_ method: String, _ path: String, _ status: Int, _ code: String, says: String = "") {
      self.method = method
      self.path = path
      self.status = status
      self.code = code
      self.says = says
    }
  }

  static let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)

  static let cases: [Case] = [
    Case("GET", "/nowhere", 404, "ROUTE_NOT_FOUND"),
    Case("GET", "/v2", 404, "ROUTE_NOT_FOUND"),
    Case("GET", "/v3/rooms", 404, "ROUTE_NOT_FOUND"),
    Case("POST", "/v2/rooms/a/b", "{}", 404, "ROUTE_NOT_FOUND"),
    Case("DELETE", "/", 404, "PAGE_NOT_FOUND"),
    Case("DELETE", "/v2/rooms", 405, "METHOD_NOT_ALLOWED", says: "POST, GET"),
    Case("PUT", "/v2/sessions", "{}", 405, "METHOD_NOT_ALLOWED", says: "GET"),
    Case("GET", "/v2/sessions/a/participants/remove", 404, "ROUTE_NOT_FOUND"),
    Case("PROPFIND", "/v2/rooms", 405, "METHOD_NOT_ALLOWED"),
    Case("POST", "/healthz", "{}", 405, "METHOD_NOT_ALLOWED"),
    Case("GET", "/signal", 426, "UPGRADE_REQUIRED"),
    Case("GET", "/%zz", 400, "INVALID_URL"),
    Case("POST", "/v2/rooms", "{", 400, "INVALID_JSON"),
    Case("POST", "/v2/rooms", "not json", 400, "INVALID_JSON"),
    Case("POST", "/v2/rooms", "{\"customRoomId\":\"\u{1}\"}", 400, "INVALID_JSON"),
    Case("POST", "/v2/rooms", "[]", 400, "INVALID_PARAMETER"),
    Case("POST", "/v2/rooms", "null", 400, "INVALID_PARAMETER"),
    Case("POST", "/v2/rooms", "7", 400, "INVALID_PARAMETER"),
    Case(
      "POST", "/v2/rooms", #"{"customRoomId":7}"#, 400, "INVALID_PARAMETER", says: "customRoomId"),
    Case("POST", "/v2/rooms", #"{"x":\#(deep)}"#, 400, "INVALID_PARAMETER", says: "deep"),
    Case("POST", "/v2/rooms/deactivate", "{}", 400, "INVALID_PARAMETER", says: "roomId"),
    Case(
      "POST", "/v2/rooms/deactivate", #"{"roomId":null}"#, 400, "INVALID_PARAMETER", says: "roomId"),
    Case("POST", "/v2/sessions/end", #"{"roomId":[1]}"#, 400, "INVALID_PARAMETER", says: "roomId"),
    Case(
      "POST", "/v2/sessions/participants/remove", #"{"roomId":"a"}"#, 400, "INVALID_PARAMETER",
      says: "participantId"),
    Case("POST", "/v2/rooms/abcd", #"{"status":"off"}"#, 400, "INVALID_PARAMETER", says: "status"),
    Case("GET", "/v2/rooms?page=0", 400, "INVALID_PARAMETER", says: "page"),
    Case("GET", "/v2/rooms?page=two", 400, "INVALID_PARAMETER", says: "page"),
    Case("GET", "/v2/sessions?perPage=-1", 400, "INVALID_PARAMETER", says: "perPage"),
    Case("GET", "/v2/rooms?page=99999999999999999999", 400, "INVALID_PARAMETER", says: "page"),
    Case("GET", "/v2/rooms/nosuch", 404, "ROOM_NOT_FOUND"),
    Case("GET", "/v2/rooms/validate/nosuch", 404, "ROOM_NOT_FOUND"),
    Case("POST", "/v2/sessions/end", #"{"roomId":"nosuch"}"#, 404, "ROOM_NOT_FOUND"),
    Case("GET", "/v2/sessions/nosuch", 404, "SESSION_NOT_FOUND"),
    Case("GET", "/v2/sessions/nosuch/participants", 404, "SESSION_NOT_FOUND"),
    Case("GET", "/v2/sessions/nosuch/participants/active", 404, "SESSION_NOT_FOUND"),
    Case("GET", "/v2/sessions/nosuch/chat.csv", 404, "SESSION_NOT_FOUND"),
    Case("POST", "/dev/token", #"{"permissions":["allow_all"]}"#, 400, "INVALID_PARAMETER"),
  ]

  private func check(_ reply: HTTPReply, _ test: Case) {
    #expect(reply.status == test.status)
    #expect(reply["content-type"] == "application/json; charset=utf-8")
    #expect(reply.json["statusCode"] == .integer(Int64(test.status)))
    #expect(reply.json["code"] == .string(test.code))
    let message = reply.json["message"]?.string ?? ""
    #expect(!message.isEmpty)
    #expect(reply.json["error"]?.string?.isEmpty == false)
    #expect(message.contains(test.says), "\(message)")
  }

  @Test func `every kind of bad request is refused as JSON that says what is wrong`() async throws {
    let empty = try TemporaryFolder()
    defer { empty.remove() }
    try await TestServer.run([.web: empty.path]) { server in
      for test in Self.cases {
        let reply = try await server.http(
          test.method, test.path, headers: [("Authorization", server.token)],
          body: test.body.map { Array($0.utf8) })
        check(reply, test)
      }
    }
  }

  @Test func `the same holds without a socket`() async throws {
    let empty = try TemporaryFolder()
    defer { empty.remove() }
    try await TestServer.run([.web: empty.path]) { server in
      for test in Self.cases {
        let reply = try await server.inProcess(
          test.method, test.path, headers: [("Authorization", server.token)],
          body: test.body.map { Array($0.utf8) })
        check(reply, test)
      }
    }
  }

  @Test func `no route of the API answers without a valid token`() async throws {
    try await TestServer.run { server in
      let open: Set = [
        "/healthz", "/readyz", "/signal", "/dev/token", "/openapi.json",
        "/v2/public/rsa-public-key", "/v2/outputs/{outputId}/files/{fileId}",
        "/hls/{outputId}/{file}", "/hls/{outputId}/{rendition}/{file}",
      ]
      let routes = server.server.gateway.routes.routes.filter { !open.contains($0.path) }
      #expect(routes.count >= 14)
      for route in routes {
        let path = route.parameterNames.reduce(route.path) { $0.replacing("{\($1)}", with: "a") }
        for token in [nil, "", "junk", "a.b.c", "Bearer ", server.token + "x"] {
          let reply = try await server.http(
            route.method.rawValue, path, headers: token.map { [("Authorization", $0)] } ?? [],
            body: route.method == .post ? Array("{}".utf8) : nil)
          #expect(reply.status == 401, "\(route.method) \(path) with \(token ?? "none")")
          #expect(reply.json["statusCode"] == 401)
        }
      }
    }
  }

  @Test func `a body over 256 KiB is refused, announced or not`() async throws {
    try await TestServer.run { server in
      let limit = APIRequest.maximumBodySize
      let fitting =
        Array("{\"x\":\"".utf8) + Array(repeating: 0x61, count: limit - 8) + Array("\"}".utf8)
      let ok = try await server.http(
        "POST", "/v2/rooms", headers: [("Authorization", server.token)], body: fitting)
      #expect(ok.status == 200)

      let big = fitting + [0x20]
      let announced = try await server.http(
        "POST", "/v2/rooms", headers: [("Authorization", server.token)], body: big)
      #expect(announced.status == 413)
      #expect(announced.json["code"] == "BODY_TOO_LARGE")
      let chunked = try await server.http(
        "POST", "/v2/rooms",
        headers: [("Authorization", server.token), ("Transfer-Encoding", "chunked")], body: big)
      #expect(chunked.status == 413)
      #expect(chunked.json["code"] == "BODY_TOO_LARGE")
    }
  }

  @Test func `a method's refusal names those that are possible`() async throws {
    try await TestServer.run { server in
      let reply = try await server.api("DELETE", "/v2/rooms")
      #expect(reply["allow"] == "POST, GET")
      let options = try await server.http("OPTIONS", "/v2/rooms")
      #expect(options.status == 204)
      #expect(options["allow"] == "POST, GET, OPTIONS")
    }
  }
}
