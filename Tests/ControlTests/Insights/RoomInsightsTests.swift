import Control
import SFU
import Signal
import Testing

/// What a room makes of what shards and clients tell of its quality, in virtual time.
@Suite struct RoomInsightsTests {
  private func quality(
    _ endpoint: EndpointNumber, lost: Int = 0, freezes: Int = 0
  ) -> EndpointQuality {
    var quality = EndpointQuality(endpoint: endpoint, milliseconds: 5_000)
    quality.sentAudio = MediaFlow(packets: 250, lost: lost, bytes: 20_000)
    quality.receivedVideo = MediaFlow(packets: 500, bytes: 500_000)
    quality.roundTripMicroseconds = 20_000
    quality.freezes = freezes
    quality.frozenMilliseconds = freezes * 700
    return quality
  }

  private func samples(_ changes: [InsightsChange]) -> [SampleRecord] {
    changes.compactMap { if case .sample(let record) = $0 { record } else { nil } }
  }

  private func stays(_ changes: [InsightsChange]) -> [StayRecord] {
    changes.compactMap { if case .stay(let record) = $0 { record } else { nil } }
  }

  private func summary(_ changes: [InsightsChange]) -> SessionSummary? {
    for case .summary(_, let summary) in changes.reversed() { return summary }
    return nil
  }

  @Test func `joining took until media connected, the first time`() throws {
    var room = try RoomHarness()
    room.join("ann")
    room.advance(640)
    room.input(.shard(.connected(room.endpoints[0])))
    room.advance(5_000)
    room.input(.shard(.connected(room.endpoints[0])))  // consent came back

    let stay = try #require(stays(room.state.takeInsights(at: room.now)).first)

    #expect(stay.participantID == "ann")
    #expect(stay.summary.joinMilliseconds == 640)
    #expect(stay.summary.reconnects == 0)
    #expect(room.state.takeInsights(at: room.now) == [], "nothing is said twice")
  }

  @Test func `samples are of the participant whose endpoint it is, and of nobody else`() throws {
    var room = try RoomHarness()
    room.join("ann")
    room.join("bob")
    let (ann, bob) = (room.endpoints[0], room.endpoints[1])
    room.advance(5_000)
    room.input(
      .shard(.quality([quality(ann), quality(bob, lost: 50, freezes: 2), quality(.init(99))])))

    let changes = room.state.takeInsights(at: room.now)

    let found = samples(changes)
    #expect(found.map(\.participantID) == ["ann", "bob"])
    #expect(
      found.map(\.sample) == [
        QualitySample(quality(ann)), QualitySample(quality(bob, lost: 50, freezes: 2)),
      ])
    #expect(found.allSatisfy { $0.time == room.now.wall })
    let kept = stays(changes)
    #expect(kept.map(\.participantID) == ["ann", "bob"])
    #expect(kept.map(\.summary.freezes) == [0, 2])
    #expect(kept.map(\.summary.frozenMilliseconds) == [0, 1_400])
    let scores = kept.compactMap(\.summary.audioScore.mean)
    #expect(scores[0] > 4 && scores[1] < 3)
  }

  @Test func `the overview shows the latest sample, and nothing of a connection that is gone`()
    throws
  {
    var room = try RoomHarness()
    let connection = room.join("ann")
    room.input(.shard(.quality([quality(room.endpoints[0])])))
    let now = try #require(room.state.overview?.participants.first)
    #expect(now.rtt == 20)
    #expect(now.streams == [.audio, .video])
    #expect(try #require(now.audioScore) > 4)
    #expect(room.state.rates.sent == 32_000 && room.state.rates.received == 800_000)

    room.input(.shard(.closed(room.endpoints[0], reason: "gone")))
    #expect(room.state.overview?.participants.first?.audioScore == nil)
    room.request(.leave, id: 2, connection)
    #expect(room.state.overview == nil)
  }

  @Test func `resumed sockets and lost connections are reconnects, another mode is not`() throws {
    var room = try RoomHarness()
    let first = room.join("ann")
    let token = try #require(room.joined(first)?.resumeToken)
    room.input(.disconnected(first))
    let second = room.makeConnection()
    room.input(.resume(ResumeRequest(resumeToken: token, seq: 0), id: 0, connection: second))
    room.input(.shard(.closed(room.endpoints[0], reason: "consent")))
    room.request(.offer(OfferRequest(sdp: "new", reset: true)), id: 2, second)
    room.request(.offer(OfferRequest(sdp: "further")), id: 3, second)

    let changes = room.state.takeInsights(at: room.now)

    #expect(stays(changes).first?.summary.reconnects == 2)
    #expect(summary(changes)?.reconnects == 2)
  }

  @Test func `a client's report counts where it saw more, and is refused when it is nonsense`()
    throws
  {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.advance(900)
    room.input(.shard(.connected(room.endpoints[0])))
    room.input(.shard(.quality([quality(room.endpoints[0], freezes: 1)])))
    room.request(
      .report(QualityReport(joinMilliseconds: 1_200, freezes: 3, network: .wifi)), id: 2, ann)
    room.request(.report(QualityReport(freezeMilliseconds: 400)), id: 3, ann)
    room.request(.report(QualityReport(freezes: -1)), id: 4, ann)

    let stay = try #require(stays(room.state.takeInsights(at: room.now)).first)

    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .ok)])
    #expect(room.errorCode(ann, to: 4) == 3073)
    #expect(stay.summary.joinMilliseconds == 1_200)
    #expect(stay.summary.freezes == 3)
    #expect(stay.summary.frozenMilliseconds == 700, "the server saw more than 400")
    #expect(stay.network == .wifi)
  }

  @Test func `a session's summary is stored just before its end, with all who were there`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.input(.shard(.quality([quality(room.endpoints[0]), quality(room.endpoints[1])])))
    room.request(.publish(.init(topic: "t", message: "x")), id: 2, ann)
    room.request(.leave, id: 2, bob)
    room.advance(1_000)
    let again = room.join("bob")
    room.advance(60_000)
    room.request(.leave, id: 2, again)
    room.request(.leave, id: 3, ann)

    let end = try #require(
      room.changes.firstIndex { if case .sessionEnded = $0 { true } else { false } })
    guard case .insights(.summary(_, let told)) = room.changes[end - 1] else {
      Issue.record("\(room.changes[end - 1]) comes before the end")
      return
    }
    #expect(told.participants == 2 && told.peakParticipants == 2)
    #expect(told.durationSeconds == 61 && told.messages == 1 && told.reconnects == 0)
    #expect(try #require(told.audioScore) > 4)
    #expect(try #require(told.videoScore) > 4)

    let left = stays(room.state.takeInsights(at: room.now))
    #expect(left.map(\.participantID) == ["bob", "bob", "ann"])
    #expect(Set(left.map(\.start)).count == 2, "bob's stays are two")
  }

  @Test func `what waits for the store is bounded`() throws {
    var room = try RoomHarness()
    room.join("ann")
    for _ in 0..<10_050 { room.input(.shard(.quality([quality(room.endpoints[0])]))) }
    #expect(samples(room.state.takeInsights(at: room.now)).count == 10_000)
    #expect(samples(room.state.takeInsights(at: room.now)).isEmpty)
  }
}
