import Control
import Foundation
import GRDB
import Signal
import Testing
import Wire

@Suite struct StoreTests {
  private let start = Moment(monotonic: .init(nanoseconds: 0), wall: .init(milliseconds: 1_000_000))

  private func time(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_000_000 + milliseconds)
  }

  private func room(_ id: String, _ tenant: TenantID, custom: String? = nil) -> RoomRecord {
    RoomRecord(
      objectID: "object of \(id)", roomID: RoomID(id), tenant: tenant, customRoomID: custom,
      createdAt: start.wall, updatedAt: start.wall)
  }

  private func withFile(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "stoa.db").path)
  }

  private func fill(_ store: SQLiteStore) async throws -> TenantID {
    let tenant = try #require(try await store.tenants(forKeys: ["key"], at: start.wall)["key"])
    _ = try await store.create(room("r", tenant))
    let session = SessionID("s")
    let ann = StoreChange.NewParticipant(
      objectID: "o", participantID: "ann", name: "Ann", mode: .sendAndReceive,
      client: ClientDescription(sdk: "js"))
    try await store.commit(
      [
        .sessionStarted(session, room: RoomID("r"), tenant: tenant, apiKey: "key", at: time(0)),
        .participantJoined(session, ann, at: time(1)),
        .streamEnabled(session, participantID: "ann", .audio, at: time(2)),
      ], at: time(2))
    return tenant
  }

  @Test func `a tenant is kept for each key`() async throws {
    try await withFile { path in
      let first = try await SQLiteStore(path: path, now: start)
        .tenants(forKeys: ["a", "b"], at: start.wall)
      let second = try await SQLiteStore(path: path, now: start)
        .tenants(forKeys: ["b", "a"], at: start.wall)
      #expect(first == second)
      #expect(first["a"] != first["b"])
    }
  }

  @Test func `a custom id makes creation idempotent, for each tenant by itself`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenants = try await store.tenants(forKeys: ["a", "b"], at: start.wall)
    let (a, b) = (try #require(tenants["a"]), try #require(tenants["b"]))
    let one = try await store.create(room("r1", a, custom: "c"))
    let two = try await store.create(room("r2", a, custom: "c"))
    let other = try await store.create(room("r3", b, custom: "c"))

    #expect(one == two)
    #expect(other.roomID == RoomID("r3"))
    #expect(try await store.room("c", tenant: a) == one)
    #expect(try await store.room("r1", tenant: a) == one)
    #expect(try await store.room("r1", tenant: b) == nil)
    #expect(try await store.rooms(tenant: a, .first).total == 1)
    #expect(try await store.setDisabled(true, room: "r1", tenant: b, at: start.wall) == nil)
    #expect(
      try await store.setDisabled(true, room: "c", tenant: a, at: time(5))?.isDisabled == true)
    #expect(try await store.room("r1", tenant: a)?.updatedAt == time(5))
  }

  @Test func `lists are newest first and paged`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try #require(try await store.tenants(forKeys: ["a"], at: start.wall)["a"])
    for number in 0..<45 { _ = try await store.create(room("r\(number)", tenant)) }
    let page = try #require(PageRequest(page: "3", perPage: "20"))
    let rooms = try await store.rooms(tenant: tenant, page)
    #expect(rooms.total == 45)
    #expect(rooms.elements.map(\.roomID.rawValue) == ["r4", "r3", "r2", "r1", "r0"])
  }

  @Test func `a participant who comes twice has two spans`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await fill(store)
    let session = SessionID("s")
    let again = StoreChange.NewParticipant(
      objectID: "o2", participantID: "ann", name: "Anna", mode: .receiveOnly, client: .init())
    try await store.commit(
      [
        .streamDisabled(session, participantID: "ann", .audio, at: time(10)),
        .participantLeft(session, participantID: "ann", .manualLeave, at: time(10)),
        .participantJoined(session, again, at: time(20)),
      ], at: time(20))

    let ann = try #require(
      try await store.participants(session: session, onlyPresent: false, nil).elements.first)
    #expect(ann.name == "Anna" && ann.mode == .receiveOnly && ann.objectID == "o")
    #expect(
      ann.presence == [.init(start: time(1), end: time(10)), .init(start: time(20), end: nil)])
    #expect(ann.streams == [.audio: [.init(start: time(2), end: time(10))]])
    try await store.commit(
      [.participantLeft(session, participantID: "ann", .manualLeave, at: time(30))], at: time(30))
    #expect(try await store.participants(session: session, onlyPresent: true, nil).total == 0)
    #expect(try await store.session(session, tenant: tenant)?.end == nil)
  }

  @Test func `a session cut by a crash is closed at the last sign of life`() async throws {
    try await withFile { path in
      let crashed = try await SQLiteStore(path: path, now: start)
      let tenant = try await fill(crashed)
      try await crashed.commit([.alive], at: time(7_000))
      let store = try await SQLiteStore(
        path: path, now: Moment(monotonic: .init(nanoseconds: 0), wall: time(99_000)))

      let session = try #require(try await store.session(SessionID("s"), tenant: tenant))
      #expect(session.end == time(7_000) && session.endReason == .serverCrashed)
      let ann = try #require(
        try await store.participants(session: SessionID("s"), onlyPresent: false, nil)
          .elements.first)
      #expect(ann.presence == [.init(start: time(1), end: time(7_000))])
      #expect(ann.streams == [.audio: [.init(start: time(2), end: time(7_000))]])

      let later = try await SQLiteStore(
        path: path, now: Moment(monotonic: .init(nanoseconds: 0), wall: time(200_000)))
      #expect(try await later.session(SessionID("s"), tenant: tenant)?.end == time(7_000))
    }
  }

  @Test func `every mode is kept with its time`() async throws {
    try await withFile { path in
      let store = try await SQLiteStore(path: path, now: start)
      _ = try await fill(store)
      let session = SessionID("s")
      try await store.commit(
        [
          .modeChanged(session, participantID: "ann", .receiveOnly, at: time(5)),
          .modeChanged(session, participantID: "ann", .signallingOnly, at: time(8)),
        ], at: time(8))
      var ann = try #require(
        try await store.participants(session: session, onlyPresent: true, nil).elements.first)
      #expect(ann.mode == .signallingOnly)
      #expect(
        ann.modes == [
          .init(mode: .sendAndReceive, span: .init(start: time(1), end: time(5))),
          .init(mode: .receiveOnly, span: .init(start: time(5), end: time(8))),
          .init(mode: .signallingOnly, span: .init(start: time(8), end: nil)),
        ])

      try await store.commit(
        [.participantLeft(session, participantID: "ann", .manualLeave, at: time(9))], at: time(9))
      ann = try #require(
        try await store.participants(session: session, onlyPresent: false, nil).elements.first)
      #expect(ann.modes.last?.span.end == time(9))
    }
  }

  @Test func `messages are kept as they were until forgotten`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await fill(store)
    let message = PubSubMessage(
      messageID: "m", topic: "t", message: "é\"\u{0}", payload: [1, nil], senderID: "ann",
      senderName: "Ann", timestamp: 5)
    let records = (1...3).map { MessageRecord(ordinal: $0, message: message, sendOnly: ["bob"]) }
    try await store.commit(records.map { .message(SessionID("s"), $0) }, at: time(3))
    try await store.commit([.messagesForgotten(SessionID("s"), ordinals: [2])], at: time(4))
    #expect(try await store.messages(session: SessionID("s")) == [records[0], records[2]])
    #expect(try await store.session(SessionID("s"), tenant: tenant)?.hasMessages == true)
  }

  @Test func `bans end and the longer one counts`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    _ = try await fill(store)
    try await store.commit(
      [
        .participantBanned(RoomID("r"), participantID: "bob", until: time(100)),
        .participantBanned(RoomID("r"), participantID: "bob", until: time(50)),
      ], at: time(3))
    #expect(try await store.bans(room: RoomID("r"), at: time(60)) == ["bob": time(100)])
    #expect(try await store.bans(room: RoomID("r"), at: time(100)) == [:])
  }

  @Test func `all changes of a commit are written or none`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await fill(store)
    await #expect(throws: StoreError.self) {
      try await store.commit(
        [
          .sessionEnded(SessionID("s"), .endedByAPI, at: time(5)),
          .sessionStarted(
            SessionID("s"), room: RoomID("r"), tenant: tenant, apiKey: "k", at: time(6)),
        ], at: time(6))
    }
    #expect(try await store.session(SessionID("s"), tenant: tenant)?.end == nil)
  }

  @Test func `commits at the same time all arrive, and one that fails spoils no other`()
    async throws
  {
    try await withFile { path in
      let store = try await SQLiteStore(path: path, now: start)
      let tenant = try await fill(store)
      let failures = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          group.addTask {
            let id = SessionID(number % 20 == 0 ? "s" : "s\(number)")  // "s" is taken
            do {
              try await store.commit(
                [
                  .sessionStarted(
                    id, room: RoomID("r"), tenant: tenant, apiKey: "k", at: start.wall)
                ],
                at: start.wall)
              return false
            } catch {
              return true
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(failures == 10)
      #expect(try await store.sessions(tenant: tenant, room: nil, .first).total == 191)
    }
  }

  @Test func `a commit waits for the disk`() async throws {
    try await withFile { path in
      _ = try await SQLiteStore(path: path, now: start)
      let store = try await SQLiteStore(path: path, now: start)
      #expect(try await store.setting("journal_mode") == "wal")
      #expect(try await store.setting("synchronous") == "2")
    }
  }

  @Test func `a file that is no database is refused`() async throws {
    try await withFile { path in
      try Data(repeating: 7, count: 10_000).write(to: URL(filePath: path))
      await #expect(throws: StoreError.self) { try await SQLiteStore(path: path, now: start) }
    }
    await #expect(throws: StoreError.self) {
      try await SQLiteStore(path: "/nonexistent/stoa.db", now: start)
    }
  }
}
