import GRDB
import Signal

extension SQLiteStore {
  package func storage(of key: String) async throws(StoreError) -> KeyStorage? {
    try await read { db in
      try Row.fetchOne(
        db, sql: "SELECT configuration FROM keyStorage WHERE apiKey = ?", arguments: [key]
      )?.json("configuration", as: KeyStorage.self)
    }
  }

  package func setStorage(
    _ storage: KeyStorage?, of key: String, _ audit: AuditRecord
  ) async throws(StoreError) -> Bool {
    try await write { db in
      let known = try Bool.fetchOne(
        db, sql: "SELECT 1 FROM apiKey WHERE key = ?", arguments: [key])
      guard known == true else { return false }
      if let storage {
        try db.execute(
          sql: """
            INSERT INTO keyStorage VALUES (?, ?)
            ON CONFLICT DO UPDATE SET configuration = excluded.configuration
            """, arguments: [key, storage.jsonText])
      } else {
        try db.execute(sql: "DELETE FROM keyStorage WHERE apiKey = ?", arguments: [key])
      }
      try audit.insert(into: db)
      return true
    }
  }

  package func streamsToCopy(limit: Int) async throws(StoreError) -> [OutputRecord] {
    try await read { db in
      var keys: [String] = []
      for row in try Row.fetchAll(db, sql: "SELECT * FROM keyStorage") {
        let storage = try row.json("configuration", as: KeyStorage.self)
        if storage?.copiesHLS == true { keys.append(try row.text("apiKey")) }
      }
      guard !keys.isEmpty else { return [] }
      let marks = keys.map { _ in "?" }.joined(separator: ", ")
      return try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM output WHERE type = 'hls' AND apiKey IN (\(marks))
          ORDER BY number DESC LIMIT \(limit)
          """, arguments: StatementArguments(keys)
      ).map { try OutputRecord(row: $0, db) }
    }
  }

  package func uploadProgress(of fileID: String) async throws(StoreError) -> String? {
    try await read { db in
      try String.fetchOne(
        db, sql: "SELECT progress FROM uploadProgress WHERE fileId = ?", arguments: [fileID])
    }
  }

  package func keepUploadProgress(
    _ progress: String?, of fileID: String
  ) async throws(StoreError) {
    try await write { db in
      guard let progress else {
        return try db.execute(
          sql: "DELETE FROM uploadProgress WHERE fileId = ?", arguments: [fileID])
      }
      try db.execute(
        sql: """
          INSERT INTO uploadProgress VALUES (?, ?)
          ON CONFLICT DO UPDATE SET progress = excluded.progress
          """, arguments: [fileID, progress])
    }
  }
}
