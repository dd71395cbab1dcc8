import FoundationEssentials
import GRDB
package import Signal
import Synchronization

/// The store in one SQLite file, or in memory.
///
/// Commits that are asked for at the same time become one transaction: one wait for the disk
/// serves them all.
package final class SQLiteStore: Store {
  let database: any DatabaseWriter
  package let metrics = StoreMetrics()
  /// The file; `nil` for a store in memory.
  package let path: String?
  package let webhookNews = WebhookNews()

  private struct Submission {
    var changes: [StoreChange]
    var now: Timestamp
    var done: CheckedContinuation<StoreError?, Never>
  }
  private let submissions = Mutex<[Submission]>([])

  /// Opens the file (made if absent), migrates it, and closes what a crash left open.
  ///
  /// - Throws: `StoreError` if the file cannot be opened, is damaged or is of a newer version.
  package convenience init(path: String, now: Moment) async throws(StoreError) {
    try await self.init(closingWhatIsOpen: now, path: path) { try Self.pool(path) }
  }

  /// Opens the file while a server may be running on it: what is open stays so.
  package convenience init(besideServer path: String) async throws(StoreError) {
    try await self.init(closingWhatIsOpen: nil, path: path) { try Self.pool(path) }
  }

  private static func pool(_ path: String) throws -> DatabasePool {
    let pool = try DatabasePool(path: path, configuration: Self.configuration)
    // A pool starts with NORMAL, under which a power cut loses the last commits.
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // A burst makes the log long; when it starts over, the file is cut to this again.
      _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(logSizeLimit)")
    }
    return pool
  }

  /// A store that lives in memory and goes with it.
  package convenience init(inMemory now: Moment) async throws(StoreError) {
    try await self.init(closingWhatIsOpen: now, path: nil) {
      try DatabaseQueue(configuration: Self.configuration)
    }
  }

  private init(
    closingWhatIsOpen now: Moment?, path: String?, open: () throws -> any DatabaseWriter
  ) async throws(StoreError) {
    self.path = path
    do {
      let opened = try open()
      let migrator = Schema.migrator
      if try await opened.read({ try migrator.hasBeenSuperseded($0) }) {
        throw StoreError(reason: "the database was written by a newer version")
      }
      try migrator.migrate(opened)
      if let now { try await opened.write { try Self.closeAfterCrash($0, now.wall) } }
      database = opened
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(error)
    }
  }

  /// How long a statement waits for others' locks.
  static let busyMilliseconds = 5_000

  private static var configuration: Configuration {
    var configuration = Configuration()
    // Another process (a backup) may hold the lock.
    configuration.busyMode = .timeout(Double(busyMilliseconds) / 1_000)
    configuration.maximumReaderCount = 4
    return configuration
  }

  package func commit(_ changes: [StoreChange], at now: Timestamp) async throws(StoreError) {
    let clock = ContinuousClock()
    let start = clock.now
    let failure = await withCheckedContinuation { done in
      submissions.withLock {
        $0.append(Submission(changes: changes, now: now, done: done))
      }
      database.asyncWriteWithoutTransaction { self.write($0) }
    }
    metrics.commits.record(clock.now - start)
    if let failure {
      metrics.failures.add()
      throw failure
    }
    metrics.count(changes)
  }

  /// Writes everything submitted until now; a later call may find that it was done already.
  private func write(_ db: Database) {
    let batch = submissions.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    guard !batch.isEmpty else { return }
    var lanes: Set<WebhookLane> = []
    do {
      try db.inTransaction(.immediate) {
        for submission in batch { lanes.formUnion(try Self.apply(submission, db)) }
        return .commit
      }
      webhookNews.tell(of: lanes)
      for submission in batch { submission.done.resume(returning: nil) }
    } catch {
      // One of them may be at fault: each gets its own chance.
      for submission in batch { submission.done.resume(returning: alone(submission, db)) }
    }
  }

  private func alone(_ submission: Submission, _ db: Database) -> StoreError? {
    var lanes: Set<WebhookLane> = []
    do {
      try db.inTransaction(.immediate) {
        lanes = try Self.apply(submission, db)
        return .commit
      }
      webhookNews.tell(of: lanes)
      return nil
    } catch {
      return StoreError(error)
    }
  }

  /// Writes changes with what follows from them; gives the lanes that have a delivery more.
  private static func apply(_ submission: Submission, _ db: Database) throws -> Set<WebhookLane> {
    let lanes = try submission.changes.writeAll(to: db)
    try beat(db, submission.now)
    return lanes
  }

  /// Notes that the server was alive at `now`.
  private static func beat(_ db: Database, _ now: Timestamp) throws {
    try db.execute(
      sql: "INSERT INTO heartbeat VALUES (1, ?) ON CONFLICT DO UPDATE SET time = excluded.time",
      arguments: [now.milliseconds])
  }

  /// Closes sessions that were open when the program last stopped, at the last time it was seen
  /// alive, in the way in which they would have been closed then.
  private static func closeAfterCrash(_ db: Database, _ now: Timestamp) throws {
    let time = try Int64.fetchOne(db, sql: "SELECT time FROM heartbeat") ?? now.milliseconds
    let seen = Timestamp(milliseconds: time)
    let open = try String.fetchAll(
      db, sql: "SELECT sessionId FROM session WHERE end IS NULL ORDER BY number")
    for session in open.map({ SessionID($0) }) {
      var changes = try Row.fetchAll(
        db,
        sql: """
          SELECT participantId, kind FROM stream JOIN participant p ON p.number = participant
          WHERE end IS NULL AND sessionId = ? ORDER BY stream.number
          """, arguments: [session.rawValue]
      ).compactMap { row in
        try StreamKind(rawValue: row.text("kind")).map {
          StoreChange.streamDisabled(
            session, participantID: try row.text("participantId"), $0, at: seen)
        }
      }
      changes += try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT participantId FROM presence JOIN participant p ON p.number = participant
          WHERE end IS NULL AND sessionId = ? ORDER BY presence.number
          """, arguments: [session.rawValue]
      ).map { .participantLeft(session, participantID: $0, .unknown, at: seen) }
      changes.append(.sessionEnded(session, .serverCrashed, at: seen))
      _ = try changes.writeAll(to: db)
    }
    try db.execute(sql: "DELETE FROM ban WHERE until <= ?", arguments: [now.milliseconds])
    try beat(db, now)
  }

  /// What the writing connection's `PRAGMA` of this name says; for inspection.
  package func setting(_ name: String) async throws(StoreError) -> String? {
    guard name.allSatisfy({ $0.isLetter || $0 == "_" }) else { return nil }
    do {
      return try await database.writeWithoutTransaction { db in
        try String.fetchOne(db, sql: "PRAGMA \(name)")
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// Runs a query, whatever fails in it being the store's failure.
  func read<Value: Sendable>(
    _ query: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await database.read(query)
    } catch {
      throw StoreError(error)
    }
  }

  /// Runs a statement in a transaction of its own.
  func write<Value: Sendable>(
    _ statement: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await database.write(statement)
    } catch {
      throw StoreError(error)
    }
  }
}

extension StoreError {
  /// What an error of SQLite means for a caller.
  init(_ error: any Error) {
    let temporary: [ResultCode] = [
      .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_READONLY,
      .SQLITE_CANTOPEN,
    ]
    let code = (error as? DatabaseError)?.resultCode
    self.init(reason: "\(error)", isTemporary: code.map { temporary.contains($0) } ?? false)
  }
}
