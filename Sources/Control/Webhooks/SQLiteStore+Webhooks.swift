import FoundationEssentials
import GRDB
package import Signal

extension SQLiteStore {
  package func waitingLanes(limit: Int) async throws(StoreError) -> [WaitingLane] {
    try await read { db in
      // SQLite takes the other columns from the row of the only min(): each lane's next delivery.
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT roomId, endPoint, nextAttemptAt, min(number) FROM webhookDelivery
          WHERE state = 'waiting' GROUP BY roomId, endPoint
          ORDER BY coalesce(nextAttemptAt, 0), min(number) LIMIT ?
          """, arguments: [limit])
      return try rows.map {
        WaitingLane(
          lane: WebhookLane(
            roomID: RoomID(try $0.text("roomId")), endPoint: try $0.text("endPoint")),
          nextAttemptAt: $0.optionalTime("nextAttemptAt"))
      }
    }
  }

  package func waiting(
    in lane: WebhookLane, limit: Int
  ) async throws(StoreError) -> [WebhookDelivery] {
    try await read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            \(Self.selectDelivery)
            WHERE d.state = 'waiting' AND d.roomId = ? AND d.endPoint = ?
            ORDER BY d.number LIMIT ?
            """),
        arguments: [lane.roomID.rawValue, lane.endPoint, limit]
      ).map(WebhookDelivery.init(row:))
    }
  }

  package func deliveries(
    tenant: TenantID?, _ filter: DeliveryFilter, _ page: PageRequest
  ) async throws(StoreError) -> Listing<WebhookDelivery> {
    try await read { db in
      var conditions = ["1"]
      var arguments = StatementArguments()
      func require(_ condition: String, _ value: String?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [value]
      }
      require("d.tenantId = ?", tenant?.rawValue)
      require("d.state = ?", filter.state?.rawValue)
      require("d.roomId = ?", filter.roomID?.rawValue)
      require("e.sessionId = ?", filter.sessionID?.rawValue)
      let condition = conditions.joined(separator: " AND ")
      let total = try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM webhookDelivery d JOIN event e ON e.number = d.event
          WHERE \(condition)
          """, arguments: arguments)
      let rows = try Row.fetchAll(
        db,
        sql: "\(Self.selectDelivery) WHERE \(condition) ORDER BY d.number DESC LIMIT ? OFFSET ?",
        arguments: arguments + [page.perPage, page.offset])
      return Listing(elements: try rows.map(WebhookDelivery.init(row:)), total: total ?? 0)
    }
  }

  package func delivery(
    _ number: Int64, tenant: TenantID?
  ) async throws(StoreError) -> WebhookDelivery? {
    try await read { db in
      try Row.fetchOne(
        db, sql: "\(Self.selectDelivery) WHERE d.number = ? AND (?2 IS NULL OR d.tenantId = ?2)",
        arguments: [number, tenant?.rawValue]
      ).map(WebhookDelivery.init(row:))
    }
  }

  package func redeliver(
    _ selection: RedeliverySelection, tenant: TenantID?, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> Int {
    let count = try await write { db in
      var condition: String
      var arguments: StatementArguments
      switch selection {
      case .one(let number): (condition, arguments) = ("number = ?", [number])
      case .all(let state, let room):
        (condition, arguments) = ("state = ?", [state.rawValue])
        if let room {
          condition += " AND roomId = ?"
          arguments += [room.rawValue]
        }
      }
      if let tenant {
        condition += " AND tenantId = ?"
        arguments += [tenant.rawValue]
      }
      try Self.audit(selection, by: actor, at: now, where: condition, arguments, db)
      // Whoever asks for it wants the endpoint tried again, even if it once said 410.
      try db.execute(
        sql: """
          UPDATE room SET webhookIsGone = 0 WHERE webhookIsGone
            AND roomId IN (SELECT roomId FROM webhookDelivery WHERE \(condition))
          """, arguments: arguments)
      try db.execute(
        sql: """
          UPDATE webhookDelivery SET state = 'waiting', attempts = 0, firstAttemptAt = NULL,
            nextAttemptAt = NULL, deliveredAt = NULL WHERE \(condition)
          """, arguments: arguments)
      return db.changesCount
    }
    webhookNews.tellOfUnknown()
    return count
  }

  private static func audit(
    _ selection: RedeliverySelection, by actor: String, at now: Timestamp,
    where condition: String, _ arguments: StatementArguments, _ db: Database
  ) throws {
    let target =
      switch selection {
      case .one(let number): String(number)
      case .all(let state, let room): room?.rawValue ?? state.rawValue
      }
    let tenants = try Row.fetchAll(
      db,
      sql: """
        SELECT tenantId, count(*) AS deliveries FROM webhookDelivery WHERE \(condition)
        GROUP BY tenantId
        """, arguments: arguments)
    for row in tenants {
      let deliveries: Int = row["deliveries"]
      try AuditRecord(
        time: now, tenant: TenantID(try row.text("tenantId")), actor: actor,
        action: .deliveryRepeated, target: target,
        detail: deliveries == 1 ? "1 delivery" : "\(deliveries) deliveries"
      ).insert(into: db)
    }
  }

  package func waitingDeliveries() async throws(StoreError) -> (count: Int, oldest: Timestamp?) {
    try await read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*) AS count, min(createdAt) AS oldest FROM webhookDelivery
          WHERE state = 'waiting'
          """)
      return (row?["count"] ?? 0, try row?.optionalTime("oldest"))
    }
  }

  package func webhookSecret(
    tenant: TenantID, at now: Timestamp
  ) async throws(StoreError) -> String {
    try await write { db in
      let known = try String.fetchOne(
        db, sql: "SELECT secret FROM webhookSecret WHERE tenantId = ?",
        arguments: [tenant.rawValue])
      if let known { return known }
      var random = SystemRandomNumberGenerator()
      let secret = WebhookSecret(using: &random).text
      try db.execute(
        sql: "INSERT INTO webhookSecret VALUES (?, ?, ?)",
        arguments: [tenant.rawValue, secret, now.milliseconds])
      return secret
    }
  }

  package func forgetDeliveries(before time: Timestamp) async throws(StoreError) {
    // In small steps from the oldest on: nobody's join waits for long behind one of them.
    while try await write({ db in
      try db.execute(
        sql: """
          DELETE FROM webhookDelivery WHERE number IN (
            SELECT number FROM (
              SELECT number, state, createdAt FROM webhookDelivery ORDER BY number LIMIT 1000)
            WHERE state != 'waiting' AND createdAt < ?)
          """, arguments: [time.milliseconds])
      return db.changesCount > 0
    }) {}
  }

  package func foreignVersion() async throws(StoreError) -> Int64 {
    do {
      // Asked on the writing connection it counts the commits of other processes alone.
      return try await database.writeWithoutTransaction { db in
        try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0
      }
    } catch {
      throw StoreError(error)
    }
  }

  private static let selectDelivery = """
    SELECT d.*, e.sessionId, e.sequence, e.type, e.time, e.data
    FROM webhookDelivery d JOIN event e ON e.number = d.event
    """
}

extension WebhookDelivery {
  init(row: Row) throws {
    let number: Int64? = row["number"]
    let attempts: Int? = row["attempts"]
    self.init(
      number: number ?? 0, event: try SessionEvent(row: row),
      lane: WebhookLane(roomID: RoomID(try row.text("roomId")), endPoint: try row.text("endPoint")),
      tenant: TenantID(try row.text("tenantId")),
      state: State(rawValue: try row.text("state")) ?? .dead, attempts: attempts ?? 0,
      createdAt: try row.time("createdAt"), firstAttemptAt: row.optionalTime("firstAttemptAt"),
      nextAttemptAt: row.optionalTime("nextAttemptAt"),
      deliveredAt: row.optionalTime("deliveredAt"), lastStatus: row["lastStatus"],
      lastError: row["lastError"])
  }
}

extension WebhookAttempt {
  /// Notes what came of the attempt.
  func write(to db: Database) throws {
    let next: Timestamp?
    let state: WebhookDelivery.State
    let error: String?
    switch outcome {
    case .delivered: (state, next, error) = (.delivered, nil, nil)
    case .retry(let at, let problem): (state, next, error) = (.waiting, at, problem)
    case .dead(let problem): (state, next, error) = (.dead, nil, problem)
    case .endpointGone: (state, next, error) = (.dead, nil, "the endpoint is gone")
    }
    try db.cachedStatement(
      sql: """
        UPDATE webhookDelivery SET state = ?1, attempts = attempts + 1,
          firstAttemptAt = coalesce(firstAttemptAt, ?2), nextAttemptAt = ?3,
          deliveredAt = ?4, lastStatus = ?5, lastError = ?6 WHERE number = ?7
        """
    ).execute(arguments: [
      state.rawValue, time.milliseconds, next?.milliseconds,
      state == .delivered ? time.milliseconds : nil, status, error, number,
    ])
    guard outcome == .endpointGone else { return }
    try db.execute(
      sql: """
        UPDATE webhookDelivery SET state = 'dead', nextAttemptAt = NULL, lastError = ?
        WHERE state = 'waiting' AND roomId = ? AND endPoint = ?
        """, arguments: [error, lane.roomID.rawValue, lane.endPoint])
    try db.execute(
      // An output's own receiver that is gone says nothing of the room's.
      sql: """
        UPDATE room SET webhookIsGone = 1
        WHERE roomId = ? AND json_extract(webhook, '$.endPoint') = ?
        """, arguments: [lane.roomID.rawValue, lane.endPoint])
  }
}
