import GRDB
package import Signal

extension SQLiteStore {
  package func samples(
    session: SessionID, participantID: String?
  ) async throws(StoreError) -> [SampleSeries.Point] {
    try await read { db in
      let ofOne = participantID == nil ? "" : " AND p.participantId = :participant"
      var arguments: StatementArguments = [
        "session": session.rawValue, "limit": SampleSeries.maximumCount,
      ]
      if let participantID { arguments += ["participant": participantID] }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT s.* FROM sample s JOIN participant p ON p.number = s.participant
          WHERE p.sessionId = :session\(ofOne) ORDER BY s.time DESC LIMIT :limit
          """,
        arguments: arguments)
      let points = try rows.reversed().map { row in
        SampleSeries.Point(time: try row.time("time"), sample: SampleRecord.sample(row))
      }
      guard participantID == nil else { return points }
      return Self.together(points, levels: rows.reversed().map { $0["level"] ?? 0 })
    }
  }

  /// Puts the samples of all participants together that are of the same five seconds, or minute.
  private static func together(
    _ points: [SampleSeries.Point], levels: [Int]
  ) -> [SampleSeries.Point] {
    var together: [SampleSeries.Point] = []
    var open: [QualitySample] = []
    var bucket: Int64?
    var end = Timestamp(milliseconds: 0)
    for (point, level) in zip(points, levels) {
      let next = point.time.milliseconds / (level == 0 ? 5_000 : 60_000)
      if next != bucket, !open.isEmpty {
        together.append(.init(time: end, sample: SampleSeries.sum(open)))
        open = []
      }
      bucket = next
      end = point.time
      open.append(point.sample)
    }
    if !open.isEmpty { together.append(.init(time: end, sample: SampleSeries.sum(open))) }
    return together
  }

  package func stays(
    session: SessionID, participantID: String
  ) async throws(StoreError) -> [StayRecord] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT s.* FROM stay s JOIN participant p ON p.number = s.participant
          WHERE p.sessionId = ? AND p.participantId = ? ORDER BY s.start
          """,
        arguments: [session.rawValue, participantID])
      return try rows.map { row in
        func number(_ column: String) -> Int { row[column] ?? 0 }
        var stay = StayRecord(
          session: session, participantID: participantID, start: try row.time("start"))
        stay.summary.joinMilliseconds = row["joinMilliseconds"]
        stay.summary.reconnects = number("reconnects")
        stay.summary.freezes = number("freezes")
        stay.summary.frozenMilliseconds = number("frozen")
        stay.summary.audioScore = ScoreMean(
          sum: row["audioScoreSum"] ?? 0, milliseconds: number("audioSpan"))
        stay.summary.videoScore = ScoreMean(
          sum: row["videoScoreSum"] ?? 0, milliseconds: number("videoSpan"))
        let network: String? = row["network"]
        stay.network = network.flatMap(NetworkType.init(rawValue:))
        return stay
      }
    }
  }
}
