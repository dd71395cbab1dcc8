import Control
import HTTPTypes
import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct OpenAPITests {
  @Test func `the document has every route and nothing else`() async throws {
    try await TestServer.run { server in
      let reply = try await server.http("GET", "/openapi.json")
      #expect(reply.status == 200)
      #expect(reply["content-type"] == "application/json; charset=utf-8")
      let document = reply.json
      #expect(document["openapi"] == "3.1.0")
      var described: Set<String> = []
      for (path, item) in document["paths"]?.object ?? [:] {
        for (method, operation) in item.object ?? [:] {
          described.insert("\(method.uppercased()) \(path)")
          #expect(operation["summary"]?.string?.hasSuffix(".") == true, "\(method) \(path)")
          #expect(operation["responses"]?.object?.isEmpty == false, "\(method) \(path)")
        }
      }
      let routes = server.server.gateway.routes.routes
      #expect(described == Set(routes.map { "\($0.method.rawValue) \($0.path)" }))
      #expect(described.contains("GET /openapi.json"))
    }
  }

  @Test func `every reference leads somewhere`() async throws {
    try await TestServer.run { server in
      let document = try await server.inProcess("GET", "/openapi.json").json
      var references: Set<String> = []
      func collect(_ value: JSONValue) {
        switch value {
        case .object(let members):
          if case .string(let target)? = members["$ref"] { references.insert(target) }
          members.values.forEach(collect)
        case .array(let elements): elements.forEach(collect)
        case .null, .bool, .integer, .number, .string: break
        }
      }
      collect(document)
      #expect(references.count > 10)
      for reference in references {
        let target = reference.split(separator: "/").dropFirst().reduce(Optional(document)) {
          $0?[String($1)]
        }
        #expect(target != nil, "\(reference)")
      }
    }
  }

  @Test func `every parameter of a path is explained`() async throws {
    try await TestServer.run { server in
      for route in server.server.gateway.routes.routes {
        for name in route.parameterNames {
          #expect(PathParameter(rawValue: name) != nil, "\(name) of \(route.path)")
        }
        for status in route.refusals {
          #expect(OpenAPIDocument.refusalDescriptions[status] != nil, "\(status)")
        }
      }
    }
  }

  @Test func `examples of bodies are what their schemas say`() async throws {
    try await TestServer.run { server in
      let document = try await server.inProcess("GET", "/openapi.json").json
      let check = SchemaCheck(document: document)
      for route in server.server.gateway.routes.routes {
        guard let body = route.document.body else { continue }
        #expect(check.violations(of: body.example ?? [:], body.reference) == [], "\(route.path)")
      }
    }
  }

  @Test func `resources are what their schemas say, with everything and with little`() throws {
    let time = Timestamp(milliseconds: 1_711_531_800_007)
    let roomLinks = RoomLinks(room: "r", session: "s")
    let links = SessionLinks(room: "r", session: "s", allParticipants: "a")
    let owner = RoomResource.Owner(id: "t", name: "k", email: "")
    let log = [TimelogResource(start: time, end: nil), TimelogResource(start: time, end: time)]
    let participant = SessionParticipantResource(
      id: "o", participantId: "ann", name: "Ann", timelog: log)
    let active = ActiveParticipantResource(
      id: "o", participantId: "ann", name: "Ann", events: .init(mic: log), timelog: log,
      initTime: time,
      deviceInfo: .init(ClientDescription(sdk: "js", userAgent: "Firefox/1 (X11; Linux)")),
      changeModeHistory: [.init(mode: .receiveOnly, timelog: log, id: "o")], mode: .receiveOnly)
    let sample = SampleResource(
      time: time, recvAudioPacketLost: 0, recvVideoPacketLost: 1, sendAudioPacketLost: 2,
      sendVideoPacketLost: 3, averageAudioRtt: 1.5, averageVideoRtt: nil, averageAudioJitter: nil,
      averageVideoJitter: 2, averageSendAudioBitrate: 32, averageSendVideoBitrate: 0,
      averageRecvAudioBitrate: 31.5, averageRecvVideoBitrate: 800,
      qualityScore: .init(audio: 4.2, video: nil))
    let values: [(any Encodable & Sendable, Schema)] = [
      (
        RoomResource(
          roomId: "r", customRoomId: nil, userId: "t", user: nil, disabled: false, createdAt: time,
          updatedAt: time, id: "o", links: roomLinks), .room
      ),
      (
        RoomResource(
          roomId: "r", customRoomId: "c", userId: nil, user: owner, disabled: true,
          status: "disabled", createdAt: time, updatedAt: time, id: "o", links: roomLinks), .room
      ),
      (
        DeactivatedRoomResource(
          meetingId: "r", userMeetingId: nil, user: owner, createdAt: time, updatedAt: time,
          id: "o"), .deactivatedRoom
      ),
      (
        SessionResource(
          id: "s", userId: "t", roomId: "r", customRoomId: "c", start: time, end: time,
          participants: [participant], activeDuration: 7, chatLink: "l", status: .ended,
          endReason: "ended-by-api", links: links), .session
      ),
      (
        SessionResource(
          id: "s", userId: "t", roomId: "r", customRoomId: nil, start: time, end: nil,
          participants: [], activeDuration: 0, chatLink: nil, status: .ongoing, endReason: nil,
          links: links), .session
      ),
      (
        ObjectPage(
          SessionParticipantsResource(
            id: "s", roomId: "r", customRoomId: nil, participants: [participant], links: links),
          pageInfo: PageInfo(.first, total: 1)), .objectPage(.sessionParticipants)
      ),
      (
        Page(
          [
            ActiveSessionResource(
              id: "s", apiKey: "k", start: time, end: nil, participants: [active], roomId: "r",
              status: .ongoing, links: links)
          ], pageInfo: PageInfo(.first, total: 1)), .page(.activeSession)
      ),
      (
        KeyResource(
          key: "k", name: "n", tenantId: "t", isAdmin: false, createdAt: time, revokedAt: nil,
          lastUsedAt: time), .key
      ),
      (
        KeyResource(
          key: "k", name: "n", tenantId: "t", isAdmin: true, createdAt: time, revokedAt: nil,
          lastUsedAt: nil, secret: "s"), .createdKey
      ),
      (
        AuditResource(time: time, actor: "k", action: "key.created", target: "t", detail: ""),
        .audit
      ),
      (
        ParticipantStatsResource(
          sessionId: "s", meetingId: "r", participantId: "p", participantName: "P",
          browser: .init(name: "Firefox", version: nil), client: ClientDescription(sdk: "js"),
          network: .wifi, stats: [sample],
          resolutionUsage: [.init(counts: [0, 1, 2, 3, 4, 5], time: time)],
          summary: .init(
            joinMilliseconds: 1, reconnects: 0, freezes: 0, freezeMilliseconds: 0, audioScore: 4.1,
            videoScore: nil)), .participantStats
      ),
      (
        ParticipantStatsResource(
          sessionId: "s", meetingId: "r", participantId: "p", participantName: "P", browser: nil,
          client: ClientDescription(), network: nil, stats: [], resolutionUsage: [],
          summary: .init(
            joinMilliseconds: nil, reconnects: 0, freezes: 0, freezeMilliseconds: 0,
            audioScore: nil, videoScore: nil)), .participantStats
      ),
      (SessionStatsResource(sessionId: "s", meetingId: "r", stats: [sample]), .sessionStats),
      (
        UsageResource(
          sessions: 1, videoScore: 4,
          days: [.init(day: "2024-03-27", sessions: 1, participantMinutes: 2)]), .usage
      ),
      (
        LiveResource(
          rooms: [
            .init(
              roomId: "r", customRoomId: nil, sessionId: "s", start: time,
              participants: [
                .init(
                  participantId: "p", name: "P", mode: .sendAndReceive, streams: [.audio],
                  audioScore: nil, videoScore: 4, rtt: 1.5)
              ])
          ], totals: .init()), .live
      ),
      (ErrorBody(statusCode: 404, code: "C", message: "m"), .error),
    ]
    for (value, schema) in values {
      var components: [String: JSONValue] = [:]
      schema.collect(into: &components)
      let check = SchemaCheck(document: ["components": ["schemas": .object(components)]])
      let json = try SignalJSON.decode(JSONValue.self, from: SignalJSON.encode(value))
      #expect(check.violations(of: json, schema.reference) == [])
    }
  }

  @Test func `a value that breaks its schema is noticed`() throws {
    var components: [String: JSONValue] = [:]
    Schema.key.collect(into: &components)
    let check = SchemaCheck(document: ["components": ["schemas": .object(components)]])
    for bad in [
      [:], ["key": 7], "text", nil, [],
    ] as [JSONValue] {
      #expect(!check.violations(of: bad, Schema.key.reference).isEmpty)
    }
  }
}
