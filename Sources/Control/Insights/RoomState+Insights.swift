import SFU
package import Signal
import Wire

/// How good the call is: what shards and clients tell of it, and what becomes of that.
extension RoomState {
  /// An offer goes to a shard: the first of a stay, or one that replaces a connection that was lost.
  mutating func noteOffer(isNew: Bool, of key: ParticipantKey) {
    guard isNew, let participant = participants[key] else { return }
    let before = participant.insights.offeredMode
    participants[key]?.insights.offeredMode = participant.mode
    // A mode changed needs another connection, too, but nothing was lost.
    if before == participant.mode { noteReconnect(of: key) }
  }

  mutating func noteReconnect(of key: ParticipantKey) {
    participants[key]?.insights.summary.reconnects += 1
    participants[key]?.insights.isNew = true
    session?.tally.reconnects += 1
  }

  mutating func noteJoined(_ key: ParticipantKey, _ now: Moment) {
    participants[key]?.insights.start = now.wall
    participants[key]?.insights.isNew = true
    guard let participantID = participants[key]?.participantID else { return }
    session?.tally.joined(participantID, present: joined.count)
  }

  /// Media flows: the first time, that is what joining took.
  mutating func noteConnected(_ endpoint: EndpointNumber, _ now: Moment) {
    guard let key = keysByEndpoint[endpoint], let asked = participants[key]?.insights.askedAt else {
      return
    }
    participants[key]?.insights.askedAt = nil
    participants[key]?.insights.summary.joinMilliseconds =
      Int((now.monotonic - asked).milliseconds)
    participants[key]?.insights.isNew = true
  }

  /// Takes what a shard counted of endpoints of this room.
  mutating func receive(_ qualities: [EndpointQuality], _ now: Moment) {
    guard let sessionID = session?.id else { return }
    for quality in qualities {
      guard let key = keysByEndpoint[quality.endpoint], let participant = participants[key],
        participant.isJoined, !participant.isHidden
      else { continue }
      let sample = QualitySample(quality)
      participants[key]?.insights.add(sample)
      session?.tally.audioScore.add(sample.audioScore, for: sample.milliseconds)
      session?.tally.videoScore.add(sample.videoScore, for: sample.milliseconds)
      insights.append(
        .sample(
          SampleRecord(
            session: sessionID, participantID: participant.participantID, time: now.wall,
            sample: sample)))
    }
  }

  /// Takes what a client tells of its call.
  mutating func take(_ report: QualityReport, _ id: Int, _ key: ParticipantKey) {
    let counts = [report.joinMilliseconds, report.freezes, report.freezeMilliseconds]
    guard counts.allSatisfy({ $0.map { (0...1_000_000_000).contains($0) } ?? true }) else {
      return refuse(id, of: key, .invalidParameter, "Counts are 0 to 1000000000.")
    }
    var known = participants[key]?.insights.report ?? QualityReport()
    known.joinMilliseconds = report.joinMilliseconds ?? known.joinMilliseconds
    known.freezes = report.freezes ?? known.freezes
    known.freezeMilliseconds = report.freezeMilliseconds ?? known.freezeMilliseconds
    known.network = report.network ?? known.network
    participants[key]?.insights.report = known
    participants[key]?.insights.isNew = true
    reply(.ok, to: id, of: key)
  }

  /// A participant leaves the session: what was known of it is all there will be.
  mutating func noteLeft(_ participant: Participant, _ session: SessionID) {
    if let stay = participant.stay(session) { insights.append(.stay(stay)) }
  }

  /// What is to be stored beside what was said already.
  package mutating func takeInsights(at now: Moment) -> [InsightsChange] {
    var changes = insights.take()
    guard let session else { return changes }
    var isNew = false
    for key in joined where participants[key]?.insights.isNew == true {
      participants[key]?.insights.isNew = false
      isNew = true
      if let stay = participants[key]?.stay(session.id) { changes.append(.stay(stay)) }
    }
    if isNew || !changes.isEmpty, let summary = summary(at: now.wall) { changes.append(summary) }
    return changes
  }

  /// The session as it is now; call before it ends.
  private func summary(at now: Timestamp) -> InsightsChange? {
    session.map { .summary($0.id, $0.tally.summary(messages: $0.lastMessage, at: now)) }
  }

  /// Notes the session's summary, so that it is stored together with its end.
  mutating func summarizeSession(_ now: Moment) {
    if let summary = summary(at: now.wall) { effects.append(.store(.insights(summary))) }
  }

  /// The room as the live overview shows it; `nil` without a session.
  package var overview: LiveResource.Room? {
    guard let session else { return nil }
    return LiveResource.Room(
      roomId: roomID.rawValue, customRoomId: customRoomID, sessionId: session.id.rawValue,
      start: session.tally.start,
      participants: joined.compactMap { participants[$0]?.overview })
  }

  /// Bits per second that all participants send and are sent.
  package var rates: (sent: Int, received: Int) {
    joined.reduce(into: (sent: 0, received: 0)) { rates, key in
      guard let latest = participants[key]?.insights.latest else { return }
      rates.sent += latest.sentAudioRate + latest.sentVideoRate
      rates.received += latest.receivedAudioRate + latest.receivedVideoRate
    }
  }
}

extension Participant {
  func stay(_ session: SessionID) -> StayRecord? {
    guard let start = insights.start else { return nil }
    var record = StayRecord(session: session, participantID: participantID, start: start)
    record.summary = insights.combined
    record.network = insights.report.network
    return record
  }

  var overview: LiveResource.Participant {
    // What was measured of a connection that is gone says nothing of now.
    let latest = media.endpoint == nil ? nil : insights.latest
    return LiveResource.Participant(
      participantId: participantID, name: name, mode: mode, streams: streams.map(\.kind),
      audioScore: latest?.audioScore?.rounded(toDecimals: 2),
      videoScore: latest?.videoScore?.rounded(toDecimals: 2),
      rtt: (latest?.audioRoundTrip ?? latest?.videoRoundTrip)?.rounded(toDecimals: 1))
  }
}
