import FoundationEssentials
import GRDB
package import Signal

extension SQLiteStore {
  package func keys() async throws(StoreError) -> StoredKeys {
    try await read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT * FROM apiKey ORDER BY createdAt, rowid")
      return StoredKeys(
        records: try rows.map(KeyRecord.init(row:)), version: try Self.keyVersion(db))
    }
  }

  package func keyVersion() async throws(StoreError) -> Int64 {
    try await read { try Self.keyVersion($0) }
  }

  package func create(
    _ key: KeyRecord, inNewTenant: Bool, _ audit: AuditRecord
  ) async throws(StoreError) -> Bool {
    try await write { db in
      if inNewTenant {
        try db.execute(
          sql: "INSERT INTO tenant (tenantId, createdAt) VALUES (?, ?)",
          arguments: [key.tenant.rawValue, key.createdAt.milliseconds])
      } else {
        let known = try Bool.fetchOne(
          db, sql: "SELECT 1 FROM tenant WHERE tenantId = ?", arguments: [key.tenant.rawValue])
        guard known == true else { return false }
      }
      try db.execute(
        sql: """
          INSERT INTO apiKey (key, secret, name, tenantId, isAdmin, createdAt)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          key.key, key.secret, key.name, key.tenant.rawValue, key.isAdmin,
          key.createdAt.milliseconds,
        ])
      try Self.raiseKeyVersion(db)
      try audit.insert(into: db)
      return true
    }
  }

  package func revoke(
    key: String, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> KeyRecord? {
    try await write { db in
      guard
        var record = try Row.fetchOne(
          db, sql: "SELECT * FROM apiKey WHERE key = ? AND secret IS NOT NULL", arguments: [key]
        ).map(KeyRecord.init(row:))
      else { return nil }
      guard record.revokedAt == nil else { return record }
      record.revokedAt = now
      try db.execute(
        sql: "UPDATE apiKey SET revokedAt = ? WHERE key = ?", arguments: [now.milliseconds, key])
      try Self.raiseKeyVersion(db)
      try AuditRecord(
        time: now, tenant: record.tenant, actor: actor, action: .keyRevoked, target: key,
        detail: record.name
      ).insert(into: db)
      return record
    }
  }

  package func noteUses(_ uses: [String: Timestamp]) async throws(StoreError) {
    try await write { db in
      for (key, time) in uses {
        try db.execute(
          sql: "UPDATE apiKey SET lastUsedAt = ? WHERE key = ?",
          arguments: [time.milliseconds, key])
      }
    }
  }

  package func audit(
    tenant: TenantID?, _ page: PageRequest
  ) async throws(StoreError) -> Listing<AuditRecord> {
    try await read { db in
      let condition = tenant == nil ? "1" : "tenantId = :tenant"
      var arguments: StatementArguments = tenant.map { ["tenant": $0.rawValue] } ?? [:]
      let total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM audit WHERE \(condition)", arguments: arguments)
      arguments += ["limit": page.perPage, "offset": page.offset]
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM audit WHERE \(condition) ORDER BY number DESC LIMIT :limit OFFSET :offset
          """,
        arguments: arguments)
      return Listing(elements: try rows.map(AuditRecord.init(row:)), total: total ?? 0)
    }
  }

  private static func keyVersion(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT version FROM keyVersion") ?? 0
  }

  private static func raiseKeyVersion(_ db: Database) throws {
    try db.execute(sql: "UPDATE keyVersion SET version = version + 1")
  }
}

extension KeyRecord {
  fileprivate init(row: Row) throws {
    let isAdmin: Bool? = row["isAdmin"]
    let name: String? = row["name"]
    self.init(
      key: try row.text("key"), secret: row["secret"], name: name ?? "",
      tenant: TenantID(try row.text("tenantId")), isAdmin: isAdmin ?? false,
      createdAt: try row.time("createdAt"), revokedAt: row.optionalTime("revokedAt"),
      lastUsedAt: row.optionalTime("lastUsedAt"))
  }
}

extension AuditRecord {
  /// Writes the record within the caller's transaction.
  func insert(into db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO audit (time, tenantId, actor, action, target, detail)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        time.milliseconds, tenant.rawValue, actor, action.rawValue, target, detail,
      ])
    try db.execute(
      sql: "DELETE FROM audit WHERE number <= ?",
      arguments: [db.lastInsertedRowID - Self.maximumCount])
  }

  fileprivate init(row: Row) throws {
    guard let action = Action(rawValue: try row.text("action")) else {
      throw StoreError(reason: "an action that is unknown")
    }
    self.init(
      time: try row.time("time"), tenant: TenantID(try row.text("tenantId")),
      actor: try row.text("actor"), action: action, target: try row.text("target"),
      detail: try row.text("detail"))
  }
}
