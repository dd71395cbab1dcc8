import FoundationEssentials
import GRDB
package import Signal

/// How long what is over stays in the store.
package struct RetentionPolicy: Sendable, Equatable {
  /// After a session's end it goes, with its participants and messages; 0 keeps it for ever.
  package var sessionDays: Int
  /// After a session's end its persisted messages go; 0 keeps them as long as the session.
  package var messageDays: Int

  package init(sessionDays: Int, messageDays: Int) {
    self.sessionDays = sessionDays
    self.messageDays = messageDays
  }

  package var keepsEverything: Bool { sessionDays == 0 && messageDays == 0 }

  /// What ended before this has outlived so many days; `nil` for 0 days.
  static func limit(_ days: Int, _ now: Timestamp) -> Int64? {
    days > 0 ? now.milliseconds &- Int64(clamping: days) &* 86_400_000 : nil
  }
}

extension SQLiteStore {
  /// Bytes to which the write-ahead log is cut back.
  static let logSizeLimit = 16 * 1024 * 1024
  /// Rows that one purge deletes at most: a few milliseconds, in which nobody else writes.
  package static let rowsPerPurge = 500
  /// Milliseconds for which a checkpoint may hold up writers to wait for readers.
  private static let checkpointPatience = 100

  /// Deletes some of what has outlived the policy, in one short transaction.
  ///
  /// - Returns: how many rows went; ask again, after a pause, until it is 0.
  package func purge(_ policy: RetentionPolicy, at now: Timestamp) async throws(StoreError) -> Int {
    let sessionLimit = RetentionPolicy.limit(policy.sessionDays, now)
    let messageLimit = RetentionPolicy.limit(policy.messageDays, now)
    let count = try await write { db in
      var left = Self.rowsPerPurge
      if let sessionLimit { try Self.purgeSessions(endedBefore: sessionLimit, &left, db) }
      if let messageLimit { try Self.purgeMessages(endedBefore: messageLimit, &left, db) }
      return Self.rowsPerPurge - left
    }
    metrics.purgedRows.add(UInt64(count))
    return count
  }

  /// Brings the write-ahead log back into the database, so that it stays small whoever reads.
  ///
  /// SQLite does so by itself whenever the log is a few megabytes long, but starts it over only when
  /// nobody reads from it at that moment. Here readers are waited for, a moment.
  package func checkpoint() async throws(StoreError) {
    guard path != nil else { return }
    do {
      try await database.writeWithoutTransaction { db in
        _ = try Int.fetchOne(db, sql: "PRAGMA busy_timeout = \(Self.checkpointPatience)")
        defer { _ = try? Int.fetchOne(db, sql: "PRAGMA busy_timeout = \(Self.busyMilliseconds)") }
        do {
          _ = try db.checkpoint(.truncate)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
          // Somebody reads for longer than that; the next time will do.
        }
      }
    } catch {
      throw StoreError(error)
    }
  }

  private static func purgeSessions(
    endedBefore limit: Int64, _ left: inout Int, _ db: Database
  ) throws {
    let (byParticipant, byEvent, bySession) = try dependents(db)
    while left > 0 {
      let id = try String.fetchOne(
        db,
        // What a receiver has still to be told outlives its time.
        sql: """
          SELECT sessionId FROM session s WHERE end < ? AND NOT EXISTS
            (SELECT 1 FROM webhookDelivery d WHERE d.roomId = s.roomId AND d.state = 'waiting')
          ORDER BY end LIMIT 1
          """,
        arguments: [limit])
      guard let id else { return }
      let ofSession = "(SELECT number FROM participant WHERE sessionId = ?)"
      for table in byParticipant {
        try delete(table, where: "participant IN \(ofSession)", [id], &left, db)
      }
      let ofEvents = "(SELECT number FROM event WHERE sessionId = ?)"
      for table in byEvent { try delete(table, where: "event IN \(ofEvents)", [id], &left, db) }
      for table in bySession { try delete(table, where: "sessionId = ?", [id], &left, db) }
      guard left > 0 else { return }
      try delete("session", where: "sessionId = ?", [id], &left, db)
    }
  }

  private static func purgeMessages(
    endedBefore limit: Int64, _ left: inout Int, _ db: Database
  ) throws {
    // Sessions that still have messages; each of them loses some, so that this ends.
    try delete(
      "message",
      where: "sessionId IN (SELECT sessionId FROM session WHERE end < ?)", [limit], &left, db)
  }

  /// The tables whose rows belong to a participant, to an event, or to a session.
  ///
  /// Read from the schema, so that no table is forgotten: each has a column named so. A table
  /// comes before those that it refers to.
  private static func dependents(
    _ db: Database
  ) throws -> (byParticipant: [String], byEvent: [String], bySession: [String]) {
    func tables(with column: String) throws -> [String] {
      let names = try String.fetchAll(
        db,
        sql: """
          SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
          WHERE m.type = 'table' AND c.name = ? AND m.name <> 'session' ORDER BY m.name
          """,
        arguments: [column])
      return try referringFirst(names, db)
    }
    return (
      try tables(with: "participant"), try tables(with: "event"), try tables(with: "sessionId")
    )
  }

  private static func referringFirst(_ tables: [String], _ db: Database) throws -> [String] {
    var references: [String: Set<String>] = [:]
    for table in tables {
      references[table] = Set(try db.foreignKeys(on: table).map(\.destinationTable))
        .subtracting([table])
    }
    var sorted: [String] = []
    var left = tables
    while !left.isEmpty {
      let free = left.filter { table in
        !left.contains { references[$0, default: []].contains(table) }
      }
      guard !free.isEmpty else { return sorted + left }  // a circle, which we have none of
      sorted += free
      left.removeAll(where: free.contains)
    }
    return sorted
  }

  /// Deletes up to `left` rows of a table, and lowers it by their number.
  private static func delete(
    _ table: String, where condition: String, _ arguments: StatementArguments, _ left: inout Int,
    _ db: Database
  ) throws {
    guard left > 0 else { return }
    let key = try db.primaryKey(table).columns.map { "\"\($0)\"" }.joined(separator: ", ")
    try db.execute(
      sql: """
        DELETE FROM "\(table)" WHERE (\(key)) IN
          (SELECT \(key) FROM "\(table)" WHERE \(condition) LIMIT ?)
        """,
      arguments: arguments + [left])
    left -= db.changesCount
  }
}
