import Control
import Signal
import Testing
import Wire

@Suite struct InsightsStoreTests {
  private static let minute: Int64 = 60_000
  private static let hour = 60 * minute
  private static let day = 24 * hour
  /// Midnight, UTC.
  private static let midnight: Int64 = 1_700_006_400_000

  private func time(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: Self.midnight + milliseconds)
  }

  private let session = SessionID("s")

  /// A store with one room of a tenant, in which two are in a session.
  private func store() async throws -> (store: SQLiteStore, tenant: TenantID) {
    let store = try await SQLiteStore(
      inMemory: Moment(monotonic: .init(nanoseconds: 0), wall: time(0)))
    let tenant = try #require(try await store.tenants(forKeys: ["key"], at: time(0))["key"])
    _ = try await store.create(
      RoomRecord(
        objectID: "o", roomID: RoomID("r"), tenant: tenant, customRoomID: nil, createdAt: time(0),
        updatedAt: time(0)))
    try await store.commit(
      [.sessionStarted(session, room: RoomID("r"), tenant: tenant, apiKey: "key", at: time(0))]
        + ["ann", "bob"].map { join($0, at: 0) }, at: time(0))
    return (store, tenant)
  }

  private func join(_ name: String, at milliseconds: Int64) -> StoreChange {
    .participantJoined(
      session,
      .init(
        objectID: "o \(name)", participantID: name, name: name, mode: .sendAndReceive,
        client: ClientDescription()), at: time(milliseconds))
  }

  private func record(
    _ name: String, at milliseconds: Int64, _ change: (inout QualitySample) -> Void = { _ in }
  ) -> StoreChange {
    var sample = QualitySample(milliseconds: 5_000)
    change(&sample)
    return .insights(
      .sample(
        SampleRecord(
          session: session, participantID: name, time: time(milliseconds), sample: sample)))
  }

  private func full(_ sample: inout QualitySample) {
    sample.sentAudioLost = 1
    sample.sentVideoLost = 2
    sample.receivedAudioLost = 3
    sample.receivedVideoLost = 4
    sample.audioRoundTrip = 20.5
    sample.videoRoundTrip = 21
    sample.audioJitter = 1.25
    sample.videoJitter = 2
    sample.sentAudioRate = 32_000
    sample.sentVideoRate = 800_000
    sample.receivedAudioRate = 31_000
    sample.receivedVideoRate = 700_000
    sample.audioScore = 4.31
    sample.videoScore = 4.02
    sample.freezes = 1
    sample.frozenMilliseconds = 640
    sample.shown = [0, 1, 2, 0, 0, 3]
  }

  @Test func `a sample comes back as it was`() async throws {
    let (store, _) = try await store()
    try await store.commit([record("ann", at: 5_000, full)], at: time(5_000))

    let points = try await store.samples(session: session, participantID: "ann")

    var expected = QualitySample(milliseconds: 5_000)
    full(&expected)
    #expect(points.map(\.sample) == [expected])
    #expect(points.map(\.time) == [time(5_000)])
    #expect(try await store.samples(session: session, participantID: "bob").isEmpty)
  }

  @Test func `a sample of somebody who is not stored fails nothing else`() async throws {
    let (store, _) = try await store()
    let stranger = StayRecord(session: session, participantID: "eve", start: time(0))
    try await store.commit(
      [record("eve", at: 5_000), record("ann", at: 5_000), .insights(.stay(stranger))],
      at: time(5_000))

    #expect(try await store.samples(session: session, participantID: "ann").count == 1)
    #expect(try await store.samples(session: session, participantID: nil).count == 1)
  }

  @Test func `a session's samples are those of its participants put together`() async throws {
    let (store, _) = try await store()
    try await store.commit(
      [
        record("ann", at: 5_100) {
          $0.sentAudioLost = 2
          $0.sentAudioRate = 30_000
          $0.audioRoundTrip = 10
          $0.audioScore = 4
        },
        record("bob", at: 7_600) {
          $0.sentAudioLost = 3
          $0.sentAudioRate = 20_000
          $0.audioRoundTrip = 30
        },
        record("ann", at: 10_100) { $0.sentAudioLost = 7 },
      ], at: time(11_000))

    let points = try await store.samples(session: session, participantID: nil)

    #expect(points.map(\.time) == [time(7_600), time(10_100)])
    #expect(points.map(\.sample.sentAudioLost) == [5, 7])
    #expect(points[0].sample.sentAudioRate == 50_000)
    #expect(points[0].sample.audioRoundTrip == 20)
    #expect(points[0].sample.audioScore == 4, "bob's is not known")
    #expect(points[1].sample.audioRoundTrip == nil)
  }

  @Test func `old samples become one a minute: losses add up, rates are means of their time`()
    async throws
  {
    let (store, _) = try await store()
    var changes: [StoreChange] = []
    for index in 0..<24 {  // two minutes
      changes.append(
        record("ann", at: Int64(index) * 5_000 + 1_000) {
          $0.receivedVideoLost = 1
          $0.receivedVideoRate = index % 2 == 0 ? 100_000 : 300_000
          $0.videoScore = index < 12 ? 4 : nil
          $0.videoRoundTrip = 40
          $0.freezes = 1
          $0.shown = [0, 0, 2, 0, 0, 0]
        })
    }
    // Held three times as long as others: it weighs as much.
    changes.append(
      record("bob", at: 20_000) {
        $0.sentAudioRate = 40_000
        $0.milliseconds = 15_000
      })
    changes.append(record("bob", at: 25_000) { $0.sentAudioRate = 80_000 })
    changes.append(record("ann", at: Self.day + 5_000) { $0.receivedVideoLost = 9 })
    try await store.commit(changes, at: time(0))

    let isMore = try await store.thinSamples(
      olderThan: time(Self.day), removingOlderThan: time(-Self.day))

    #expect(!isMore)
    let ann = try await store.samples(session: session, participantID: "ann")
    #expect(ann.map(\.sample.milliseconds) == [60_000, 60_000, 5_000])
    #expect(ann.map(\.sample.receivedVideoLost) == [12, 12, 9])
    #expect(ann[0].sample.receivedVideoRate == 200_000)
    #expect(ann[0].sample.videoRoundTrip == 40)
    #expect(ann[0].sample.freezes == 12)
    #expect(ann[0].sample.shown == [0, 0, 2, 0, 0, 0])
    #expect(ann.map(\.sample.videoScore) == [4, nil, nil])
    let bob = try await store.samples(session: session, participantID: "bob")
    #expect(bob.map(\.sample.sentAudioRate) == [50_000])

    _ = try await store.thinSamples(
      olderThan: time(Self.day), removingOlderThan: time(-Self.day))
    #expect(try await store.samples(session: session, participantID: "ann") == ann)
  }

  @Test func `a minute that is not over at the limit is thinned later, as a whole`() async throws {
    let (store, _) = try await store()
    try await store.commit(
      (0..<12).map { record("ann", at: Int64($0) * 5_000) }, at: time(0))

    _ = try await store.thinSamples(olderThan: time(30_000), removingOlderThan: time(-Self.day))

    #expect(try await store.samples(session: session, participantID: "ann").count == 12)
  }

  @Test func `what is older than is to be kept goes, thinned or not`() async throws {
    let (store, _) = try await store()
    try await store.commit(
      [0, 5_000, 2 * Self.day, 40 * Self.day].map { record("ann", at: $0) }, at: time(0))
    _ = try await store.thinSamples(
      olderThan: time(Self.hour), removingOlderThan: time(-Self.day))
    #expect(try await store.samples(session: session, participantID: "ann").count == 3)

    _ = try await store.thinSamples(
      olderThan: time(39 * Self.day), removingOlderThan: time(30 * Self.day))

    let left = try await store.samples(session: session, participantID: "ann")
    #expect(left.map(\.time) == [time(40 * Self.day)])
  }

  @Test func `much to thin is thinned in several turns, none of it lost`() async throws {
    let (store, _) = try await store()
    let names = (0..<40).map { "p\($0)" }
    try await store.commit(names.map { join($0, at: 0) }, at: time(0))
    for minute in 0..<30 {
      try await store.commit(
        names.flatMap { name in
          (0..<12).map { index in
            record(name, at: Int64(minute) * Self.minute + Int64(index) * 5_000) {
              $0.sentAudioLost = 1
            }
          }
        }, at: time(0))
    }

    var turns = 1
    while try await store.thinSamples(
      olderThan: time(Self.day), removingOlderThan: time(-Self.day))
    { turns += 1 }

    #expect(turns >= 2 && turns < 10, "\(turns)")
    for name in ["p0", "p39"] {
      let points = try await store.samples(session: session, participantID: name)
      #expect(points.map(\.sample.sentAudioLost) == Array(repeating: 12, count: 30))
    }
  }

  @Test func `a stay is replaced by what is known later, and another stay is another`() async throws
  {
    let (store, _) = try await store()
    var stay = StayRecord(session: session, participantID: "ann", start: time(0))
    stay.summary.joinMilliseconds = 300
    let again = StayRecord(session: session, participantID: "ann", start: time(90_000))
    try await store.commit([.insights(.stay(stay))], at: time(0))
    stay.summary.reconnects = 2
    stay.summary.audioScore.add(4, for: 5_000)
    stay.network = .cellular
    try await store.commit([.insights(.stay(again)), .insights(.stay(stay))], at: time(0))

    #expect(try await store.stays(session: session, participantID: "ann") == [stay, again])
  }

  @Test func `usage counts what lies within the span, day by day`() async throws {
    let (store, tenant) = try await store()
    var stay = StayRecord(session: session, participantID: "ann", start: time(0))
    stay.summary.audioScore.add(4, for: 3_000)
    stay.summary.audioScore.add(2, for: 1_000)
    try await store.commit(
      [
        .insights(.stay(stay)),
        .insights(
          .summary(
            session,
            SessionSummary(
              participants: 2, peakParticipants: 2, durationSeconds: 0, messages: 7,
              audioScore: 4, videoScore: nil, reconnects: 0))),
        .participantLeft(
          session, participantID: "bob", .manualLeave, at: time(23 * Self.hour)),
        join("bob", at: 23 * Self.hour),
        .participantLeft(
          session, participantID: "ann", .manualLeave, at: time(25 * Self.hour)),
        .participantLeft(
          session, participantID: "bob", .manualLeave, at: time(24 * Self.hour)),
        .sessionEnded(session, .lastParticipantLeft, at: time(25 * Self.hour)),
      ], at: time(25 * Self.hour))

    func usage(_ from: Int64, _ to: Int64, key: String? = nil) async throws -> UsageResource {
      try await store.usage(
        tenant: tenant, apiKey: key, from: time(from), to: time(to), at: time(3 * Self.day))
    }
    let all = try await usage(0, 3 * Self.day)
    #expect(all.sessions == 1 && all.participants == 2 && all.messages == 7)
    #expect(all.participantMinutes == 25 * 60 + 24 * 60)
    #expect(all.peakParticipants == 2, "bob went and came in one moment")
    #expect(all.audioScore == 3.5 && all.videoScore == nil)
    #expect(
      all.days == [
        .init(day: "2023-11-15", sessions: 1, participantMinutes: 48 * 60),
        .init(day: "2023-11-16", sessions: 0, participantMinutes: 60),
      ])

    let part = try await usage(24 * Self.hour, 25 * Self.hour)
    #expect(part.sessions == 1 && part.participantMinutes == 60)
    #expect(part.peakParticipants == 1)
    #expect(part.days.map(\.day) == ["2023-11-16"])
    #expect(try await usage(2 * Self.day, 3 * Self.day) == UsageResource())
    #expect(try await usage(0, Self.day, key: "another") == UsageResource())
    #expect(try await usage(0, Self.day, key: "key").sessions == 1)
    let other = try #require(try await store.tenants(forKeys: ["b"], at: time(0))["b"])
    let foreign = try await store.usage(
      tenant: other, apiKey: nil, from: time(0), to: time(Self.day), at: time(0))
    #expect(foreign == UsageResource())
  }

  @Test func `who is still there counts until now`() async throws {
    let (store, tenant) = try await store()
    let usage = try await store.usage(
      tenant: tenant, apiKey: nil, from: time(0), to: time(Self.day), at: time(10 * Self.minute))
    #expect(usage.participantMinutes == 20)
    #expect(usage.peakParticipants == 2)
  }
}
