import GRDB
package import Signal

/// The event logs of sessions.
package protocol EventStore: Sendable {
  /// The events of a session, oldest first.
  func events(
    session: SessionID, _ page: PageRequest
  ) async throws(StoreError) -> Listing<SessionEvent>
}

extension SQLiteStore {
  package func events(
    session: SessionID, _ page: PageRequest
  ) async throws(StoreError) -> Listing<SessionEvent> {
    try await read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM event WHERE sessionId = ? ORDER BY sequence LIMIT ? OFFSET ?",
        arguments: [session.rawValue, page.perPage, page.offset])
      let total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM event WHERE sessionId = ?", arguments: [session.rawValue])
      return Listing(elements: try rows.map(SessionEvent.init(row:)), total: total ?? 0)
    }
  }
}

extension SessionEvent {
  init(row: Row) throws {
    let sequence: Int? = row["sequence"]
    self.init(
      sessionID: SessionID(try row.text("sessionId")), sequence: sequence ?? 0,
      type: try row.text("type"), time: try row.time("time"),
      data: try row.json("data", as: JSONValue.self) ?? [:])
  }
}
