import FoundationEssentials
import GRDB
import Signal

extension [StoreChange] {
  /// Writes the changes, their events and the deliveries of these within the caller's transaction.
  ///
  /// Gives the lanes that have a delivery more.
  func writeAll(to db: Database) throws -> Set<WebhookLane> {
    var lanes: Set<WebhookLane> = []
    for change in self {
      let before = db.totalChangesCount
      try change.write(to: db)
      // A change of what is not there (any more) did not happen.
      guard change.alwaysHappens || db.totalChangesCount > before else { continue }
      if let draft = try change.event(db) { lanes.formUnion(try draft.append(to: db)) }
    }
    return lanes
  }
}

/// An event that has no place in its session yet.
private struct EventDraft {
  var sessionID: SessionID
  var type: String
  var time: Timestamp
  var data: [String: JSONValue]
  /// Gets it besides the room's webhook.
  var webhookURL: String?
}

extension StoreChange {
  fileprivate var alwaysHappens: Bool {
    if case .happened = self { true } else { false }
  }

  /// What the session's log says of this change; `nil` for nothing.
  fileprivate func event(_ db: Database) throws -> EventDraft? {
    switch self {
    case .sessionStarted(let id, _, _, _, let time):
      return EventDraft(
        sessionID: id, type: WebhookType.sessionStarted, time: time,
        data: ["start": .string(time.text)])
    case .sessionEnded(let id, let reason, let time):
      let span = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT start, end FROM session WHERE sessionId = ?"),
        arguments: [id.rawValue])
      let start = try span?.time("start") ?? time
      let end = span?.optionalTime("end") ?? time
      return EventDraft(
        sessionID: id, type: WebhookType.sessionEnded, time: end,
        data: [
          "start": .string(start.text), "end": .string(end.text),
          "reason": .string(reason.rawValue),
          "summary": try SessionSummary.fetch(id, db).map(SignalJSON.value) ?? .null,
        ])
    case .participantJoined(let id, let participant, let time):
      return EventDraft(
        sessionID: id, type: WebhookType.participantJoined, time: time,
        data: [
          "participantId": .string(participant.participantID),
          "participantName": .string(participant.name),
        ])
    case .participantLeft(let id, let participantID, let reason, let time):
      let name = try String.fetchOne(
        db.cachedStatement(
          sql: "SELECT name FROM participant WHERE sessionId = ? AND participantId = ?"),
        arguments: [id.rawValue, participantID])
      return EventDraft(
        sessionID: id, type: WebhookType.participantLeft, time: time,
        data: [
          "participantId": .string(participantID),
          "participantName": .string(name ?? participantID),
          "reason": [
            "code": .integer(Int64(reason.rawValue)), "message": .string(reason.message),
          ],
        ])
    case .modeChanged(let id, let participantID, let mode, let time):
      return EventDraft(
        sessionID: id, type: "participant-mode-changed", time: time,
        data: ["participantId": .string(participantID), "mode": .string(mode.rawValue)])
    case .streamEnabled(let id, let participantID, let kind, let time):
      return EventDraft(
        sessionID: id, type: "stream-enabled", time: time,
        data: ["participantId": .string(participantID), "kind": .string(kind.rawValue)])
    case .streamDisabled(let id, let participantID, let kind, let time):
      return EventDraft(
        sessionID: id, type: "stream-disabled", time: time,
        data: ["participantId": .string(participantID), "kind": .string(kind.rawValue)])
    case .happened(let id, let type, let data, let time):
      return EventDraft(sessionID: id, type: type, time: time, data: data.object ?? [:])
    case .output(let change):
      return EventDraft(
        sessionID: change.sessionID, type: change.event.type, time: change.time,
        data: change.event.data, webhookURL: change.event.webhookURL)
    case .uploadTarget, .message, .messagesForgotten, .participantBanned, .audited, .roomDisabled,
      .webhookAttempted, .insights, .alive:
      return nil
    }
  }
}

extension EventDraft {
  /// Writes the event as its session's next one, and a delivery of it if the room wants that.
  func append(to db: Database) throws -> [WebhookLane] {
    let room = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT s.roomId, s.tenantId, r.webhook, r.webhookIsGone,
            (SELECT max(sequence) FROM event WHERE sessionId = s.sessionId) AS last
          FROM session s JOIN room r ON r.roomId = s.roomId WHERE s.sessionId = ?
          """),
      arguments: [sessionID.rawValue])
    guard let room else { return [] }
    let last: Int? = room["last"]
    try db.cachedStatement(
      sql: "INSERT INTO event (sessionId, sequence, type, time, data) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [
      sessionID.rawValue, (last ?? 0) + 1, type, time.milliseconds,
      JSONValue.object(data).jsonText,
    ])
    let event = db.lastInsertedRowID

    let isGone: Bool? = room["webhookIsGone"]
    guard WebhookType.isSent(type) else { return [] }
    var endPoints: [String] = []
    if isGone != true, let webhook = try room.json("webhook", as: RoomWebhook.self),
      webhook.wants(type)
    {
      endPoints.append(webhook.endPoint)
    }
    if let webhookURL, !endPoints.contains(webhookURL) { endPoints.append(webhookURL) }
    let roomID = RoomID(try room.text("roomId"))
    let tenant = try room.text("tenantId")
    return try endPoints.map { endPoint in
      let lane = WebhookLane(roomID: roomID, endPoint: endPoint)
      try insertDelivery(of: event, lane, tenant, db)
      return lane
    }
  }

  private func insertDelivery(
    of event: Int64, _ lane: WebhookLane, _ tenant: String, _ db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO webhookDelivery (event, roomId, tenantId, endPoint, createdAt)
        VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      event, lane.roomID.rawValue, tenant, lane.endPoint, time.milliseconds,
    ])
  }
}
