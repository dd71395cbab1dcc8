import GRDB
package import Signal

extension SQLiteStore {
  /// Rows looked at in one transaction: some 50 ms, in which others wait.
  private static let thinningBatch = 5_000
  private static let minute: Int64 = 60_000

  package func thinSamples(
    olderThan fine: Timestamp, removingOlderThan all: Timestamp
  ) async throws(StoreError) -> Bool {
    try await write { db in
      try db.execute(
        sql: """
          DELETE FROM sample WHERE (participant, level, time) IN (
            SELECT participant, level, time FROM sample
            WHERE level IN (0, 1) AND time < ? LIMIT ?)
          """,
        arguments: [all.milliseconds, Self.thinningBatch])
      let removed = db.changesCount
      // Whole minutes only: a minute thinned twice would be two.
      let end = fine.milliseconds / Self.minute * Self.minute
      guard
        let first = try Int64.fetchOne(
          db, sql: "SELECT min(time) FROM sample WHERE level = 0 AND time < ?", arguments: [end])
      else { return removed == Self.thinningBatch }
      let start = first / Self.minute * Self.minute
      let beyond = try Int64.fetchOne(
        db,
        sql: """
          SELECT time FROM sample WHERE level = 0 AND time >= ? AND time < ?
          ORDER BY time LIMIT 1 OFFSET ?
          """,
        arguments: [start, end, Self.thinningBatch])
      let limit = beyond.map { max($0 / Self.minute * Self.minute, start + Self.minute) } ?? end
      try Self.thin(start..<limit, db)
      return beyond != nil || removed == Self.thinningBatch
    }
  }

  /// Makes one sample of all those of a participant in a minute.
  private static func thin(_ times: Range<Int64>, _ db: Database) throws {
    // A mean counts each value by the time it held.
    func mean(_ column: String) -> String {
      """
      CAST(round(1.0 * sum(\(column) * span)
        / sum(CASE WHEN \(column) IS NULL THEN NULL ELSE span END)) AS INTEGER)
      """
    }
    func sum(_ column: String) -> String { "sum(\(column))" }
    let sums = [
      "span", "sentAudioLost", "sentVideoLost", "receivedAudioLost", "receivedVideoLost",
    ].map(sum)
    let means = [
      "audioRoundTrip", "videoRoundTrip", "audioJitter", "videoJitter", "sentAudioRate",
      "sentVideoRate", "receivedAudioRate", "receivedVideoRate", "audioScore", "videoScore",
    ].map(mean)
    let freezes = ["freezes", "frozen"].map(sum)
    let shown = [180, 360, 720, 1_080, 1_440, 2_160].map { mean("shown\($0)") }
    try db.execute(
      sql: """
        INSERT INTO sample (participant, level, time, \(SampleRecord.columns))
        SELECT participant, 1, max(time), \((sums + means + freezes + shown).joined(separator: ", "))
        FROM sample WHERE level = 0 AND time >= ? AND time < ? AND span > 0
        GROUP BY participant, time / \(Self.minute)
        ON CONFLICT DO NOTHING
        """,
      arguments: [times.lowerBound, times.upperBound])
    try db.execute(
      sql: "DELETE FROM sample WHERE level = 0 AND time >= ? AND time < ?",
      arguments: [times.lowerBound, times.upperBound])
  }
}
