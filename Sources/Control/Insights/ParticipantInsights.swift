import Signal
import Wire

/// What is known of one stay of a participant.
struct ParticipantInsights: Sendable {
  /// When its join arrived; `nil` as soon as its media has connected.
  var askedAt: MonotonicTime?
  /// When it joined, on the wall clock.
  var start: Timestamp?
  /// The mode its media connection was made for.
  var offeredMode: ParticipantMode?
  /// As the server counts it.
  var summary = StaySummary()
  var report = QualityReport()
  var latest: QualitySample?
  /// Something is not handed to the store yet.
  var isNew = false

  mutating func add(_ sample: QualitySample) {
    latest = sample
    summary.freezes += sample.freezes
    summary.frozenMilliseconds += sample.frozenMilliseconds
    summary.audioScore.add(sample.audioScore, for: sample.milliseconds)
    summary.videoScore.add(sample.videoScore, for: sample.milliseconds)
    isNew = true
  }

  /// The server's and the client's view as one.
  ///
  /// The client knows best how long joining took. It sees the freezes of its own way too, the server
  /// those of cameras, which it sees as well: the larger number has both.
  var combined: StaySummary {
    var combined = summary
    combined.joinMilliseconds = report.joinMilliseconds ?? summary.joinMilliseconds
    combined.freezes = max(summary.freezes, report.freezes ?? 0)
    combined.frozenMilliseconds = max(summary.frozenMilliseconds, report.freezeMilliseconds ?? 0)
    return combined
  }
}

/// What is known of a session, beside its participants.
struct SessionTally: Sendable {
  let start: Timestamp
  /// Ids of all who were there; beyond its bound newcomers are only counted.
  private var seen: Set<String> = []
  private(set) var participants = 0
  private(set) var peak = 0
  var reconnects = 0
  var audioScore = ScoreMean()
  var videoScore = ScoreMean()

  /// Ids remembered: some megabytes for a session of days with fresh ids all the time.
  private static let maximumSeen = 100_000

  init(start: Timestamp) {
    self.start = start
  }

  mutating func joined(_ participantID: String, present: Int) {
    peak = max(peak, present)
    if seen.contains(participantID) { return }
    participants += 1
    if seen.count < Self.maximumSeen { seen.insert(participantID) }
  }

  func summary(messages: Int, at now: Timestamp) -> SessionSummary {
    SessionSummary(
      participants: participants, peakParticipants: peak,
      durationSeconds: Int(max(0, now.milliseconds &- start.milliseconds) / 1_000),
      messages: messages, audioScore: audioScore.mean, videoScore: videoScore.mean,
      reconnects: reconnects)
  }
}

/// What a room has measured and not handed on yet.
struct RoomInsights: Sendable {
  private(set) var waiting: [InsightsChange] = []

  /// Changes kept for a store that is slow: a quarter of an hour of a room of fifty.
  static let maximumWaiting = 10_000

  /// Keeps a change; drops it when too many wait, since statistics are not worth the memory.
  mutating func append(_ change: InsightsChange) {
    if waiting.count < Self.maximumWaiting { waiting.append(change) }
  }

  mutating func take() -> [InsightsChange] {
    defer { waiting = [] }
    return waiting
  }
}
