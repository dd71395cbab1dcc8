import Control
import Foundation
import GRDB
import Signal
import Testing
import Wire

@Suite struct StoreUpkeepTests {
  private static let day: Int64 = 86_400_000
  private let start = Moment(
    monotonic: .init(nanoseconds: 0), wall: Timestamp(milliseconds: 1_700_000_000_000))

  private func time(days: Int64) -> Timestamp {
    Timestamp(milliseconds: start.wall.milliseconds + days * Self.day)
  }

  private func withFile(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "stoa.db").path)
  }

  /// A session with two participants, their streams and some messages, which ends if told so.
  private func session(
    _ name: String, endsAt end: Timestamp?, messages: Int = 3, _ tenant: TenantID,
    _ store: SQLiteStore
  ) async throws {
    let id = SessionID(name)
    var changes: [StoreChange] = [
      .sessionStarted(id, room: RoomID("r"), tenant: tenant, apiKey: "key", at: start.wall)
    ]
    for participant in ["ann", "bob"] {
      changes.append(
        .participantJoined(
          id,
          .init(
            objectID: "o", participantID: participant, name: participant, mode: .sendAndReceive,
            client: .init()), at: start.wall))
      changes.append(.streamEnabled(id, participantID: participant, .audio, at: start.wall))
    }
    for ordinal in 0..<messages {
      changes.append(
        .message(
          id,
          MessageRecord(
            ordinal: ordinal + 1,
            message: PubSubMessage(
              messageID: "m\(ordinal)", topic: "t", message: "text", payload: nil, senderID: "ann",
              senderName: "Ann", timestamp: 1), sendOnly: nil)))
    }
    if let end {
      for participant in ["ann", "bob"] {
        changes.append(.streamDisabled(id, participantID: participant, .audio, at: end))
        changes.append(.participantLeft(id, participantID: participant, .manualLeave, at: end))
      }
      changes.append(.sessionEnded(id, .lastParticipantLeft, at: end))
    }
    try await store.commit(changes, at: start.wall)
  }

  private func open(_ path: String? = nil) async throws -> (store: SQLiteStore, tenant: TenantID) {
    let store: SQLiteStore
    if let path {
      store = try await SQLiteStore(path: path, now: start)
    } else {
      store = try await SQLiteStore(inMemory: start)
    }
    let tenant = try #require(try await store.tenants(forKeys: ["key"], at: start.wall)["key"])
    _ = try await store.create(
      RoomRecord(
        objectID: "o", roomID: RoomID("r"), tenant: tenant, customRoomID: nil,
        createdAt: start.wall, updatedAt: start.wall))
    return (store, tenant)
  }

  private func purgeAll(
    _ store: SQLiteStore, _ policy: RetentionPolicy, at now: Timestamp
  ) async throws -> [Int] {
    var batches: [Int] = []
    repeat { batches.append(try await store.purge(policy, at: now)) } while batches.last != 0
    return batches
  }

  @Test func `sessions go when they are old enough, with all that is theirs, and no others`()
    async throws
  {
    try await withFile { path in
      let (store, tenant) = try await open(path)
      try await session("old", endsAt: time(days: 1), tenant, store)
      try await session("young", endsAt: time(days: 5), tenant, store)
      try await session("going on", endsAt: nil, tenant, store)
      let policy = RetentionPolicy(sessionDays: 7, messageDays: 0)

      #expect(try await purgeAll(store, policy, at: time(days: 8)) == [0])
      let batches = try await purgeAll(
        store, policy, at: Timestamp(milliseconds: time(days: 8).milliseconds + 1))

      // The session, two participants, their presences, streams and modes, three messages, ten events.
      #expect(batches.reduce(0, +) == 22)
      #expect(store.metrics.purgedRows.value == 22)
      #expect(try await store.session(SessionID("old"), tenant: tenant) == nil)
      #expect(try await store.messages(session: SessionID("old")).isEmpty)
      for kept in ["young", "going on"] {
        #expect(try await store.session(SessionID(kept), tenant: tenant) != nil)
        #expect(try await store.messages(session: SessionID(kept)).count == 3)
        let people = try await store.participants(
          session: SessionID(kept), onlyPresent: false, nil)
        #expect(people.elements.map(\.streams.count) == [1, 1])
      }
      #expect(try await store.room("r", tenant: tenant) != nil)
      // Nothing is left that belonged to it.
      #expect(try StoreBackup.faults(of: path) == [])
      let rows = try await DatabaseQueue(path: path).read { db in
        try ["presence", "stream", "participant"].map {
          try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? -1
        }
      }
      #expect(rows == [4, 4, 4])
    }
  }

  @Test func `messages go before their session`() async throws {
    let (store, tenant) = try await open()
    try await session("s", endsAt: time(days: 0), tenant, store)
    let policy = RetentionPolicy(sessionDays: 30, messageDays: 1)

    _ = try await purgeAll(store, policy, at: time(days: 2))

    #expect(try await store.messages(session: SessionID("s")).isEmpty)
    let left = try #require(try await store.session(SessionID("s"), tenant: tenant))
    #expect(left.hasMessages == false)
    #expect(
      try await store.participants(session: SessionID("s"), onlyPresent: false, nil).total == 2)
  }

  @Test func `days of 0 keep everything for ever`() async throws {
    let (store, tenant) = try await open()
    try await session("s", endsAt: time(days: 0), tenant, store)
    let policy = RetentionPolicy(sessionDays: 0, messageDays: 0)
    #expect(policy.keepsEverything)
    #expect(try await purgeAll(store, policy, at: time(days: 100_000)) == [0])
  }

  @Test func `a purge deletes a bounded number of rows, and writers come between`() async throws {
    let (store, tenant) = try await open()
    let count = SQLiteStore.rowsPerPurge * 3
    try await session("large", endsAt: time(days: 0), messages: count, tenant, store)
    let policy = RetentionPolicy(sessionDays: 1, messageDays: 1)
    var batches: [Int] = []
    repeat {
      batches.append(try await store.purge(policy, at: time(days: 2)))
      try await store.commit([.alive], at: time(days: 2))
    } while batches.last != 0

    let largest = batches.max() ?? 0
    #expect(largest <= SQLiteStore.rowsPerPurge)
    let total = batches.reduce(0, +)
    #expect(total == count + 19)
    #expect(batches.count >= 4)
  }

  @Test func `every table that refers to a session or participant is known by its columns`()
    async throws
  {
    try await withFile { path in
      _ = try await open(path)
      let strange = try await DatabaseQueue(path: path).read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT m.name AS name, f."table" AS target, f."from" AS source
            FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
            """
        ).filter { row in
          let (target, source): (String, String) = (row["target"], row["source"])
          return target == "session" && source != "sessionId"
            || target == "participant" && source != "participant"
        }.map { "\($0["name"] as String? ?? "")" }
      }
      #expect(strange == [], "purging would not find them")
    }
  }

  @Test func `the write-ahead log stays small while others read and write`() async throws {
    try await withFile { path in
      let (store, tenant) = try await open(path)
      func logSize() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
      }
      // A reader that stays keeps the log from starting over.
      let reader = try DatabasePool(path: path)
      let snapshot = try reader.makeSnapshot()
      _ = try await snapshot.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM session") }
      for number in 0..<40 {
        try await session("s\(number)", endsAt: nil, messages: 500, tenant, store)
      }
      let grown = try logSize()
      #expect(grown > 4 << 20, "the test has to make it grow")
      let clock = ContinuousClock()
      let began = clock.now
      try await store.checkpoint()  // somebody reads: it must not wait for long
      #expect(clock.now - began < .seconds(2))

      try snapshot.close()
      try reader.close()
      try await store.checkpoint()
      #expect(try logSize() == 0)
      try await session("after", endsAt: nil, tenant, store)
      #expect(try await store.session(SessionID("after"), tenant: tenant) != nil)
    }
  }
}
