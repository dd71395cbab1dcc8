import Control
import SFU
import Signal
import Testing

/// From what a shard tells to what REST shows.
@Suite(.timeLimit(.minutes(1))) struct DirectoryInsightsTests {
  private func json(_ value: some Encodable) throws -> JSONValue {
    try SignalJSON.decode(JSONValue.self, from: SignalJSON.encode(value))
  }

  private func quality(_ endpoint: UInt32, lost: Int = 0) -> EndpointQuality {
    var quality = EndpointQuality(endpoint: EndpointNumber(endpoint), milliseconds: 5_000)
    quality.sentAudio = MediaFlow(packets: 250, lost: lost, bytes: 20_000)
    quality.sentAudio?.jitterMicroseconds = 1_500
    quality.receivedAudio = MediaFlow(packets: 250, bytes: 20_000)
    quality.receivedAudio?.roundTripMicroseconds = 18_000
    quality.receivedVideo = MediaFlow(packets: 600, bytes: 625_000)
    quality.receivedVideo?.framesPerSecond = 30
    quality.shown = SizeCounts()
    quality.shown?.count(width: 1_280, height: 720)
    return quality
  }

  /// Two in a room, ten seconds in, with two samples each; endpoints are numbered in that order.
  private func call() async throws -> (server: DirectoryHarness, room: String, session: String) {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom("team")
    let ann = try await server.join(room, "ann")
    _ = try await server.join(room, "bob")
    let session = try #require(try await ann.joined()).sessionID
    for endpoint in [1, 2] as [UInt32] {
      await server.directory.receive(.shard(ShardNumber(0), .connected(EndpointNumber(endpoint))))
    }
    for _ in 0..<2 {
      server.clock.advance(5_000)
      await server.directory.receive(
        .shard(ShardNumber(0), .quality([quality(1, lost: 5), quality(2), quality(77)])))
      await server.directory.tick()
    }
    return (server, room, session)
  }

  @Test func `a participant's statistics have the shape of the public surface`() async throws {
    let (server, room, session) = try await call()
    let directory = server.directory

    let stats = try json(
      try await directory.stats(session: session, participantID: "ann", server.access()))

    #expect(stats["sessionId"]?.string == session && stats["meetingId"]?.string == room)
    #expect(stats["participantId"] == "ann" && stats["participantName"] == "ann")
    guard case .array(let samples) = stats["stats"], samples.count == 2 else {
      Issue.record("\(stats)")
      return
    }
    #expect(
      Set(samples[0].object.map { Array($0.keys) } ?? []) == [
        "time", "recvAudioPacketLost", "recvVideoPacketLost", "sendAudioPacketLost",
        "sendVideoPacketLost", "averageAudioRtt", "averageVideoRtt", "averageAudioJitter",
        "averageVideoJitter", "averageSendAudioBitrate", "averageSendVideoBitrate",
        "averageRecvAudioBitrate", "averageRecvVideoBitrate", "qualityScore",
      ])
    func number(_ name: String) -> Double? { samples[0][name]?.double }
    #expect(number("sendAudioPacketLost") == 5 && number("recvAudioPacketLost") == 0)
    #expect(number("averageAudioRtt") == 18 && number("averageAudioJitter") == 1.5)
    #expect(number("averageSendAudioBitrate") == 32)
    #expect(number("averageRecvVideoBitrate") == 1_000)
    #expect(samples[0]["averageVideoJitter"] == .null)
    #expect(samples[0]["qualityScore"]?["video"]?.double == 5)
    #expect(stats["location"] == ["country": .null, "city": .null, "region": .null])
    guard case .array(let sizes) = stats["resolutionUsage"] else {
      Issue.record("no sizes")
      return
    }
    #expect(sizes.count == 2 && sizes[0]["720"] == 1 && sizes[0]["180"] == 0)
    #expect(sizes[0]["time"] == samples[0]["time"])
    #expect(
      Set(stats["summary"]?.object.map { Array($0.keys) } ?? []) == [
        "joinMilliseconds", "reconnects", "freezes", "freezeMilliseconds", "audioScore",
        "videoScore",
      ])
    #expect(stats["summary"]?["joinMilliseconds"] == 0)
    #expect(stats["summary"]?["videoScore"]?.double == 5)
  }

  @Test func `a session's statistics put its participants together`() async throws {
    let (server, room, session) = try await call()

    let stats = try await server.directory.stats(session: session, server.access())

    #expect(stats.sessionId == session && stats.meetingId == room)
    #expect(stats.stats.map(\.sendAudioPacketLost) == [5, 5])
    #expect(stats.stats.map(\.averageSendAudioBitrate) == [64, 64])
    let table = String(decoding: SampleResource.csv(stats.stats), as: UTF8.self)
    let lines = table.split(separator: "\r\n")
    #expect(lines.count == 3)
    #expect(
      lines[0].hasPrefix("time,recvAudioPacketLost,")
        && lines[0].hasSuffix(",audioScore,videoScore"))
    #expect(
      lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 15 })
    #expect(lines[1].contains(",5,0,18.0,"))
  }

  @Test
  func `the overview is of the present, and of the tenant's rooms unless the key is an admin's`()
    async throws
  {
    let (server, room, session) = try await call()
    let live = try await server.directory.overview(server.access())

    #expect(live.rooms.map(\.roomId) == [room] && live.rooms.map(\.sessionId) == [session])
    #expect(live.rooms.first?.participants.map(\.participantId) == ["ann", "bob"])
    #expect(live.rooms.first?.participants.allSatisfy { $0.rtt == 18 } == true)
    #expect(live.totals.rooms == 1 && live.totals.participants == 2)
    #expect(live.totals.sendBitrate == 64 && live.totals.recvBitrate == 2_064)

    var other = try server.directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    other.isAdmin = true
    #expect(try await server.directory.overview(other).totals.rooms == 1)
    other.isAdmin = false
    #expect(try await server.directory.overview(other).totals.rooms == 0)
    let access = other
    await #expect(throws: ControlError.sessionNotFound) {
      _ = try await server.directory.stats(session: session, access)
    }
    await #expect(throws: ControlError.sessionNotFound) {
      _ = try await server.directory.stats(session: session, participantID: "ann", access)
    }
    await #expect(throws: ControlError.participantNotFound) {
      _ = try await server.directory.stats(
        session: session, participantID: "eve", server.access())
    }
  }

  @Test func `usage is of the token's tenant, and of the last days by default`() async throws {
    let (server, _, _) = try await call()
    let start = Timestamp(milliseconds: server.clock.now.wall.milliseconds - 3_600_000)
    let end = Timestamp(milliseconds: server.clock.now.wall.milliseconds + 3_600_000)

    let usage = try await server.directory.usage(
      from: start, to: end, apiKey: nil, server.access())

    #expect(usage.sessions == 1 && usage.participants == 2 && usage.peakParticipants == 2)
    #expect(usage.videoScore == 5)
    await #expect(throws: ControlError.self) {
      _ = try await server.directory.usage(from: end, to: start, apiKey: nil, server.access())
    }
    let byDefault = try await server.directory.usage(
      from: nil, to: nil, apiKey: nil, server.access())
    #expect(byDefault.sessions == 1)
  }

  @Test func `what was measured last is stored though everybody left`() async throws {
    let (server, room, session) = try await call()
    server.clock.advance(1_000)
    await server.directory.receive(.shard(ShardNumber(0), .quality([quality(1)])))
    _ = try await server.directory.endSession(.init(roomId: room), server.access())
    await server.directory.tick()
    #expect(await server.directory.liveRooms == 0)
    server.clock.advance(5_000)
    await server.directory.tick()

    let stats = try await server.directory.stats(
      session: session, participantID: "ann", server.access())
    #expect(stats.stats.count == 3)
    #expect(stats.summary.joinMilliseconds == 0)
  }

  @Test func `what was measured last is stored when the server stops`() async throws {
    let (server, _, session) = try await call()
    server.clock.advance(1_000)
    await server.directory.receive(.shard(ShardNumber(0), .quality([quality(2)])))
    await server.directory.shutdown()

    let points = try await server.store.samples(
      session: SessionID(session), participantID: "bob")
    #expect(points.count == 3)
  }

  @Test func `samples older than a day are thinned as time goes by`() async throws {
    let (server, _, session) = try await call()
    func count() async throws -> Int {
      try await server.store.samples(session: SessionID(session), participantID: "ann").count
    }
    server.clock.advance(23 * 3_600_000)
    await server.directory.tick()
    #expect(try await count() == 2)
    server.clock.advance(2 * 3_600_000)
    await server.directory.tick()
    #expect(try await count() == 1)
    server.clock.advance(30 * 24 * 3_600_000)
    await server.directory.tick()
    #expect(try await count() == 0)
  }
}

extension JSONValue {
  fileprivate subscript(_ key: String) -> JSONValue? { object?[key] }

  fileprivate var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
