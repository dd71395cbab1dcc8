import Foundation
import GRDB

/// Copies of the store's file, made while the server runs or not.
package enum StoreBackup {
  /// What a backup holds.
  package struct Summary: Sendable, Equatable {
    package var rooms: Int
    package var sessions: Int
    package var bytes: Int
  }

  /// Copies the store as it is at this moment; every write that was confirmed before is in it.
  ///
  /// The copy is one file for its owner alone, checked before it gets its name, and never replaces
  /// another file. Writers go on meanwhile; only the log grows until the copy is made.
  ///
  /// - Throws: `StoreError` if the source cannot be read, the target exists or cannot be written,
  ///   or the copy is damaged; nothing is left of it then.
  package static func write(
    from source: String, to target: String
  ) throws(StoreError) -> Summary {
    guard FileManager.default.fileExists(atPath: source) else {
      throw StoreError(reason: "there is no store at \(source)")
    }
    guard !FileManager.default.fileExists(atPath: target) else {
      throw StoreError(reason: "\(target) exists, and a backup replaces nothing")
    }
    let partial = "\(target).partial-\(ProcessInfo.processInfo.processIdentifier)"
    // With its mode from the start: it holds names and messages of people.
    guard
      FileManager.default.createFile(
        atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw StoreError(reason: "\(partial) cannot be written") }
    defer { try? FileManager.default.removeItem(atPath: partial) }
    do {
      let summary = try copy(source, to: partial)
      try synchronise(partial)
      // Fails if somebody made the target meanwhile, which a rename would not.
      try FileManager.default.linkItem(atPath: partial, toPath: target)
      return summary
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(error)
    }
  }

  /// What is wrong with a store's file, in SQLite's words; empty if nothing is.
  ///
  /// - Throws: `StoreError` if it cannot be read at all.
  package static func faults(of path: String) throws(StoreError) -> [String] {
    do {
      return try DatabaseQueue(path: path, configuration: readOnly).read(faults(in:))
    } catch {
      throw StoreError(error)
    }
  }

  /// Whether a store's file was written by a newer version of the program.
  package static func isNewer(_ path: String) throws(StoreError) -> Bool {
    do {
      return try DatabaseQueue(path: path, configuration: readOnly)
        .read { try Schema.migrator.hasBeenSuperseded($0) }
    } catch {
      throw StoreError(error)
    }
  }

  /// The last time, in milliseconds since 1970, at which a server wrote to the store.
  package static func lastHeartbeat(_ path: String) throws(StoreError) -> Int64? {
    do {
      return try DatabaseQueue(path: path, configuration: readOnly)
        .read { try Int64.fetchOne($0, sql: "SELECT time FROM heartbeat") }
    } catch {
      throw StoreError(error)
    }
  }

  private static var readOnly: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    return configuration
  }

  private static func copy(_ source: String, to target: String) throws -> Summary {
    let original = try DatabaseQueue(path: source, configuration: readOnly)
    let copy = try DatabaseQueue(path: target)
    // In one step, under one lock for reading: so it is of one moment, and no write starts it anew.
    try original.backup(to: copy)
    let summary = try copy.writeWithoutTransaction { db in
      // One file instead of a file and a log.
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      let faults = try faults(in: db)
      guard faults.isEmpty else {
        throw StoreError(
          reason: "the store is damaged: \(faults.prefix(3).joined(separator: "; "))")
      }
      return Summary(
        rooms: try Int.fetchOne(db, sql: "SELECT count(*) FROM room") ?? 0,
        sessions: try Int.fetchOne(db, sql: "SELECT count(*) FROM session") ?? 0, bytes: 0)
    }
    try copy.close()
    let attributes = try FileManager.default.attributesOfItem(atPath: target)
    return Summary(
      rooms: summary.rooms, sessions: summary.sessions,
      bytes: (attributes[.size] as? NSNumber)?.intValue ?? 0)
  }

  private static func faults(in db: Database) throws -> [String] {
    let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
    let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(10).map {
      "a row of \($0["table"] as String? ?? "?") belongs to nothing"
    }
    return damage + orphans
  }

  /// Waits until the file is on the disk.
  private static func synchronise(_ path: String) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.synchronize()
    try file.close()
  }
}
