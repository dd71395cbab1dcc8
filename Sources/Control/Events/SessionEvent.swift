package import Signal

/// One entry of a session's event log, written together with the change it tells of.
package struct SessionEvent: Sendable, Equatable {
  package var sessionID: SessionID
  /// Its place in the session: from 1, without gaps.
  package var sequence: Int
  package var type: String
  package var time: Timestamp
  /// An object: what the type says of it.
  package var data: JSONValue

  package init(
    sessionID: SessionID, sequence: Int, type: String, time: Timestamp, data: JSONValue
  ) {
    self.sessionID = sessionID
    self.sequence = sequence
    self.type = type
    self.time = time
    self.data = data
  }

  /// The same for every attempt to deliver it, so that receivers notice repetitions.
  package var eventID: String { "evt_\(sessionID.rawValue)_\(sequence)" }

  /// What is sent to a room's webhook: the same bytes at every attempt.
  package func webhookBody(room: RoomID) -> JSONValue {
    var data = data.object ?? [:]
    data["meetingId"] = .string(room.rawValue)
    data["sessionId"] = .string(sessionID.rawValue)
    data["sequence"] = .integer(Int64(sequence))
    data["eventId"] = .string(eventID)
    data["timestamp"] = .integer(time.milliseconds)
    return .object(["webhookType": .string(type), "data": .object(data)])
  }
}

/// The types of events that the public surface has a webhook for; all others are in the log only.
enum WebhookType {
  static let sessionStarted = "session-started"
  static let sessionEnded = "session-ended"
  static let participantJoined = "participant-joined"
  static let participantLeft = "participant-left"

  private static let single: Set = [
    sessionStarted, sessionEnded, participantJoined, participantLeft,
  ]
  private static let families = [
    "recording-", "livestream-", "hls-", "transcription-", "participant-recording-",
    "participant-track-recording-", "composite-recording-",
  ]

  static func isSent(_ type: String) -> Bool {
    single.contains(type) || families.contains { type.hasPrefix($0) }
  }
}
