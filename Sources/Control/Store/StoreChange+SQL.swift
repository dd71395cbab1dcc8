import FoundationEssentials
import GRDB
import Signal

extension StoreChange {
  /// Writes the change within the caller's transaction.
  func write(to db: Database) throws {
    switch self {
    case .sessionStarted(let id, let room, let tenant, let apiKey, let time):
      try db.execute(
        sql: """
          INSERT INTO session (sessionId, roomId, tenantId, apiKey, start) VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          id.rawValue, room.rawValue, tenant.rawValue, apiKey, time.milliseconds,
        ])
    case .sessionEnded(let id, let reason, let time):
      try db.execute(
        sql: """
          UPDATE session SET end = max(start, ?), endReason = ? WHERE sessionId = ? AND end IS NULL
          """,
        arguments: [time.milliseconds, reason.rawValue, id.rawValue])
    case .participantJoined(let session, let participant, let time):
      try Self.insert(participant, session, time, db)
    case .participantLeft(let session, let participantID, let reason, let time):
      try Self.endMode(participantID, session, time, db)
      try db.execute(
        sql: """
          UPDATE presence SET end = max(start, ?), leaveReason = ?
          WHERE end IS NULL AND participant = \(Self.number)
          """,
        arguments: [time.milliseconds, reason.rawValue, session.rawValue, participantID])
    case .modeChanged(let session, let participantID, let mode, let time):
      try Self.endMode(participantID, session, time, db)
      try Self.beginMode(mode, participantID, session, time, db)
      try db.execute(
        sql: "UPDATE participant SET mode = ? WHERE sessionId = ? AND participantId = ?",
        arguments: [mode.rawValue, session.rawValue, participantID])
    case .streamEnabled(let session, let participantID, let kind, let time):
      try db.execute(
        sql: "INSERT INTO stream (participant, kind, start) VALUES (\(Self.number), ?, ?)",
        arguments: [session.rawValue, participantID, kind.rawValue, time.milliseconds])
    case .streamDisabled(let session, let participantID, let kind, let time):
      try db.execute(
        sql: """
          UPDATE stream SET end = max(start, ?)
          WHERE end IS NULL AND kind = ? AND participant = \(Self.number)
          """,
        arguments: [time.milliseconds, kind.rawValue, session.rawValue, participantID])
    case .message(let session, let record):
      try db.execute(
        sql: "INSERT INTO message (sessionId, ordinal, content, sendOnly) VALUES (?, ?, ?, ?)",
        arguments: [
          session.rawValue, record.ordinal, Self.text(record.message),
          record.sendOnly.map { Self.text($0) },
        ])
    case .messagesForgotten(let session, let ordinals):
      for ordinal in ordinals {
        try db.execute(
          sql: "DELETE FROM message WHERE sessionId = ? AND ordinal = ?",
          arguments: [session.rawValue, ordinal])
      }
    case .participantBanned(let room, let participantID, let until):
      try db.execute(
        sql: """
          INSERT INTO ban VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET until = max(until, excluded.until)
          """,
        arguments: [room.rawValue, participantID, until.milliseconds])
    case .audited(let record): try record.insert(into: db)
    case .roomDisabled(let room, let time):
      try db.execute(
        sql: "UPDATE room SET isDisabled = 1, updatedAt = ? WHERE roomId = ?",
        arguments: [time.milliseconds, room.rawValue])
    case .webhookAttempted(let attempt): try attempt.write(to: db)
    case .output(let change): try change.write(to: db)
    case .uploadTarget(let outputID, let url):
      try OutputChange.setTarget(url, of: outputID, db)
    case .happened: break  // it is in the event log
    case .insights(let change): try change.write(to: db)
    case .alive:
      break  // every commit notes the time
    }
  }

  /// A participant's row, by session and id.
  private static let number =
    "(SELECT number FROM participant WHERE sessionId = ? AND participantId = ?)"

  private static func insert(
    _ participant: NewParticipant, _ session: SessionID, _ time: Timestamp, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO participant
          (objectId, sessionId, participantId, name, mode, sdk, sdkVersion, userAgent)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET name = excluded.name, mode = excluded.mode, sdk = excluded.sdk,
          sdkVersion = excluded.sdkVersion, userAgent = excluded.userAgent
        """,
      arguments: [
        participant.objectID, session.rawValue, participant.participantID, participant.name,
        participant.mode.rawValue, participant.client.sdk, participant.client.version,
        participant.client.userAgent,
      ])
    try db.execute(
      sql: "INSERT INTO presence (participant, start) VALUES (\(number), ?)",
      arguments: [session.rawValue, participant.participantID, time.milliseconds])
    try beginMode(participant.mode, participant.participantID, session, time, db)
  }

  private static func beginMode(
    _ mode: ParticipantMode, _ participantID: String, _ session: SessionID, _ time: Timestamp,
    _ db: Database
  ) throws {
    try db.execute(
      sql: "INSERT INTO modeSpan (participant, mode, start) VALUES (\(number), ?, ?)",
      arguments: [session.rawValue, participantID, mode.rawValue, time.milliseconds])
  }

  private static func endMode(
    _ participantID: String, _ session: SessionID, _ time: Timestamp, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE modeSpan SET end = max(start, ?) WHERE end IS NULL AND participant = \(number)
        """,
      arguments: [time.milliseconds, session.rawValue, participantID])
  }

  private static func text(_ value: some Encodable) -> String {
    String(decoding: SignalJSON.encode(value), as: UTF8.self)
  }
}
