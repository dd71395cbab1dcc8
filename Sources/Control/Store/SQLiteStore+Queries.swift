import FoundationEssentials
import GRDB
package import Signal

extension SQLiteStore {
  package func tenants(
    forKeys keys: [String], at now: Timestamp
  ) async throws(StoreError) -> [String: TenantID] {
    try await write { db in
      var tenants: [String: TenantID] = [:]
      for key in keys {
        if let known = try String.fetchOne(
          db, sql: "SELECT tenantId FROM apiKey WHERE key = ?", arguments: [key])
        {
          tenants[key] = TenantID(known)
          continue
        }
        var random = SystemRandomNumberGenerator()
        let tenant = TenantID(RandomText.hex(24, using: &random))
        try db.execute(
          sql: "INSERT INTO tenant (tenantId, createdAt) VALUES (?, ?)",
          arguments: [tenant.rawValue, now.milliseconds])
        try db.execute(
          sql: "INSERT INTO apiKey (key, tenantId, createdAt) VALUES (?, ?, ?)",
          arguments: [key, tenant.rawValue, now.milliseconds])
        tenants[key] = tenant
      }
      return tenants
    }
  }

  /// The tenants that have an API key, by its name.
  package func tenantsByKey() async throws(StoreError) -> [String: TenantID] {
    try await read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT key, tenantId FROM apiKey")
      return Dictionary(
        try rows.map { (try $0.text("key"), TenantID(try $0.text("tenantId"))) },
        uniquingKeysWith: { first, _ in first })
    }
  }

  package func create(
    _ room: RoomRecord, limit: Int
  ) async throws(StoreError) -> RoomRecord? {
    try await write { db in
      if let custom = room.customRoomID,
        let known = try Self.room(custom: custom, room.tenant, db)
      {
        return known
      }
      if limit > 0, try Self.roomCount(room.tenant, db) >= limit { return nil }
      try db.execute(
        sql: """
          INSERT INTO room (roomId, objectId, tenantId, customRoomId, webhook, autoCloseConfig,
            allowedParticipantIds, outputOptions, createdAt, updatedAt)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          room.roomID.rawValue, room.objectID, room.tenant.rawValue, room.customRoomID,
          room.webhook?.jsonText, room.autoClose?.jsonText, room.allowedParticipantIDs?.jsonText,
          room.outputOptions?.jsonText,
          room.createdAt.milliseconds, room.updatedAt.milliseconds,
        ])
      return room
    }
  }

  package func setDisabled(
    _ isDisabled: Bool, room reference: String, tenant: TenantID, at now: Timestamp,
    _ audit: AuditRecord?
  ) async throws(StoreError) -> RoomRecord? {
    try await write { db in
      guard var room = try Self.room(reference, tenant, db) else { return nil }
      guard room.isDisabled != isDisabled else { return room }
      room.isDisabled = isDisabled
      room.updatedAt = now
      try db.execute(
        sql: "UPDATE room SET isDisabled = ?, updatedAt = ? WHERE roomId = ?",
        arguments: [isDisabled, now.milliseconds, room.roomID.rawValue])
      try audit?.insert(into: db)
      return room
    }
  }

  package func roomCount(tenant: TenantID) async throws(StoreError) -> Int {
    try await read { try Self.roomCount(tenant, $0) }
  }

  package func room(
    _ reference: String, tenant: TenantID
  ) async throws(StoreError) -> RoomRecord? {
    try await read { try Self.room(reference, tenant, $0) }
  }

  package func rooms(
    tenant: TenantID, _ page: PageRequest
  ) async throws(StoreError) -> Listing<RoomRecord> {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT * FROM room WHERE tenantId = ? ORDER BY number DESC LIMIT ? OFFSET ?",
        arguments: [tenant.rawValue, page.perPage, page.offset])
      let total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM room WHERE tenantId = ?", arguments: [tenant.rawValue])
      return Listing(elements: try rows.map(RoomRecord.init(row:)), total: total ?? 0)
    }
  }

  package func session(
    _ id: SessionID, tenant: TenantID
  ) async throws(StoreError) -> SessionRecord? {
    try await read { db in
      try Row.fetchOne(
        db, sql: "\(Self.selectSession) WHERE s.sessionId = ? AND s.tenantId = ?",
        arguments: [id.rawValue, tenant.rawValue]
      ).map(SessionRecord.init(row:))
    }
  }

  package func sessions(
    tenant: TenantID, room: RoomID?, _ page: PageRequest
  ) async throws(StoreError) -> Listing<SessionRecord> {
    try await read { db in
      let condition = "s.tenantId = :tenant" + (room == nil ? "" : " AND s.roomId = :room")
      var arguments: StatementArguments = ["tenant": tenant.rawValue]
      if let room { arguments += ["room": room.rawValue] }
      let total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM session s WHERE \(condition)", arguments: arguments)
      arguments += ["limit": page.perPage, "offset": page.offset]
      let rows = try Row.fetchAll(
        db,
        sql: """
          \(Self.selectSession) WHERE \(condition)
          ORDER BY s.number DESC LIMIT :limit OFFSET :offset
          """,
        arguments: arguments)
      return Listing(elements: try rows.map(SessionRecord.init(row:)), total: total ?? 0)
    }
  }

  package func participants(
    session: SessionID, onlyPresent: Bool, _ page: PageRequest?
  ) async throws(StoreError) -> Listing<ParticipantRecord> {
    try await read { db in
      let present = "EXISTS (SELECT 1 FROM presence WHERE participant = p.number AND end IS NULL)"
      let condition = "p.sessionId = ?" + (onlyPresent ? " AND \(present)" : "")
      let total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM participant p WHERE \(condition)",
        arguments: [session.rawValue])
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT * FROM participant p WHERE \(condition) ORDER BY number LIMIT ? OFFSET ?",
        arguments: [session.rawValue, page?.perPage ?? -1, page?.offset ?? 0])
      return Listing(
        elements: try rows.map { try ParticipantRecord(row: $0, db) }, total: total ?? 0)
    }
  }

  package func messages(session: SessionID) async throws(StoreError) -> [MessageRecord] {
    try await read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM message WHERE sessionId = ? ORDER BY ordinal",
        arguments: [session.rawValue])
      return try rows.map(MessageRecord.init(row:))
    }
  }

  package func bans(
    room: RoomID, at now: Timestamp
  ) async throws(StoreError) -> [String: Timestamp] {
    try await read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT participantId, until FROM ban WHERE roomId = ? AND until > ?",
        arguments: [room.rawValue, now.milliseconds])
      return Dictionary(
        try rows.map { (try $0.text("participantId"), try $0.time("until")) },
        uniquingKeysWith: max)
    }
  }

  private static let selectSession = """
    SELECT s.*, r.customRoomId,
      EXISTS (SELECT 1 FROM message m WHERE m.sessionId = s.sessionId) AS hasMessages
    FROM session s JOIN room r ON r.roomId = s.roomId
    """

  private static func roomCount(_ tenant: TenantID, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT rooms FROM tenant WHERE tenantId = ?", arguments: [tenant.rawValue]) ?? 0
  }

  static func room(
    _ reference: String, _ tenant: TenantID, _ db: Database
  ) throws -> RoomRecord? {
    let byID = try Row.fetchOne(
      db, sql: "SELECT * FROM room WHERE roomId = ? AND tenantId = ?",
      arguments: [reference, tenant.rawValue])
    if let byID { return try RoomRecord(row: byID) }
    return try room(custom: reference, tenant, db)
  }

  private static func room(
    custom reference: String, _ tenant: TenantID, _ db: Database
  ) throws -> RoomRecord? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM room WHERE tenantId = ? AND customRoomId = ?",
      arguments: [tenant.rawValue, reference]
    ).map(RoomRecord.init(row:))
  }
}
