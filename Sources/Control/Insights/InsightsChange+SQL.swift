import GRDB
import Signal

extension InsightsChange {
  /// Writes the change within the caller's transaction.
  ///
  /// What belongs to a participant who is not stored is dropped: it was never acknowledged.
  func write(to db: Database) throws {
    switch self {
    case .sample(let record): try record.write(to: db)
    case .stay(let record): try record.write(to: db)
    case .summary(let session, let summary): try summary.write(session, to: db)
    }
  }
}

extension SampleRecord {
  /// Columns after the key, in the order of `values`.
  static let columns = """
    span, sentAudioLost, sentVideoLost, receivedAudioLost, receivedVideoLost,
    audioRoundTrip, videoRoundTrip, audioJitter, videoJitter,
    sentAudioRate, sentVideoRate, receivedAudioRate, receivedVideoRate,
    audioScore, videoScore, freezes, frozen,
    shown180, shown360, shown720, shown1080, shown1440, shown2160
    """

  fileprivate func write(to db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO sample (participant, level, time, \(Self.columns))
        SELECT number, 0, ?, \(Array(repeating: "?", count: 23).joined(separator: ", "))
        FROM participant WHERE sessionId = ? AND participantId = ?
        ON CONFLICT DO NOTHING
        """)
    func micro(_ milliseconds: Double?) -> Int? {
      milliseconds.map { Int(($0 * 1_000).rounded()) }
    }
    func hundredths(_ score: Double?) -> Int? { score.map { Int(($0 * 100).rounded()) } }
    let shown = (0..<6).map { sample.shown.indices.contains($0) ? sample.shown[$0] : 0 }
    let values: [(any DatabaseValueConvertible)?] =
      [
        time.milliseconds, sample.milliseconds, sample.sentAudioLost, sample.sentVideoLost,
        sample.receivedAudioLost, sample.receivedVideoLost, micro(sample.audioRoundTrip),
        micro(sample.videoRoundTrip), micro(sample.audioJitter), micro(sample.videoJitter),
        sample.sentAudioRate, sample.sentVideoRate, sample.receivedAudioRate,
        sample.receivedVideoRate, hundredths(sample.audioScore), hundredths(sample.videoScore),
        sample.freezes, sample.frozenMilliseconds,
      ] + shown + [session.rawValue, participantID]
    try statement.execute(arguments: StatementArguments(values))
  }

  /// Reads a sample's row.
  static func sample(_ row: Row) -> QualitySample {
    func number(_ column: String) -> Int { row[column] ?? 0 }
    func milliseconds(_ column: String) -> Double? {
      let micro: Int? = row[column]
      return micro.map { Double($0) / 1_000 }
    }
    func score(_ column: String) -> Double? {
      let hundredths: Int? = row[column]
      return hundredths.map { Double($0) / 100 }
    }
    var sample = QualitySample(milliseconds: number("span"))
    sample.sentAudioLost = number("sentAudioLost")
    sample.sentVideoLost = number("sentVideoLost")
    sample.receivedAudioLost = number("receivedAudioLost")
    sample.receivedVideoLost = number("receivedVideoLost")
    sample.audioRoundTrip = milliseconds("audioRoundTrip")
    sample.videoRoundTrip = milliseconds("videoRoundTrip")
    sample.audioJitter = milliseconds("audioJitter")
    sample.videoJitter = milliseconds("videoJitter")
    sample.sentAudioRate = number("sentAudioRate")
    sample.sentVideoRate = number("sentVideoRate")
    sample.receivedAudioRate = number("receivedAudioRate")
    sample.receivedVideoRate = number("receivedVideoRate")
    sample.audioScore = score("audioScore")
    sample.videoScore = score("videoScore")
    sample.freezes = number("freezes")
    sample.frozenMilliseconds = number("frozen")
    sample.shown = [180, 360, 720, 1_080, 1_440, 2_160].map { number("shown\($0)") }
    return sample
  }
}

extension StayRecord {
  fileprivate func write(to db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO stay
        SELECT number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
        FROM participant WHERE sessionId = ? AND participantId = ?
        ON CONFLICT DO UPDATE SET
          joinMilliseconds = excluded.joinMilliseconds, reconnects = excluded.reconnects,
          freezes = excluded.freezes, frozen = excluded.frozen,
          audioScoreSum = excluded.audioScoreSum, audioSpan = excluded.audioSpan,
          videoScoreSum = excluded.videoScoreSum, videoSpan = excluded.videoSpan,
          network = excluded.network
        """,
      arguments: [
        start.milliseconds, summary.joinMilliseconds, summary.reconnects, summary.freezes,
        summary.frozenMilliseconds, summary.audioScore.sum, summary.audioScore.milliseconds,
        summary.videoScore.sum, summary.videoScore.milliseconds, network?.rawValue,
        session.rawValue, participantID,
      ])
  }
}

extension SessionSummary {
  fileprivate func write(_ session: SessionID, to db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO sessionSummary
        SELECT sessionId, ?, ?, ?, ?, ?, ?, ? FROM session WHERE sessionId = ?
        ON CONFLICT DO UPDATE SET
          participants = excluded.participants, peakParticipants = excluded.peakParticipants,
          durationSeconds = excluded.durationSeconds, messages = excluded.messages,
          audioScore = excluded.audioScore, videoScore = excluded.videoScore,
          reconnects = excluded.reconnects
        """,
      arguments: [
        participants, peakParticipants, durationSeconds, messages, audioScore, videoScore,
        reconnects, session.rawValue,
      ])
  }

  /// The stored summary of a session; `nil` if there is none.
  ///
  /// Within the transaction that ends a session it is there and final: `RoomState` stores it just before.
  static func fetch(_ session: SessionID, _ db: Database) throws -> SessionSummary? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM sessionSummary WHERE sessionId = ?", arguments: [session.rawValue]
    ).map { row in
      func number(_ column: String) -> Int { row[column] ?? 0 }
      return SessionSummary(
        participants: number("participants"), peakParticipants: number("peakParticipants"),
        durationSeconds: number("durationSeconds"), messages: number("messages"),
        audioScore: row["audioScore"], videoScore: row["videoScore"],
        reconnects: number("reconnects"))
    }
  }
}
