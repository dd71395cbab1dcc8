/// A room (= meeting) as the REST API shows it.
package struct RoomResource: Encodable, Equatable, Sendable {
  /// Who a room belongs to, in lists and fetches.
  package struct Owner: Encodable, Equatable, Sendable {
    package var id: String
    package var name: String
    package var email: String

    package init(id: String, name: String, email: String) {
      self.id = id
      self.name = name
      self.email = email
    }
  }

  package var roomId: String
  package var customRoomId: String?
  /// In the answer to creation and validation.
  package var userId: String?
  /// In lists and fetches, in place of `userId`.
  package var user: Owner?
  package var disabled: Bool
  /// `enabled` or `disabled`, in the answer to a change of it.
  package var status: String?
  package var webhook: RoomWebhook?
  package var autoCloseConfig: AutoCloseConfig?
  package var allowedParticipantIds: [String]?
  package var autoStartConfig: RoomOutputOptions.AutoStart?
  package var multiComposition: RoomOutputOptions.MultiComposition?
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var id: String
  package var links: RoomLinks

  package init(
    roomId: String, customRoomId: String?, userId: String?, user: Owner?, disabled: Bool,
    status: String? = nil, webhook: RoomWebhook? = nil, autoCloseConfig: AutoCloseConfig? = nil,
    allowedParticipantIds: [String]? = nil, outputOptions: RoomOutputOptions? = nil,
    createdAt: Timestamp, updatedAt: Timestamp,
    id: String, links: RoomLinks
  ) {
    self.roomId = roomId
    self.customRoomId = customRoomId
    self.userId = userId
    self.user = user
    self.disabled = disabled
    self.status = status
    self.webhook = webhook
    self.autoCloseConfig = autoCloseConfig
    self.allowedParticipantIds = allowedParticipantIds
    autoStartConfig = outputOptions?.autoStart
    multiComposition = outputOptions?.multiComposition
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.id = id
    self.links = links
  }

  private enum CodingKeys: String, CodingKey {
    case roomId, customRoomId, userId, user, disabled, status, webhook, autoCloseConfig
    case allowedParticipantIds, autoStartConfig, multiComposition, createdAt, updatedAt, id, links
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(roomId, forKey: .roomId)
    try values.encode(customRoomId, forKey: .customRoomId)  // null is said, not left out
    try values.encodeIfPresent(userId, forKey: .userId)
    try values.encodeIfPresent(user, forKey: .user)
    try values.encode(disabled, forKey: .disabled)
    try values.encodeIfPresent(status, forKey: .status)
    try values.encodeIfPresent(webhook, forKey: .webhook)
    try values.encodeIfPresent(autoCloseConfig, forKey: .autoCloseConfig)
    try values.encodeIfPresent(allowedParticipantIds, forKey: .allowedParticipantIds)
    try values.encodeIfPresent(autoStartConfig, forKey: .autoStartConfig)
    try values.encodeIfPresent(multiComposition, forKey: .multiComposition)
    try values.encode(createdAt, forKey: .createdAt)
    try values.encode(updatedAt, forKey: .updatedAt)
    try values.encode(id, forKey: .id)
    try values.encode(links, forKey: .links)
  }
}

/// Where a room's resources are.
package struct RoomLinks: Codable, Equatable, Sendable {
  package var room: String
  package var session: String

  package init(room: String, session: String) {
    self.room = room
    self.session = session
  }

  private enum CodingKeys: String, CodingKey {
    case room = "get_room"
    case session = "get_session"
  }
}

/// The answer to deactivation, which keeps names of an older API.
package struct DeactivatedRoomResource: Encodable, Equatable, Sendable {
  package struct Webhook: Encodable, Equatable, Sendable {
    package var events: [String]
    package var endPoint: String?

    package init(events: [String] = [], endPoint: String? = nil) {
      self.events = events
      self.endPoint = endPoint
    }
  }

  package var webhook = Webhook()
  package var disabled = true
  package var meetingId: String
  package var userMeetingId: String?
  package var userId: String
  package var user: RoomResource.Owner
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var id: String

  package init(
    meetingId: String, userMeetingId: String?, webhook: Webhook = Webhook(),
    user: RoomResource.Owner, createdAt: Timestamp, updatedAt: Timestamp, id: String
  ) {
    self.webhook = webhook
    self.meetingId = meetingId
    self.userMeetingId = userMeetingId
    userId = user.id
    self.user = user
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.id = id
  }
}
