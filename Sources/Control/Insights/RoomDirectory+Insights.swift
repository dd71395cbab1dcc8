import Logging
import SFU
package import Signal
import Wire

/// A room of the live overview, with bits per second in all.
struct RoomOverview: Sendable {
  var room: LiveResource.Room
  var sentRate: Int
  var receivedRate: Int
}

/// What all rooms have measured and the store has not got yet.
struct DirectoryInsights: Sendable {
  private var waiting: [InsightsChange] = []
  /// How many were dropped since it was last said.
  private(set) var dropped = 0
  var nextThinning: MonotonicTime?

  /// Changes kept while the store fails: some minutes of a thousand participants.
  private static let maximumWaiting = 50_000

  var isEmpty: Bool { waiting.isEmpty }

  mutating func append(_ changes: [InsightsChange]) {
    let room = max(0, Self.maximumWaiting - waiting.count)
    waiting += changes.prefix(room)
    dropped += max(0, changes.count - room)
  }

  mutating func take() -> [InsightsChange] {
    defer { waiting = [] }
    return waiting
  }

  mutating func takeDropped() -> Int {
    defer { dropped = 0 }
    return dropped
  }
}

extension RoomDirectory {
  /// Between two looks for samples that have grown old.
  private static let thinningInterval = Nanoseconds.seconds(3_600)
  /// Between two batches of one look.
  private static let thinningPause = Nanoseconds.seconds(5)
  /// Samples are kept as they were measured for so long.
  private static let fineMilliseconds: Int64 = 24 * 3_600_000

  /// Hands what a shard counted to the rooms it is about.
  func receive(_ qualities: [EndpointQuality]) async {
    for (id, part) in registry.rooms(of: qualities) { await live[id]?.receive(.quality(part)) }
  }

  /// Writes what all rooms have measured, and that the server is alive, in one transaction.
  func storeInsights() async {
    let changes = insights.take()
    let now = time()
    do {
      try await store.commit(changes.map(StoreChange.insights) + [.alive], at: now.wall)
    } catch {
      logger.error("the store failed", metadata: ["reason": "\(error.reason)"])
      if error.isTemporary { insights.append(changes) }
    }
    let dropped = insights.takeDropped()
    if dropped > 0 {
      logger.error("insights are lost: the store is behind", metadata: ["changes": "\(dropped)"])
    }
  }

  /// Thins and removes samples that have grown old, some at a time.
  func thinInsights() async {
    let now = time()
    guard insights.nextThinning.map({ $0 <= now.monotonic }) ?? true else { return }
    insights.nextThinning = now.monotonic + Self.thinningInterval
    let kept = Int64(configuration.insightsRetentionDays) * 24 * 3_600_000
    do {
      let isMore = try await store.thinSamples(
        olderThan: Timestamp(milliseconds: now.wall.milliseconds - Self.fineMilliseconds),
        removingOlderThan: Timestamp(milliseconds: now.wall.milliseconds - kept))
      if isMore { insights.nextThinning = now.monotonic + Self.thinningPause }
    } catch {
      logger.error("old samples stay", metadata: ["reason": "\(error.reason)"])
    }
  }

  // MARK: REST

  /// `GET /v2/sessions/{sessionId}/stats`: of all participants together.
  package func stats(
    session id: String, _ access: AccessToken
  ) async throws(ControlError) -> SessionStatsResource {
    let session = try await record(session: id, access)
    let points = try await stored { () throws(StoreError) in
      try await store.samples(session: session.sessionID, participantID: nil)
    }
    return SessionStatsResource(
      sessionId: session.sessionID.rawValue, meetingId: session.roomID.rawValue,
      stats: points.map(SampleResource.init))
  }

  /// `GET /v2/sessions/{sessionId}/participants/{participantId}/stats`.
  package func stats(
    session id: String, participantID: String, _ access: AccessToken
  ) async throws(ControlError) -> ParticipantStatsResource {
    let session = try await record(session: id, access)
    let participant = try await stored { () throws(StoreError) in
      try await store.participants(session: session.sessionID, onlyPresent: false, nil)
        .elements.first { $0.participantID == participantID }
    }
    guard let participant else { throw .participantNotFound }
    let points = try await stored { () throws(StoreError) in
      try await store.samples(session: session.sessionID, participantID: participantID)
    }
    let stays = try await stored { () throws(StoreError) in
      try await store.stays(session: session.sessionID, participantID: participantID)
    }
    return ParticipantStatsResource(
      sessionId: session.sessionID.rawValue, meetingId: session.roomID.rawValue,
      participantId: participantID, participantName: participant.name,
      browser: participant.client.userAgent.flatMap { UserAgent($0).browser },
      client: participant.client, network: stays.last { $0.network != nil }?.network,
      stats: points.map(SampleResource.init),
      resolutionUsage: points.filter { $0.sample.shown.contains { $0 > 0 } }.map {
        .init(counts: $0.sample.shown, time: $0.time)
      },
      summary: .init(stays.map(\.summary)))
  }

  /// `GET /v2/insights/usage`: of the token's tenant, of one of its keys if it is named; the last 30
  /// days if nothing else is said.
  package func usage(
    from: Timestamp?, to: Timestamp?, apiKey: String?, _ access: AccessToken
  ) async throws(ControlError) -> UsageResource {
    let now = time().wall
    let to = to ?? now
    let from = from ?? Timestamp(milliseconds: to.milliseconds - 30 * 24 * 3_600_000)
    guard from < to else { throw .invalidParameter("'from' must be before 'to'.") }
    return try await stored { () throws(StoreError) in
      try await store.usage(tenant: access.tenant, apiKey: apiKey, from: from, to: to, at: now)
    }
  }

  /// `GET /v2/live`: what goes on now in the rooms that the token may see; an admin key sees all.
  package func overview(_ access: AccessToken) async throws(ControlError) -> LiveResource {
    var rooms: [LiveResource.Room] = []
    var totals = LiveResource.Totals()
    var rates = (sent: 0, received: 0)
    for room in live.values {
      guard let found = await room.overview(tenant: access.isAdmin ? nil : access.tenant)
      else { continue }
      let id = RoomID(found.room.roomId)
      guard access.isFor(room: id, customRoomID: found.room.customRoomId) else { continue }
      totals.rooms += 1
      totals.participants += found.room.participants.count
      rates.sent += found.sentRate
      rates.received += found.receivedRate
      rooms.append(found.room)
    }
    totals.sendBitrate = (Double(rates.sent) / 1_000).rounded(toDecimals: 1)
    totals.recvBitrate = (Double(rates.received) / 1_000).rounded(toDecimals: 1)
    rooms.sort { ($0.start, $0.roomId) > ($1.start, $1.roomId) }
    return LiveResource(rooms: Array(rooms.prefix(LiveResource.maximumRooms)), totals: totals)
  }
}

extension SampleResource {
  init(_ point: SampleSeries.Point) {
    let sample = point.sample
    func kilobits(_ bits: Int) -> Double { (Double(bits) / 1_000).rounded(toDecimals: 1) }
    self.init(
      time: point.time, recvAudioPacketLost: sample.receivedAudioLost,
      recvVideoPacketLost: sample.receivedVideoLost, sendAudioPacketLost: sample.sentAudioLost,
      sendVideoPacketLost: sample.sentVideoLost,
      averageAudioRtt: sample.audioRoundTrip?.rounded(toDecimals: 1),
      averageVideoRtt: sample.videoRoundTrip?.rounded(toDecimals: 1),
      averageAudioJitter: sample.audioJitter?.rounded(toDecimals: 1),
      averageVideoJitter: sample.videoJitter?.rounded(toDecimals: 1),
      averageSendAudioBitrate: kilobits(sample.sentAudioRate),
      averageSendVideoBitrate: kilobits(sample.sentVideoRate),
      averageRecvAudioBitrate: kilobits(sample.receivedAudioRate),
      averageRecvVideoBitrate: kilobits(sample.receivedVideoRate),
      qualityScore: Score(
        audio: sample.audioScore?.rounded(toDecimals: 2),
        video: sample.videoScore?.rounded(toDecimals: 2)))
  }
}

extension ParticipantStatsResource.Summary {
  /// All stays of a participant as one.
  init(_ stays: [StaySummary]) {
    var audio = ScoreMean()
    var video = ScoreMean()
    for stay in stays {
      audio.sum += stay.audioScore.sum
      audio.milliseconds += stay.audioScore.milliseconds
      video.sum += stay.videoScore.sum
      video.milliseconds += stay.videoScore.milliseconds
    }
    self.init(
      joinMilliseconds: stays.lazy.compactMap(\.joinMilliseconds).first,
      reconnects: stays.reduce(0) { $0 + $1.reconnects },
      freezes: stays.reduce(0) { $0 + $1.freezes },
      freezeMilliseconds: stays.reduce(0) { $0 + $1.frozenMilliseconds },
      audioScore: audio.mean, videoScore: video.mean)
  }
}
