package import Signal

/// A change of what is known of the quality of calls.
///
/// Kept apart from what rooms have acknowledged: nobody waits for it, and what is lost of it with a crash
/// is some seconds of statistics.
package enum InsightsChange: Sendable, Equatable {
  case sample(SampleRecord)
  /// Replaces what was said of the stay before.
  case stay(StayRecord)
  /// Replaces what was said of the session before.
  case summary(SessionID, SessionSummary)
}

/// One sample of one participant.
package struct SampleRecord: Sendable, Equatable {
  package var session: SessionID
  package var participantID: String
  /// The end of what it covers.
  package var time: Timestamp
  package var sample: QualitySample

  package init(
    session: SessionID, participantID: String, time: Timestamp, sample: QualitySample
  ) {
    self.session = session
    self.participantID = participantID
    self.time = time
    self.sample = sample
  }
}

/// What is known of one stay of one participant as a whole.
package struct StayRecord: Sendable, Equatable {
  package var session: SessionID
  package var participantID: String
  /// When it joined; a participant who comes again has another stay.
  package var start: Timestamp
  package var summary = StaySummary()
  package var network: NetworkType?

  package init(session: SessionID, participantID: String, start: Timestamp) {
    self.session = session
    self.participantID = participantID
    self.start = start
  }
}

/// How a stay went.
package struct StaySummary: Sendable, Equatable {
  /// From the join's arrival to connected media, or what the client measured; `nil` if it never was.
  package var joinMilliseconds: Int?
  /// Resumed sockets and media connections made anew.
  package var reconnects = 0
  package var freezes = 0
  package var frozenMilliseconds = 0
  package var audioScore = ScoreMean()
  package var videoScore = ScoreMean()

  package init() {}
}

/// A session as a whole, as its end is told to others.
package struct SessionSummary: Codable, Sendable, Equatable {
  /// Different ids.
  package var participants: Int
  package var peakParticipants: Int
  package var durationSeconds: Int
  /// Published, persisted or not.
  package var messages: Int
  /// 0...5; `nil` if nothing flowed.
  package var audioScore: Double?
  package var videoScore: Double?
  package var reconnects: Int

  package init(
    participants: Int, peakParticipants: Int, durationSeconds: Int, messages: Int,
    audioScore: Double?, videoScore: Double?, reconnects: Int
  ) {
    self.participants = participants
    self.peakParticipants = peakParticipants
    self.durationSeconds = durationSeconds
    self.messages = messages
    self.audioScore = audioScore
    self.videoScore = videoScore
    self.reconnects = reconnects
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(participants, forKey: .participants)
    try values.encode(peakParticipants, forKey: .peakParticipants)
    try values.encode(durationSeconds, forKey: .durationSeconds)
    try values.encode(messages, forKey: .messages)
    try values.encode(audioScore, forKey: .audioScore)  // null is said, not left out
    try values.encode(videoScore, forKey: .videoScore)
    try values.encode(reconnects, forKey: .reconnects)
  }
}
