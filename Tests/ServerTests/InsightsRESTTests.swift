import Signal
import Testing

@Suite(.timeLimit(.minutes(2))) struct InsightsRESTTests {
  @Test func `statistics, usage and the overview are found at their addresses`() async throws {
    try await TestServer.run { server in
      let room = try await SignallingSocketTests.room(server)
      let (ann, joined) = try await SignallingSocketTests.join(server, room, "ann")
      try await ann.send(.request(id: 2, .report(QualityReport(freezes: 1, network: .ethernet))))
      let told = [await ann.message(), await ann.message()]
      #expect(told.contains(.reply(id: 2, .ok)))
      let session = "/v2/sessions/\(joined.sessionID)"

      for word in ["participant", "participants"] {
        let stats = try await server.api("GET", "\(session)/\(word)/ann/stats")
        #expect(stats.status == 200)
        #expect(stats.json["participantId"] == "ann" && stats.json["meetingId"] == .string(room))
        #expect(stats.json["stats"] == .array([]))
        #expect(stats.json["network"]?["asn"] == .null)
        let table = try await server.api("GET", "\(session)/\(word)/ann/stats?format=csv")
        #expect(table["content-type"] == "text/csv; charset=utf-8")
        #expect(String(decoding: table.body, as: UTF8.self).hasPrefix("time,recvAudioPacketLost,"))
      }
      let all = try await server.api("GET", "\(session)/stats")
      #expect(all.json["sessionId"] == .string(joined.sessionID))
      #expect(try await server.api("GET", "\(session)/stats?format=xls").status == 400)
      #expect(try await server.api("GET", "\(session)/participants/eve/stats").status == 404)
      #expect(try await server.api("GET", "/v2/sessions/none/stats").status == 404)

      let live = try await server.api("GET", "/v2/live")
      #expect(live.json["totals"]?["participants"] == 1)
      guard case .array(let rooms) = live.json["rooms"], let found = rooms.first else {
        Issue.record("no rooms")
        return
      }
      #expect(found["roomId"] == .string(room) && found["customRoomId"] == .null)

      let span = "from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00.000Z"
      let usage = try await server.api("GET", "/v2/insights/usage?\(span)")
      #expect(usage.json["sessions"] == 1 && usage.json["audioScore"] == .null)
      for wrong in ["?from=2200-01-01T00:00:00Z", "?from=yesterday", "?to=today"] {
        #expect(try await server.api("GET", "/v2/insights/usage\(wrong)").status == 400)
      }
      for path in ["/v2/live", "\(session)/stats", "/v2/insights/usage?\(span)"] {
        #expect(try await server.http("GET", path).status == 401)
      }
    }
  }
}
