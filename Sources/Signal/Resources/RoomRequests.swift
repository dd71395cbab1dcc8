/// The body of `POST /v2/rooms`; what it does not name is ignored.
package struct CreateRoomRequest: Decodable, Equatable, Sendable {
  package var customRoomId: String?
  package var webhook: RoomWebhook?
  package var autoCloseConfig: AutoCloseConfig?
  /// Who may join; absent for everybody with a token.
  package var allowedParticipantIds: [String]?
  /// What begins with each session.
  package var autoStartConfig: RoomOutputOptions.AutoStart?
  package var multiComposition: RoomOutputOptions.MultiComposition?

  package init(
    customRoomId: String? = nil, webhook: RoomWebhook? = nil,
    autoCloseConfig: AutoCloseConfig? = nil, allowedParticipantIds: [String]? = nil,
    autoStartConfig: RoomOutputOptions.AutoStart? = nil,
    multiComposition: RoomOutputOptions.MultiComposition? = nil
  ) {
    self.customRoomId = customRoomId
    self.webhook = webhook
    self.autoCloseConfig = autoCloseConfig
    self.allowedParticipantIds = allowedParticipantIds
    self.autoStartConfig = autoStartConfig
    self.multiComposition = multiComposition
  }
}

/// The body of `POST /v2/rooms/{roomId}`.
package struct RoomStatusRequest: Decodable, Equatable, Sendable {
  package enum Status: String, Codable, Sendable { case enabled, disabled }
  package var status: Status
  package init(status: Status) { self.status = status }
}

/// The body of `POST /v2/rooms/deactivate`.
package struct DeactivateRoomRequest: Decodable, Equatable, Sendable {
  package var roomId: String
  package init(roomId: String) { self.roomId = roomId }
}

/// The body of `POST /v2/sessions/end`.
package struct EndSessionRequest: Decodable, Equatable, Sendable {
  /// A room's id or custom id.
  package var roomId: String
  package var sessionId: String?
  package init(roomId: String, sessionId: String? = nil) {
    self.roomId = roomId
    self.sessionId = sessionId
  }
}

/// The body of `POST /v2/sessions/participants/remove`.
package struct RemoveParticipantRequest: Decodable, Equatable, Sendable {
  package var participantId: String
  /// A room's id or custom id.
  package var roomId: String
  package var sessionId: String?
  package init(participantId: String, roomId: String, sessionId: String? = nil) {
    self.participantId = participantId
    self.roomId = roomId
    self.sessionId = sessionId
  }
}
