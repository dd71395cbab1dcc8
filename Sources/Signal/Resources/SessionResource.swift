/// One running instance of a room, over or not, as the REST API shows it.
package struct SessionResource: Encodable, Equatable, Sendable {
  package enum Status: String, Codable, Sendable { case ongoing, ended }

  package var id: String
  package var userId: String
  package var roomId: String
  package var customRoomId: String?
  package var start: Timestamp
  package var end: Timestamp?
  package var participants: [SessionParticipantResource]
  /// Seconds during which somebody was there.
  package var activeDuration: Int
  /// A CSV of the persisted messages; `nil` while there is none.
  package var chatLink: String?
  package var status: Status
  /// Why it ended, `nil` while it is going on.
  package var endReason: String?
  package var links: SessionLinks

  package init(
    id: String, userId: String, roomId: String, customRoomId: String?, start: Timestamp,
    end: Timestamp?, participants: [SessionParticipantResource], activeDuration: Int,
    chatLink: String?, status: Status, endReason: String?, links: SessionLinks
  ) {
    self.id = id
    self.userId = userId
    self.roomId = roomId
    self.customRoomId = customRoomId
    self.start = start
    self.end = end
    self.participants = participants
    self.activeDuration = activeDuration
    self.chatLink = chatLink
    self.status = status
    self.endReason = endReason
    self.links = links
  }

  private enum CodingKeys: String, CodingKey {
    case id, userId, roomId, customRoomId, start, end, participants, activeDuration, chatLink
    case status, endReason, links
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(userId, forKey: .userId)
    try values.encode(roomId, forKey: .roomId)
    try values.encode(customRoomId, forKey: .customRoomId)
    try values.encode(start, forKey: .start)
    try values.encode(end, forKey: .end)  // null is said, not left out
    try values.encode(participants, forKey: .participants)
    try values.encode(activeDuration, forKey: .activeDuration)
    try values.encode(chatLink, forKey: .chatLink)
    try values.encode(status, forKey: .status)
    try values.encodeIfPresent(endReason, forKey: .endReason)
    try values.encode(links, forKey: .links)
  }
}

/// Where a session's resources are.
package struct SessionLinks: Codable, Equatable, Sendable {
  package var room: String
  package var session: String
  package var allParticipants: String

  package init(room: String, session: String, allParticipants: String) {
    self.room = room
    self.session = session
    self.allParticipants = allParticipants
  }

  private enum CodingKeys: String, CodingKey {
    case room = "get_room"
    case session = "get_session"
    case allParticipants = "get_all_participants"
  }
}

/// A span of time that may still be open.
package struct TimelogResource: Codable, Equatable, Sendable {
  package var start: Timestamp
  package var end: Timestamp?

  package init(start: Timestamp, end: Timestamp?) {
    self.start = start
    self.end = end
  }

  private enum CodingKeys: String, CodingKey { case start, end }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(start, forKey: .start)
    try values.encode(end, forKey: .end)  // null: still there
  }
}

/// A participant in the history of a session.
package struct SessionParticipantResource: Encodable, Equatable, Sendable {
  package var id: String
  package var participantId: String
  package var name: String
  package var timelog: [TimelogResource]

  package init(id: String, participantId: String, name: String, timelog: [TimelogResource]) {
    self.id = id
    self.participantId = participantId
    self.name = name
    self.timelog = timelog
  }

  private enum CodingKeys: String, CodingKey {
    case id = "_id"
    case participantId, name, timelog
  }
}

/// The participants of a session, as one page of them lies in its object.
package struct SessionParticipantsResource: Encodable, Equatable, Sendable {
  package var id: String
  package var roomId: String
  package var customRoomId: String?
  package var participants: [SessionParticipantResource]
  package var links: SessionLinks

  package init(
    id: String, roomId: String, customRoomId: String?,
    participants: [SessionParticipantResource], links: SessionLinks
  ) {
    self.id = id
    self.roomId = roomId
    self.customRoomId = customRoomId
    self.participants = participants
    self.links = links
  }

  private enum CodingKeys: String, CodingKey {
    case id, roomId, customRoomId, participants, links
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(roomId, forKey: .roomId)
    try values.encode(customRoomId, forKey: .customRoomId)
    try values.encode(participants, forKey: .participants)
    try values.encode(links, forKey: .links)
  }
}
