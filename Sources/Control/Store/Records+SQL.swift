import GRDB
import Signal

extension Row {
  /// A column that must hold text; anything else means that the file is damaged.
  func text(_ column: String) throws -> String {
    guard let text: String = self[column] else { throw StoreError(reason: "no \(column)") }
    return text
  }

  func time(_ column: String) throws -> Timestamp {
    guard let time: Int64 = self[column] else { throw StoreError(reason: "no \(column)") }
    return Timestamp(milliseconds: time)
  }

  func optionalTime(_ column: String) -> Timestamp? {
    let time: Int64? = self[column]
    return time.map(Timestamp.init(milliseconds:))
  }

  /// A value that was stored as JSON; `nil` if there is none.
  func json<Value: Decodable>(_ column: String, as type: Value.Type) throws -> Value? {
    guard let text: String = self[column] else { return nil }
    return try SignalJSON.decode(type, from: text.utf8)
  }
}

extension Encodable {
  /// The value as JSON text, for a column.
  var jsonText: String { String(decoding: SignalJSON.encode(self), as: UTF8.self) }
}

extension RoomRecord {
  init(row: Row) throws {
    let isDisabled: Bool? = row["isDisabled"]
    self.init(
      objectID: try row.text("objectId"), roomID: RoomID(try row.text("roomId")),
      tenant: TenantID(try row.text("tenantId")), customRoomID: row["customRoomId"],
      isDisabled: isDisabled ?? false,
      webhook: try row.json("webhook", as: RoomWebhook.self),
      autoClose: try row.json("autoCloseConfig", as: AutoCloseConfig.self),
      allowedParticipantIDs: try row.json("allowedParticipantIds", as: [String].self),
      outputOptions: try row.json("outputOptions", as: RoomOutputOptions.self),
      createdAt: try row.time("createdAt"), updatedAt: try row.time("updatedAt"))
  }
}

extension SessionRecord {
  init(row: Row) throws {
    let reason: String? = row["endReason"]
    let hasMessages: Bool? = row["hasMessages"]
    self.init(
      sessionID: SessionID(try row.text("sessionId")), roomID: RoomID(try row.text("roomId")),
      customRoomID: row["customRoomId"], tenant: TenantID(try row.text("tenantId")),
      apiKey: try row.text("apiKey"), start: try row.time("start"),
      end: row.optionalTime("end"), endReason: reason.flatMap(SessionEnd.init(rawValue:)),
      hasMessages: hasMessages ?? false)
  }
}

extension ParticipantRecord {
  /// Reads a participant with its spans.
  init(row: Row, _ db: Database) throws {
    let number: Int64? = row["number"]
    func spans(_ table: String) throws -> [Row] {
      try Row.fetchAll(
        db, sql: "SELECT * FROM \(table) WHERE participant = ? ORDER BY number",
        arguments: [number])
    }
    func span(_ row: Row) throws -> TimeSpan {
      TimeSpan(start: try row.time("start"), end: row.optionalTime("end"))
    }
    var streams: [StreamKind: [TimeSpan]] = [:]
    for row in try spans("stream") {
      guard let kind = StreamKind(rawValue: try row.text("kind")) else { continue }
      streams[kind, default: []].append(try span(row))
    }
    let modes = try spans("modeSpan").map { row in
      ModeSpan(
        mode: ParticipantMode(rawValue: try row.text("mode")) ?? .sendAndReceive,
        span: try span(row))
    }
    self.init(
      objectID: try row.text("objectId"), participantID: try row.text("participantId"),
      name: try row.text("name"),
      mode: ParticipantMode(rawValue: try row.text("mode")) ?? .sendAndReceive,
      client: ClientDescription(
        sdk: row["sdk"], version: row["sdkVersion"], userAgent: row["userAgent"]),
      presence: try spans("presence").map(span), streams: streams, modes: modes)
  }
}

extension MessageRecord {
  init(row: Row) throws {
    let ordinal: Int? = row["ordinal"]
    let sendOnly: String? = row["sendOnly"]
    self.init(
      ordinal: ordinal ?? 0,
      message: try SignalJSON.decode(PubSubMessage.self, from: try row.text("content").utf8),
      sendOnly: try sendOnly.map { try SignalJSON.decode([String].self, from: $0.utf8) })
  }
}
