import GRDB
package import Signal

extension SQLiteStore {
  package func usage(
    tenant: TenantID, apiKey: String?, from: Timestamp, to: Timestamp, at now: Timestamp
  ) async throws(StoreError) -> UsageResource {
    try await read { db in
      var arguments: StatementArguments = [
        "tenant": tenant.rawValue, "from": from.milliseconds, "to": to.milliseconds,
        "now": now.milliseconds,
      ]
      if let apiKey { arguments += ["key": apiKey] }
      let query = Query(db: db, arguments: arguments, hasKey: apiKey != nil)
      var usage = UsageResource()
      try query.addTotals(to: &usage)
      try query.addScores(to: &usage)
      usage.peakParticipants = try query.peak()
      usage.days = try query.days()
      return usage
    }
  }

  /// One tenant's presence within a span of time, asked in several ways.
  private struct Query {
    let db: Database
    let arguments: StatementArguments
    let hasKey: Bool

    /// The sessions that were going on, and the parts of stays that lie in the span.
    private var tables: String {
      """
      WITH RECURSIVE used AS (
        SELECT sessionId, start FROM session
        WHERE tenantId = :tenant AND start < :to AND coalesce(end, :now) >= :from
          \(hasKey ? "AND apiKey = :key" : "")
      ), here AS (
        SELECT p.number AS participant, max(s.start, :from) AS start,
          min(coalesce(s.end, max(:now, s.start)), :to) AS end
        FROM used u JOIN participant p ON p.sessionId = u.sessionId
          JOIN presence s ON s.participant = p.number
        WHERE s.start < :to AND coalesce(s.end, :now) >= :from
      )
      """
    }

    private func row(_ select: String) throws -> Row? {
      try Row.fetchOne(db, sql: "\(tables) \(select)", arguments: arguments)
    }

    func addTotals(to usage: inout UsageResource) throws {
      let row = try row(
        """
        SELECT (SELECT count(*) FROM used) AS sessions,
          (SELECT count(DISTINCT participant) FROM here) AS participants,
          (SELECT sum(end - start) FROM here) AS milliseconds,
          (SELECT sum(messages) FROM sessionSummary WHERE sessionId IN (SELECT sessionId FROM used))
            AS messages
        """)
      usage.sessions = row?["sessions"] ?? 0
      usage.participants = row?["participants"] ?? 0
      let milliseconds: Int? = row?["milliseconds"]
      usage.participantMinutes = Self.minutes(milliseconds ?? 0)
      usage.messages = row?["messages"] ?? 0
    }

    func addScores(to usage: inout UsageResource) throws {
      let row = try row(
        """
        SELECT sum(audioScoreSum) AS audioSum, sum(audioSpan) AS audioSpan,
          sum(videoScoreSum) AS videoSum, sum(videoSpan) AS videoSpan
        FROM stay WHERE participant IN (SELECT participant FROM here)
        """)
      usage.audioScore =
        ScoreMean(sum: row?["audioSum"] ?? 0, milliseconds: row?["audioSpan"] ?? 0).mean
      usage.videoScore =
        ScoreMean(sum: row?["videoSum"] ?? 0, milliseconds: row?["videoSpan"] ?? 0).mean
    }

    /// Counts everybody who comes and goes, in order; who goes at the moment another comes has gone.
    func peak() throws -> Int {
      let row = try row(
        """
        SELECT max(present) AS peak FROM (
          SELECT sum(step) OVER (ORDER BY time, step ROWS UNBOUNDED PRECEDING) AS present FROM (
            SELECT start AS time, 1 AS step FROM here
            UNION ALL SELECT end, -1 FROM here))
        """)
      return row?["peak"] ?? 0
    }

    private static let day: Int64 = 86_400_000
    /// Days that are listed; a longer span has its last ones.
    private static let maximumDays: Int64 = 400

    func days() throws -> [UsageResource.Day] {
      let sessions = try Row.fetchAll(
        db,
        sql: """
          \(tables) SELECT start / \(Self.day) AS day, count(*) AS sessions FROM used
          WHERE start >= :from GROUP BY 1
          """,
        arguments: arguments)
      // A stay over midnight counts for each of its days.
      let minutes = try Row.fetchAll(
        db,
        sql: """
          \(tables), spread(day, start, end) AS (
            SELECT start / \(Self.day), start, end FROM here
            UNION ALL
            SELECT day + 1, start, end FROM spread WHERE (day + 1) * \(Self.day) < end
          )
          SELECT day, sum(min(end, (day + 1) * \(Self.day)) - max(start, day * \(Self.day))) AS time
          FROM spread GROUP BY day
          """,
        arguments: arguments)
      var days: [Int64: UsageResource.Day] = [:]
      func change(_ row: Row, _ change: (inout UsageResource.Day) -> Void) {
        let day: Int64 = row["day"] ?? 0
        let name = String(Timestamp(milliseconds: day * Self.day).text.prefix(10))
        change(&days[day, default: .init(day: name, sessions: 0, participantMinutes: 0)])
      }
      for row in sessions { change(row) { $0.sessions = row["sessions"] ?? 0 } }
      for row in minutes {
        let milliseconds: Int = row["time"] ?? 0
        change(row) { $0.participantMinutes = Self.minutes(milliseconds) }
      }
      return days.sorted { $0.key < $1.key }.suffix(Int(Self.maximumDays)).map(\.value)
    }

    private static func minutes(_ milliseconds: Int) -> Int {
      Int((Double(milliseconds) / 60_000).rounded())
    }
  }
}
