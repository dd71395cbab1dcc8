import Control
import Foundation
import SFU
import Signal
import Testing

@Suite(.timeLimit(.minutes(1))) struct DirectoryTests {
  private func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? ControlError)?.code ?? "\(error)"
    }
  }

  private func json(_ value: some Encodable) throws -> [String: JSONValue] {
    try SignalJSON.decode(JSONValue.self, from: SignalJSON.encode(value)).object ?? [:]
  }

  @Test func `rooms are made, found by either id, listed, disabled and enabled`() async throws {
    let server = try await DirectoryHarness()
    let directory = server.directory
    let access = try server.access()
    let room = try await directory.createRoom(CreateRoomRequest(customRoomId: "daily"), access)

    let groups = room.roomId.split(separator: "-")
    #expect(groups.map(\.count) == [4, 4, 4])
    #expect(try await directory.createRoom(.init(customRoomId: "daily"), access) == room)
    #expect(try await directory.room(room.roomId, access).id == room.id)
    #expect(try await directory.room("daily", access).id == room.id)
    #expect(try await directory.rooms(.first, access).data.map(\.id) == [room.id])
    #expect(
      try Set(json(room).keys) == [
        "roomId", "customRoomId", "userId", "disabled", "createdAt", "updatedAt", "id", "links",
      ])
    #expect(
      try json(try await directory.room("daily", access))["links"]
        == [
          "get_room": .string("https://stoa.test/v2/rooms/\(room.roomId)"),
          "get_session": .string("https://stoa.test/v2/sessions?roomId=\(room.roomId)"),
        ])

    let gone = try await directory.deactivateRoom(.init(roomId: "daily"), access)
    #expect(gone.meetingId == room.roomId && gone.userMeetingId == "daily")
    #expect(await code { _ = try await directory.validateRoom("daily", access) } == "ROOM_DISABLED")
    _ = try await directory.setRoomStatus("daily", .init(status: .enabled), access)
    #expect(try await directory.validateRoom("daily", access).disabled == false)
  }

  @Test func `a tenant or a token for one room sees nothing else`() async throws {
    let server = try await DirectoryHarness()
    let directory = server.directory
    let mine = try await server.makeRoom("mine")
    let second = try await server.makeRoom()
    let other = try directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    let bound = try server.access(roomID: "mine")
    let socket = try await server.join(mine, "ann", mode: .signallingOnly)
    let session = try #require(try await socket.joined()).sessionID

    for access in [other] {
      #expect(await code { _ = try await directory.room(mine, access) } == "ROOM_NOT_FOUND")
      #expect(
        await code { _ = try await directory.session(session, access) } == "SESSION_NOT_FOUND")
      #expect(
        await code { _ = try await directory.participants(session: session, .first, access) }
          == "SESSION_NOT_FOUND")
      #expect(
        await code { _ = try await directory.chatCSV(session: session, access) }
          == "SESSION_NOT_FOUND")
      #expect(
        await code { _ = try await directory.endSession(.init(roomId: mine), access) }
          == "ROOM_NOT_FOUND")
      #expect(
        await code {
          _ = try await directory.removeParticipant(
            .init(participantId: "ann", roomId: mine), access)
        } == "ROOM_NOT_FOUND")
      #expect(try await directory.rooms(.first, access).data == [])
      #expect(try await directory.sessions(roomID: nil, .first, access).data == [])
    }
    #expect(await code { _ = try await directory.room(second, bound) } == "ROOM_NOT_FOUND")
    #expect(try await directory.rooms(.first, bound).data.map(\.roomId) == [mine])
    #expect(try await directory.session(session, bound).id == session)
    #expect(await code { _ = try await directory.createRoom(.init(), bound) } == "NOT_PERMITTED")
    let rtc = try server.token(roles: [.rtc])
    #expect(await code { _ = try directory.authorize(header: rtc) } == "NOT_PERMITTED")
    #expect(await code { _ = try directory.authorize(header: nil) } == "INVALID_TOKEN")
  }

  @Test func `a session has the timelogs of those who were there`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom("daily")
    let ann = try await server.join(room, "ann")
    let session = try #require(try await ann.joined()).sessionID
    server.clock.advance(2_000)
    let bob = try await server.join(room, "bob", mode: .signallingOnly)
    _ = try await bob.joined()
    let access = try server.access()
    let running = try await server.directory.session(session, access)
    #expect(running.status == .ongoing && running.end == nil && running.activeDuration == 2)
    #expect(running.participants.map(\.participantId) == ["ann", "bob"])
    #expect(try json(running)["end"] == .null)

    await ann.send(.request(id: 2, .streamEnable(.init(kind: .share, mid: "2"))))
    await bob.send(.request(id: 2, .publish(.init(topic: "CHAT", message: "=1+1", persist: true))))
    server.clock.advance(3_000)
    await bob.send(.request(id: 3, .leave))
    #expect(try await bob.closeCode() == 1000)
    let active = try await server.directory.activeParticipants(session: session, .first, access)
    #expect(active.data.first?.participants.map(\.participantId) == ["ann"])
    #expect(active.data.first?.participants.first?.events.screenShare.count == 1)

    let ended = try await server.directory.endSession(.init(roomId: "daily"), access)
    #expect(ended.status == .ended && ended.endReason == "ended-by-api")
    #expect(ended.participants.map(\.timelog.count) == [1, 1])
    let (annLog, bobLog) = (ended.participants[0].timelog[0], ended.participants[1].timelog[0])
    #expect(annLog.start.milliseconds == 1_700_000_000_000)
    #expect(annLog.end?.milliseconds == 1_700_000_005_000)
    #expect(bobLog.start.milliseconds == 1_700_000_002_000)
    #expect(ended.chatLink == "https://stoa.test/v2/sessions/\(session)/chat.csv")
    let csv = String(
      decoding: try await server.directory.chatCSV(session: session, access), as: UTF8.self)
    #expect(csv.contains("\"'=1+1\""))
    #expect(try await ann.closeCode() == 1000)
    #expect(
      await code { _ = try await server.directory.endSession(.init(roomId: room), access) }
        == "SESSION_NOT_FOUND")
    let list = try await server.directory.sessions(roomID: "daily", .first, access)
    #expect(list.data == [ended] && list.pageInfo.total == 1)
  }

  @Test func `who is removed over REST is out, also for a room that was empty since`() async throws
  {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let ann = try await server.join(room, "ann", mode: .signallingOnly)
    _ = try await ann.joined()
    let access = try server.access()
    #expect(
      await code {
        _ = try await server.directory.removeParticipant(
          .init(participantId: "bob", roomId: room), access)
      } == "PARTICIPANT_NOT_FOUND")
    let session = try await server.directory.removeParticipant(
      .init(participantId: "ann", roomId: room), access)
    #expect(session.status == .ended)
    #expect(session.participants.first?.timelog.first?.end != nil)
    #expect(try await ann.closeCode() == 1000)

    await server.directory.tick()  // forgets the room
    let again = try await server.join(room, "ann", mode: .signallingOnly)
    #expect(try await again.closeCode() == 4101)
  }

  @Test func `disabling a room ends what goes on in it`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let ann = try await server.join(room, "ann", mode: .signallingOnly)
    let session = try #require(try await ann.joined()).sessionID
    _ = try await server.directory.deactivateRoom(.init(roomId: room), server.access())
    #expect(try await ann.closeCode() == 1000)
    #expect(
      try await server.directory.session(session, server.access()).endReason == "room-disabled")
  }

  @Test func `a dead shard's rooms go to another, with everybody in them`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    let ann = try await server.join(room, "ann")
    _ = try await ann.joined()
    await server.directory.receive(.died(ShardNumber(0)))
    let messages = try await ann.messages { $0 == .event(seq: 1, .mediaReset) }
    #expect(messages == [.event(seq: 1, .mediaReset)])
    await ann.send(.request(id: 2, .offer(OfferRequest(sdp: "v=0", reset: true))))
    let sent = server.media.take()
    guard case (ShardNumber(1), .connect(let endpoint, _, _))? = sent.last else {
      Issue.record("\(sent)")
      return
    }
    await server.directory.receive(.shard(ShardNumber(1), .answered(endpoint, answer: "v=0")))
    let answered = try await ann.messages { if case .reply(2, _) = $0 { true } else { false } }
    #expect(answered == [.reply(id: 2, .answer(sdp: "v=0"))])
    #expect(await server.directory.status().liveShards == 1)
  }

  @Test func `rooms come and go without a trace`() async throws {
    let server = try await DirectoryHarness()
    let room = try await server.makeRoom()
    for round in 0..<50 {
      let ann = try await server.join(room, "ann")
      _ = try await ann.joined()
      await server.directory.tick()
      #expect(await server.directory.status().participants == 1, "round \(round)")
      await ann.send(.request(id: 2, .leave))
      #expect(try await ann.closeCode() == 1000)
      await ann.connection.closed()
      if round % 2 == 0 { await server.directory.tick() }
    }
    await server.directory.tick()
    #expect(server.directory.registry.endpointCount == 0)
    #expect(await server.directory.liveRooms == 0)
    #expect(
      try await server.directory.sessions(roomID: room, .first, server.access()).pageInfo.total
        == 50)
  }

  @Test func `a server that stops ends sessions, and one that crashed has them ended`() async throws
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "stoa.db").path

    let first = try await DirectoryHarness(path: path)
    let room = try await first.makeRoom("daily")
    let ann = try await first.join(room, "ann", mode: .signallingOnly)
    let stopped = try #require(try await ann.joined()).sessionID
    first.clock.advance(1_000)
    await first.directory.shutdown()
    #expect(try await ann.closeCode() == 1001)
    let late = try await first.join(room, "bob", mode: .signallingOnly)
    #expect(try await late.closeCode() == 4500)

    let second = try await DirectoryHarness(path: path, at: first.clock.now)
    let bob = try await second.join(room, "bob", mode: .signallingOnly)
    let crashed = try #require(try await bob.joined()).sessionID
    second.clock.advance(10_000)
    await second.directory.tick()  // a sign of life

    second.clock.advance(60_000)
    let third = try await DirectoryHarness(path: path, at: second.clock.now)
    let sessions = try await third.directory.sessions(roomID: "daily", .first, third.access())
    #expect(sessions.data.map(\.id) == [crashed, stopped])
    #expect(sessions.data.map(\.endReason) == ["server-crashed", "server-stopped"])
    #expect(sessions.data.map(\.activeDuration) == [10, 1])
    #expect(sessions.data.map(\.participants[0].participantId) == ["bob", "ann"])
    #expect(sessions.data.map { $0.participants[0].timelog.count } == [1, 1])
    #expect(sessions.data[0].participants[0].timelog[0].end == sessions.data[0].end)
  }
}
