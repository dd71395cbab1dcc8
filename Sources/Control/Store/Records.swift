package import Signal

/// A room as it is stored.
package struct RoomRecord: Sendable, Equatable {
  /// 24 hex digits; REST's `id`.
  package var objectID: String
  package var roomID: RoomID
  package var tenant: TenantID
  package var customRoomID: String?
  package var isDisabled: Bool
  package var webhook: RoomWebhook?
  package var autoClose: AutoCloseConfig?
  /// `nil`: everybody with a token.
  package var allowedParticipantIDs: [String]?
  package var outputOptions: RoomOutputOptions?
  package var createdAt: Timestamp
  package var updatedAt: Timestamp

  package init(
    objectID: String, roomID: RoomID, tenant: TenantID, customRoomID: String?,
    isDisabled: Bool = false, webhook: RoomWebhook? = nil, autoClose: AutoCloseConfig? = nil,
    allowedParticipantIDs: [String]? = nil, outputOptions: RoomOutputOptions? = nil,
    createdAt: Timestamp, updatedAt: Timestamp
  ) {
    self.outputOptions = outputOptions
    self.objectID = objectID
    self.roomID = roomID
    self.tenant = tenant
    self.customRoomID = customRoomID
    self.isDisabled = isDisabled
    self.webhook = webhook
    self.autoClose = autoClose
    self.allowedParticipantIDs = allowedParticipantIDs
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}

/// Why a session is over.
package enum SessionEnd: String, Sendable, Equatable, CaseIterable {
  case lastParticipantLeft = "last-participant-left"
  case endedByParticipant = "ended-by-participant"
  case endedByAPI = "ended-by-api"
  case roomDisabled = "room-disabled"
  /// It lasted as long as the room's `autoCloseConfig` allows.
  case autoClosed = "auto-close"
  case serverStopped = "server-stopped"
  /// The server stopped without a word; noticed at its next start.
  case serverCrashed = "server-crashed"
}

/// A session as it is stored.
package struct SessionRecord: Sendable, Equatable {
  package var sessionID: SessionID
  package var roomID: RoomID
  package var customRoomID: String?
  package var tenant: TenantID
  package var apiKey: String
  package var start: Timestamp
  package var end: Timestamp?
  package var endReason: SessionEnd?
  package var hasMessages: Bool
}

/// A span of time, open while `end` is `nil`.
package struct TimeSpan: Sendable, Equatable {
  package var start: Timestamp
  package var end: Timestamp?

  package init(start: Timestamp, end: Timestamp?) {
    self.start = start
    self.end = end
  }
}

/// A mode and when a participant had it.
package struct ModeSpan: Sendable, Equatable {
  package var mode: ParticipantMode
  package var span: TimeSpan

  package init(mode: ParticipantMode, span: TimeSpan) {
    self.mode = mode
    self.span = span
  }
}

/// A participant of a session as stored: one per id, with a span for each time it was there.
package struct ParticipantRecord: Sendable, Equatable {
  package var objectID: String
  package var participantID: String
  package var name: String
  package var mode: ParticipantMode
  package var client: ClientDescription
  package var presence: [TimeSpan]
  package var streams: [StreamKind: [TimeSpan]]
  /// Oldest first; empty for those stored before modes were.
  package var modes: [ModeSpan]
}

/// A persisted message as it is stored.
package struct MessageRecord: Sendable, Equatable {
  /// Its place in the session, from 1.
  package var ordinal: Int
  package var message: PubSubMessage
  /// Who may see it besides its sender; `nil` is everybody.
  package var sendOnly: [String]?

  package init(ordinal: Int, message: PubSubMessage, sendOnly: [String]?) {
    self.ordinal = ordinal
    self.message = message
    self.sendOnly = sendOnly
  }
}

/// Part of a list, and how long the whole is.
package struct Listing<Element: Sendable>: Sendable {
  package var elements: [Element]
  package var total: Int
}
