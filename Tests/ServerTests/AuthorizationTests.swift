import Control
import FoundationEssentials
import HTTPTypes
import Server
import Signal
import Testing

/// Every REST route with every kind of token.
@Suite(.timeLimit(.minutes(2))) struct RouteAuthorizationTests {
  /// What a request comes with.
  enum Credential: CaseIterable {
    case none, junk, algNone, stripped, unknownKey, forged, revokedKey, expired, noExpiry, notYet
    case otherTenant, otherRoom, ownRoom, participant, crawler, rtc, joinOnly, moderator, guest
    case nothing, everything
  }

  /// What the table says becomes of it.
  enum Expected: Equatable {
    case unauthorized, forbidden
    /// As if what is named did not exist; lists show nothing of it.
    case hidden
    case allowed
  }

  private static func expected(_ credential: Credential, _ operation: Operation) -> Expected {
    let requirement = operation.requirement
    guard requirement.entrance != .everybody else { return .allowed }
    let permissions: Set<Permission>
    switch credential {
    case .none, .junk, .algNone, .stripped, .unknownKey, .forged, .revokedKey, .expired, .noExpiry,
      .notYet:
      return .unauthorized
    case .rtc:
      guard requirement.entrance == .both else { return .forbidden }
      permissions = [.allowJoin, .allowMod]
    case .joinOnly: permissions = [.allowJoin]
    case .moderator: permissions = [.allowMod]
    case .guest: permissions = [.askJoin]
    case .nothing: permissions = []
    case .crawler: permissions = requirement.permissions
    case .otherTenant, .otherRoom, .ownRoom, .participant, .everything:
      permissions = [.allowJoin, .allowMod]
    }
    if !requirement.permissions.isEmpty, requirement.permissions.isDisjoint(with: permissions) {
      return .forbidden
    }
    if requirement.isAdminOnly, credential == .otherTenant { return .forbidden }
    switch credential {
    case .otherRoom, .ownRoom, .participant:
      if requirement.binding == .unbound { return .forbidden }
      return credential == .otherRoom ? .hidden : .allowed
    case .otherTenant: return .hidden
    default: return .allowed
    }
  }

  /// What is there, and goes where the documents' examples are.
  struct Scene: Sendable {
    var room: String
    var otherRoom: String
    var session: String
    var key: String

    /// With the ids of what is there, or of nothing.
    func fill(_ text: String, absent: Bool = false) -> String {
      text.replacing(PathParameter.roomId.example, with: absent ? "zzzz-zzzz-zzzz" : room)
        .replacing(PathParameter.sessionId.example, with: absent ? "0badc0de" : session)
        .replacing(PathParameter.key.example, with: absent ? "0badc0de" : key)
    }

    func names(in text: String) -> Bool { text.contains(room) || text.contains(session) }
  }

  private static func tokens(
    _ server: TestServer, _ scene: Scene
  ) async throws -> [Credential: String] {
    let now = SystemTime.source().wall
    let seconds = Double(now.milliseconds / 1_000)
    let devkey = Configuration.Credential.development
    let signer = try await TokenSigner(APIKey(key: devkey.key, secret: devkey.secret.value))
    func token(
      _ permissions: [Permission]? = nil, roles: [TokenRole] = [], room: String? = nil,
      participant: String? = nil
    ) throws -> String {
      try signer.token(
        permissions: permissions, roles: roles, roomID: room, participantID: participant,
        validFor: 600, at: now)
    }
    func made(_ name: String) async throws -> (key: String, token: String) {
      let reply = try await server.inProcess(
        "POST", "/v2/keys", headers: [("Authorization", server.token)],
        body: Array(#"{"name":"\#(name)"}"#.utf8))
      let key = try #require(reply.json["key"]?.string)
      let secret = try #require(reply.json["secret"]?.string)
      let signer = try await TokenSigner(APIKey(key: key, secret: secret))
      return (key, try signer.token(validFor: 600, at: now))
    }
    let revoked = try await made("revoked")
    let reply = try await server.inProcess(
      "POST", "/v2/keys/\(revoked.key)/revoke", headers: [("Authorization", server.token)])
    #expect(reply.status == 200)
    let unknown = try await TokenSigner(APIKey(key: "nobody", secret: devkey.secret.value))
    let forger = try await TokenSigner(
      APIKey(key: devkey.key, secret: "a-secret-that-the-server-does-not-know"))
    func signed(_ claims: [String: JSONValue]) throws -> String {
      try signer.sign(
        JSONValue.object(claims.merging(["apikey": .string(devkey.key)]) { $1 }))
    }
    let body = server.token.split(separator: ".")[1]
    return [
      .none: "", .junk: "junk", .algNone: "eyJhbGciOiJub25lIn0.\(body).",
      .stripped: server.token.prefix { $0 != "." } + ".\(body).",
      .unknownKey: try unknown.token(validFor: 600, at: now),
      .forged: try forger.token(validFor: 600, at: now), .revokedKey: revoked.token,
      .expired: try signed(["exp": .number(seconds - 61)]), .noExpiry: try signed([:]),
      .notYet: try signed(["exp": .number(seconds + 900), "nbf": .number(seconds + 300)]),
      .otherTenant: try await made("other").token, .otherRoom: try token(room: scene.otherRoom),
      .ownRoom: try token(room: scene.room), .participant: try token(participant: "ann"),
      .crawler: try token([], roles: [.crawler]), .rtc: try token(roles: [.rtc]),
      .joinOnly: try token([.allowJoin]), .moderator: try token([.allowMod]),
      .guest: try token([.askJoin]), .nothing: try token([]), .everything: server.token,
    ]
  }

  /// What ends things comes last.
  private static func order(_ operation: Operation) -> Int {
    switch operation {
    case .removeParticipant: 1
    case .endSession: 2
    case .deactivateRoom: 3
    default: 0
    }
  }

  @Test func `every route answers every kind of token as the table says`() async throws {
    try await TestServer.run(
      [.maxRequestsPerSecond: "0", .composerCores: "0"],
      composers: EchoComposers(finishesAtOnce: false)
    ) { server in
      let room = try await SignallingSocketTests.room(server)
      let (_, joined) = try await SignallingSocketTests.join(server, room, "ann")
      _ = try await SignallingSocketTests.join(server, room, "bob")
      let made = try await server.api("POST", "/v2/keys", #"{"name":"spare"}"#)
      let scene = Scene(
        room: room, otherRoom: try await SignallingSocketTests.room(server),
        session: joined.sessionID, key: try #require(made.json["key"]?.string))
      let tokens = try await Self.tokens(server, scene)
      #expect(Set(tokens.keys) == Set(Credential.allCases))
      let document = try await server.inProcess("GET", "/openapi.json").json
      let check = SchemaCheck(document: document)

      let all = server.server.gateway.routes.routes
      let routes = (0...3).flatMap { order in all.filter { Self.order($0.operation) == order } }
      for route in routes {
        // Those that are let in come last: they may change what there is.
        let credentials = Credential.allCases.sorted {
          (Self.expected($0, route.operation) == .allowed ? 1 : 0, $0 == .everything ? 0 : 1)
            < (Self.expected($1, route.operation) == .allowed ? 1 : 0, $1 == .everything ? 0 : 1)
        }
        for credential in credentials {
          let token = try #require(tokens[credential])
          try await Self.check(
            route, credential, token, scene, server, document: document, check)
        }
      }
    }
  }

  private static func check(
    _ route: Route, _ credential: Credential, _ token: String, _ scene: Scene,
    _ server: TestServer, document: JSONValue, _ check: SchemaCheck
  ) async throws {
    let path = route.parameterNames.reduce(route.path) { path, name in
      path.replacing("{\(name)}", with: PathParameter(rawValue: name)?.example ?? "x")
    }
    let body = route.document.body.map { schema in
      String(decoding: SignalJSON.encode(schema.example ?? [:]), as: UTF8.self)
    }
    func send(absent: Bool = false) async throws -> HTTPReply {
      try await server.inProcess(
        route.method.rawValue, scene.fill(path, absent: absent),
        headers: token.isEmpty ? [] : [("Authorization", token)],
        body: body.map { Array(scene.fill($0, absent: absent).utf8) })
    }
    let reply = try await send()
    let text = String(decoding: reply.body, as: UTF8.self)
    let place: Comment = "\(route.method) \(route.path) with \(credential): \(reply.status) \(text)"
    switch expected(credential, route.operation) {
    case .unauthorized: #expect(reply.status == 401, place)
    case .forbidden:
      #expect(reply.status == 403, place)
      #expect(!scene.names(in: text), place)
    case .hidden:
      #expect(!scene.names(in: text), place)
      let isNamed = scene.fill(path + (body ?? "")) != path + (body ?? "")
      if isNamed {
        #expect(reply.status == 404, place)
        let absent = try await send(absent: true)
        #expect(absent.status == reply.status && absent.body == reply.body, place)
      } else {
        #expect([200, 403, 404].contains(reply.status), place)
      }
    case .allowed:
      #expect(reply.status < 500 || reply.status == 503, place)
      if route.operation.requirement.entrance != .everybody {
        #expect(reply.status != 401 && (reply.status != 403 || credential == .ownRoom), place)
      }
      // There is nothing yet that could be merged.
      if credential == .everything, route.operation == .mergeRecordings {
        #expect(reply.status == 404, place)
        break
      }
      let known: Set = ["roomId", "sessionId", "participantId", "key"]
      if credential == .everything, case .none = route.document.answer {
      } else if credential == .everything, known.isSuperset(of: route.parameterNames) {
        #expect(reply.status == 200, place)
      }
    }
    try documented(route, reply, document, check, place)
  }

  /// Status and body are what the description of the API says.
  private static func documented(
    _ route: Route, _ reply: HTTPReply, _ document: JSONValue, _ check: SchemaCheck,
    _ place: Comment
  ) throws {
    let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
    var response = try #require(operation?["responses"]?[String(reply.status)], place)
    if case .string(let reference)? = response["$ref"],
      let name = reference.split(separator: "/").last
    {
      response = try #require(document["components"]?["responses"]?[String(name)])
    }
    let type = try #require(reply["content-type"], place)
    let content = try #require(response["content"]?.object)
    let media = content.first { type.hasPrefix($0.key) }
    let schema = try #require(media?.value["schema"], place)
    if type.hasPrefix("application/json") {
      let wrong = check.violations(of: reply.json, schema)
      #expect(wrong.isEmpty, "\(wrong) \(place)")
    }
  }

  @Test func `every route has an operation of its own, and every operation a route`() async throws {
    try await TestServer.run { server in
      let routes = server.server.gateway.routes.routes
      let verbs = Operation.allCases.filter {
        $0.requirement.entrance == .signalling || $0 == .resume
      }
      let routed = Set(routes.map(\.operation))
      #expect(routed.isDisjoint(with: verbs))
      #expect(routed.union(verbs) == Set(Operation.allCases))
      let names = routes.map(\.operationID)
      #expect(Set(names).count == names.count)
    }
  }
}
