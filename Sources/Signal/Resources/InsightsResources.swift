/// `GET /v2/insights/usage`: what was used between two moments, and how good it was.
package struct UsageResource: Encodable, Equatable, Sendable {
  /// One day, in UTC.
  package struct Day: Encodable, Equatable, Sendable {
    /// `2024-03-27`.
    package var day: String
    /// Sessions that began that day.
    package var sessions: Int
    package var participantMinutes: Int

    package init(day: String, sessions: Int, participantMinutes: Int) {
      self.day = day
      self.sessions = sessions
      self.participantMinutes = participantMinutes
    }
  }

  /// Sessions that were going on at some time of the span.
  package var sessions: Int
  package var participants: Int
  package var participantMinutes: Int
  /// Most participants at one time, in all rooms together.
  package var peakParticipants: Int
  package var audioScore: Double?
  package var videoScore: Double?
  /// Messages published in those sessions.
  package var messages: Int
  /// Days with something in them, in order.
  package var days: [Day]

  package init(
    sessions: Int = 0, participants: Int = 0, participantMinutes: Int = 0,
    peakParticipants: Int = 0, audioScore: Double? = nil, videoScore: Double? = nil,
    messages: Int = 0, days: [Day] = []
  ) {
    self.sessions = sessions
    self.participants = participants
    self.participantMinutes = participantMinutes
    self.peakParticipants = peakParticipants
    self.audioScore = audioScore
    self.videoScore = videoScore
    self.messages = messages
    self.days = days
  }

  private enum CodingKeys: String, CodingKey {
    case sessions, participants, participantMinutes, peakParticipants, audioScore, videoScore
    case messages, days
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(sessions, forKey: .sessions)
    try values.encode(participants, forKey: .participants)
    try values.encode(participantMinutes, forKey: .participantMinutes)
    try values.encode(peakParticipants, forKey: .peakParticipants)
    try values.encode(audioScore, forKey: .audioScore)
    try values.encode(videoScore, forKey: .videoScore)
    try values.encode(messages, forKey: .messages)
    try values.encode(days, forKey: .days)
  }
}

/// `GET /v2/live`: what goes on now, from memory.
package struct LiveResource: Encodable, Equatable, Sendable {
  package struct Room: Encodable, Equatable, Sendable {
    package var roomId: String
    package var customRoomId: String?
    package var sessionId: String
    package var start: Timestamp
    package var participants: [Participant]

    package init(
      roomId: String, customRoomId: String?, sessionId: String, start: Timestamp,
      participants: [Participant]
    ) {
      self.roomId = roomId
      self.customRoomId = customRoomId
      self.sessionId = sessionId
      self.start = start
      self.participants = participants
    }

    private enum CodingKeys: String, CodingKey {
      case roomId, customRoomId, sessionId, start, participants
    }

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(roomId, forKey: .roomId)
      try values.encode(customRoomId, forKey: .customRoomId)
      try values.encode(sessionId, forKey: .sessionId)
      try values.encode(start, forKey: .start)
      try values.encode(participants, forKey: .participants)
    }
  }

  package struct Participant: Encodable, Equatable, Sendable {
    package var participantId: String
    package var name: String
    package var mode: ParticipantMode
    package var streams: [StreamKind]
    /// Of the latest sample; `nil` before the first, and when nothing flows.
    package var audioScore: Double?
    package var videoScore: Double?
    /// Milliseconds.
    package var rtt: Double?

    package init(
      participantId: String, name: String, mode: ParticipantMode, streams: [StreamKind],
      audioScore: Double?, videoScore: Double?, rtt: Double?
    ) {
      self.participantId = participantId
      self.name = name
      self.mode = mode
      self.streams = streams
      self.audioScore = audioScore
      self.videoScore = videoScore
      self.rtt = rtt
    }

    private enum CodingKeys: String, CodingKey {
      case participantId, name, mode, streams, audioScore, videoScore, rtt
    }

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(participantId, forKey: .participantId)
      try values.encode(name, forKey: .name)
      try values.encode(mode, forKey: .mode)
      try values.encode(streams, forKey: .streams)
      try values.encode(audioScore, forKey: .audioScore)
      try values.encode(videoScore, forKey: .videoScore)
      try values.encode(rtt, forKey: .rtt)
    }
  }

  /// Of all rooms, also of those beyond the list's bound.
  package struct Totals: Encodable, Equatable, Sendable {
    package var rooms = 0
    package var participants = 0
    /// kbit/s that participants send.
    package var sendBitrate = 0.0
    /// kbit/s that participants are sent.
    package var recvBitrate = 0.0

    package init() {}
  }

  /// Most rooms that are listed; the newest come first.
  package static let maximumRooms = 1_000

  package var rooms: [Room]
  package var totals: Totals

  package init(rooms: [Room], totals: Totals) {
    self.rooms = rooms
    self.totals = totals
  }
}
