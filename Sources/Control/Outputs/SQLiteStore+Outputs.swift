import GRDB
package import Signal

extension OutputChange {
  /// Writes the change within the caller's transaction.
  func write(to db: Database) throws {
    switch content {
    case .began(let output):
      try db.execute(
        sql: """
          INSERT INTO output (outputId, sessionId, roomId, tenantId, apiKey, type, state,
            specification, participantId, webhookUrl, bucketFolder, createdAt)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          output.id, output.sessionID.rawValue, output.roomID.rawValue, output.tenant.rawValue,
          output.apiKey, output.type.rawValue, output.state.rawValue,
          output.specification.jsonText, output.participantID, output.webhookURL,
          output.bucketFolder, output.createdAt.milliseconds,
        ])
    case .entered(let state):
      try db.execute(
        sql: """
          UPDATE output SET state = ?1, start = CASE WHEN ?1 = 'started' THEN ?2 ELSE start END
          WHERE outputId = ?3 AND end IS NULL
          """, arguments: [state.rawValue, time.milliseconds, outputID])
    case .finished(let state, let code, let error, let files):
      try db.execute(
        sql: """
          UPDATE output SET state = ?, end = max(coalesce(start, createdAt), ?), errorCode = ?,
            error = ? WHERE outputId = ? AND end IS NULL
          """, arguments: [state.rawValue, time.milliseconds, code, error, outputID])
      guard db.changesCount > 0 else { return }
      for file in files { try file.insert(outputID, db) }
    }
  }

  static func setTarget(_ url: String, of outputID: String, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE output SET uploadUrl = ? WHERE outputId = ?", arguments: [url, outputID])
  }
}

extension OutputFileRecord {
  /// Writes the file; it is to be uploaded if its output's request or key says where to.
  fileprivate func insert(_ outputID: String, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO outputFile (fileId, outputId, file, createdAt, storage)
        SELECT ?, outputId, ?, ?, CASE
            WHEN type != 'hls' AND (uploadUrl IS NOT NULL
              OR apiKey IN (SELECT apiKey FROM keyStorage)) THEN 'uploading'
            ELSE 'local' END
        FROM output WHERE outputId = ?
        """,
      arguments: [id, file.jsonText, createdAt.milliseconds, outputID])
  }

  fileprivate init(row: Row) throws {
    guard let file = try row.json("file", as: OutputFile.self) else {
      throw StoreError(reason: "no file")
    }
    self.init(
      id: try row.text("fileId"), file: file, createdAt: try row.time("createdAt"),
      storage: Storage(rawValue: try row.text("storage")) ?? .local, remoteURL: row["remoteUrl"])
  }
}

extension OutputRecord {
  init(row: Row, _ db: Database) throws {
    guard let specification = try row.json("specification", as: OutputSpecification.self) else {
      throw StoreError(reason: "no specification")
    }
    let id = try row.text("outputId")
    let files = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM outputFile WHERE outputId = ? ORDER BY number"),
      arguments: [id])
    self.init(
      id: id, sessionID: SessionID(try row.text("sessionId")),
      roomID: RoomID(try row.text("roomId")), tenant: TenantID(try row.text("tenantId")),
      apiKey: try row.text("apiKey"),
      type: OutputType(rawValue: try row.text("type")) ?? .recording,
      state: OutputState(rawValue: try row.text("state")) ?? .failed,
      specification: specification, participantID: row["participantId"],
      webhookURL: row["webhookUrl"], bucketFolder: row["bucketFolder"],
      createdAt: try row.time("createdAt"), start: row.optionalTime("start"),
      end: row.optionalTime("end"), errorCode: row["errorCode"], error: row["error"],
      files: try files.map(OutputFileRecord.init(row:)))
  }
}

extension SQLiteStore {
  package func output(
    _ id: String, tenant: TenantID
  ) async throws(StoreError) -> OutputRecord? {
    try await read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM output WHERE outputId = ? AND tenantId = ?",
        arguments: [id, tenant.rawValue]
      ).map { try OutputRecord(row: $0, db) }
    }
  }

  package func outputs(
    tenant: TenantID, _ filter: OutputFilter, _ page: PageRequest
  ) async throws(StoreError) -> Listing<OutputRecord> {
    try await read { db in
      var condition = "tenantId = ? AND type = ?"
      var arguments: StatementArguments = [tenant.rawValue, filter.type.rawValue]
      for (column, value) in [
        ("roomId", filter.roomID?.rawValue), ("sessionId", filter.sessionID?.rawValue),
        ("participantId", filter.participantID),
      ] {
        guard let value else { continue }
        condition += " AND \(column) = ?"
        arguments += [value]
      }
      if filter.isLive { condition += " AND end IS NULL" }
      let total = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM output WHERE \(condition)", arguments: arguments)
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM output WHERE \(condition) ORDER BY number DESC LIMIT ? OFFSET ?",
        arguments: arguments + [page.perPage, page.offset])
      return Listing(
        elements: try rows.map { try OutputRecord(row: $0, db) }, total: total ?? 0)
    }
  }

  package func openOutputs() async throws(StoreError) -> [OutputRecord] {
    try await read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM output WHERE end IS NULL ORDER BY number")
        .map { try OutputRecord(row: $0, db) }
    }
  }

  package func deleteOutput(
    _ id: String, tenant: TenantID, _ audit: AuditRecord
  ) async throws(StoreError) -> OutputRecord? {
    try await write { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT * FROM output WHERE outputId = ? AND tenantId = ? AND end IS NOT NULL
          """, arguments: [id, tenant.rawValue])
      guard let row else { return nil }
      let record = try OutputRecord(row: row, db)
      try db.execute(
        sql: """
          DELETE FROM uploadProgress
          WHERE fileId IN (SELECT fileId FROM outputFile WHERE outputId = ?)
          """, arguments: [id])
      try db.execute(sql: "DELETE FROM outputFile WHERE outputId = ?", arguments: [id])
      try db.execute(sql: "DELETE FROM output WHERE outputId = ?", arguments: [id])
      try audit.insert(into: db)
      return record
    }
  }

  package func outputFile(
    _ fileID: String, of outputID: String
  ) async throws(StoreError) -> UploadTask? {
    try await read { db in
      let file = try Row.fetchOne(
        db, sql: "SELECT * FROM outputFile WHERE fileId = ? AND outputId = ?",
        arguments: [fileID, outputID])
      let output = try Row.fetchOne(
        db, sql: "SELECT * FROM output WHERE outputId = ?", arguments: [outputID])
      guard let file, let output else { return nil }
      return UploadTask(
        file: try OutputFileRecord(row: file), output: try OutputRecord(row: output, db))
    }
  }

  package func filesToUpload(limit: Int) async throws(StoreError) -> [UploadTask] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM outputFile WHERE storage = 'uploading' ORDER BY number LIMIT ?
          """, arguments: [limit])
      return try rows.compactMap { row in
        let output = try Row.fetchOne(
          db, sql: "SELECT * FROM output WHERE outputId = ?",
          arguments: [try row.text("outputId")])
        guard let output else { return nil }
        return UploadTask(
          file: try OutputFileRecord(row: row), output: try OutputRecord(row: output, db),
          preSignedURL: output["uploadUrl"])
      }
    }
  }

  package func note(
    _ storage: OutputFileRecord.Storage, of fileID: String, remoteURL: String?
  ) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "UPDATE outputFile SET storage = ?, remoteUrl = ? WHERE fileId = ?",
        arguments: [storage.rawValue, remoteURL, fileID])
      // Nobody needs the secret any more.
      guard storage == .uploaded || storage == .refused else { return }
      try db.execute(
        sql: """
          UPDATE output SET uploadUrl = NULL
          WHERE outputId = (SELECT outputId FROM outputFile WHERE fileId = ?)
          """, arguments: [fileID])
    }
  }
}
