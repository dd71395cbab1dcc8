import Control
import Foundation
import Signal
import Testing
import Wire

/// What the store writes besides the changes themselves.
@Suite struct EventLogTests {
  private let start = Moment(monotonic: .init(nanoseconds: 0), wall: .init(milliseconds: 1_000_000))
  private let session = SessionID("s")

  private func time(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_000_000 + milliseconds)
  }

  private func join(_ id: String, at milliseconds: Int64) -> StoreChange {
    .participantJoined(
      session,
      .init(
        objectID: "o \(id)", participantID: id, name: id.capitalized, mode: .sendAndReceive,
        client: .init()), at: time(milliseconds))
  }

  /// A store with a room, and its session begun.
  private func begin(
    _ store: SQLiteStore, webhook: RoomWebhook? = .init(endPoint: "https://a.example/hook")
  ) async throws -> TenantID {
    let tenant = try #require(try await store.tenants(forKeys: ["key"], at: start.wall)["key"])
    _ = try await store.create(
      RoomRecord(
        objectID: "o", roomID: RoomID("r"), tenant: tenant, customRoomID: nil, webhook: webhook,
        createdAt: start.wall, updatedAt: start.wall), limit: 0)
    try await store.commit(
      [.sessionStarted(session, room: RoomID("r"), tenant: tenant, apiKey: "key", at: time(0))],
      at: time(0))
    return tenant
  }

  private func waiting(_ store: SQLiteStore) async throws -> [WebhookDelivery] {
    try await store.waiting(
      in: WebhookLane(roomID: RoomID("r"), endPoint: "https://a.example/hook"), limit: 100)
  }

  @Test func `every change is an event, in order and without a gap`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    _ = try await begin(store)
    try await store.commit(
      [
        join("ann", at: 1), .streamEnabled(session, participantID: "ann", .audio, at: time(2)),
        .streamDisabled(session, participantID: "ann", .video, at: time(3)),  // there is none
        .happened(session, type: "pin-changed", data: ["participantId": "ann"], at: time(4)),
        .modeChanged(session, participantID: "ann", .receiveOnly, at: time(4)),
        .streamDisabled(session, participantID: "ann", .audio, at: time(5)),
        .participantLeft(session, participantID: "ann", .manualLeave, at: time(6)),
        .participantLeft(session, participantID: "ann", .manualLeave, at: time(6)),  // gone
        .sessionEnded(session, .lastParticipantLeft, at: time(7)),
        .sessionEnded(session, .endedByAPI, at: time(8)),  // over
      ], at: time(8))

    let events = try await store.events(session: session, .first)
    #expect(events.total == 8)
    #expect(events.elements.map(\.sequence) == Array(1...8))
    #expect(
      events.elements.map(\.type) == [
        "session-started", "participant-joined", "stream-enabled", "pin-changed",
        "participant-mode-changed", "stream-disabled", "participant-left", "session-ended",
      ])
    #expect(events.elements.map(\.time) == [0, 1, 2, 4, 4, 5, 6, 7].map { time($0) })
    #expect(
      events.elements.map(\.data) == [
        ["start": .string(time(0).text)],
        ["participantId": "ann", "participantName": "Ann"],
        ["participantId": "ann", "kind": "audio"], ["participantId": "ann"],
        ["participantId": "ann", "mode": "RECV_ONLY"],
        ["participantId": "ann", "kind": "audio"],
        [
          "participantId": "ann", "participantName": "Ann",
          "reason": ["code": 1101, "message": "MANUAL_LEAVE_CALLED"],
        ],
        [
          "start": .string(time(0).text), "end": .string(time(7).text),
          "reason": "last-participant-left", "summary": nil,
        ],
      ])
  }

  @Test func `the end of a session tells how it was`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    _ = try await begin(store)
    let summary = SessionSummary(
      participants: 2, peakParticipants: 1, durationSeconds: 7, messages: 3, audioScore: 4.25,
      videoScore: nil, reconnects: 1)
    try await store.commit(
      [
        .insights(.summary(session, summary)),
        .sessionEnded(session, .lastParticipantLeft, at: time(7)),
      ], at: time(7))

    let end = try #require(try await waiting(store).last)
    #expect(end.event.type == "session-ended")
    #expect(
      end.body.object?["data"]?.object?["summary"] == [
        "participants": 2, "peakParticipants": 1, "durationSeconds": 7, "messages": 3,
        "audioScore": .number(4.25), "videoScore": nil, "reconnects": 1,
      ])
  }

  @Test func `what the room wants to hear waits to be delivered, with the promised body`()
    async throws
  {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await begin(store)
    try await store.commit(
      [join("ann", at: 1), .streamEnabled(session, participantID: "ann", .audio, at: time(2))],
      at: time(2))

    let waiting = try await waiting(store)
    #expect(waiting.map(\.event.type) == ["session-started", "participant-joined"])
    #expect(waiting.map(\.tenant) == [tenant, tenant])
    #expect(
      waiting.last?.body == [
        "webhookType": "participant-joined",
        "data": [
          "meetingId": "r", "sessionId": "s", "participantId": "ann", "participantName": "Ann",
          "sequence": 2, "eventId": "evt_s_2", "timestamp": 1_000_001,
        ],
      ])
    let news = store.webhookNews.take()
    #expect(news.lanes.map(\.endPoint) == ["https://a.example/hook"] && !news.isIncomplete)
  }

  @Test(arguments: [
    (["session-*"], ["session-started"]), (["participant-joined"], ["participant-joined"]),
    ([], ["session-started", "participant-joined"]), (["recording-*"], []),
  ])
  func `a webhook gets the events it names`(names: [String], expected: [String]) async throws {
    let store = try await SQLiteStore(inMemory: start)
    _ = try await begin(
      store, webhook: RoomWebhook(endPoint: "https://a.example/hook", events: names))
    try await store.commit([join("ann", at: 1)], at: time(1))
    #expect(try await waiting(store).map(\.event.type) == expected)
  }

  @Test func `a commit that fails leaves no event and no delivery`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await begin(store, webhook: nil)
    await #expect(throws: StoreError.self) {
      try await store.commit(
        [
          join("ann", at: 1),
          .sessionStarted(session, room: RoomID("r"), tenant: tenant, apiKey: "k", at: time(2)),
        ], at: time(2))
    }
    #expect(try await store.events(session: session, .first).total == 1)
  }

  @Test func `a crash ends the log as the end would have, at the last sign of life`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "stoa.db").path
    let crashed = try await SQLiteStore(path: path, now: start)
    _ = try await begin(crashed)
    try await crashed.commit(
      [
        join("ann", at: 1), join("bob", at: 2),
        .streamEnabled(session, participantID: "bob", .audio, at: time(3)),
      ], at: time(3))
    try await crashed.commit([.alive], at: time(5_000))

    let later = Moment(monotonic: .init(nanoseconds: 0), wall: time(90_000))
    let store = try await SQLiteStore(path: path, now: later)
    let events = try await store.events(session: session, .first).elements
    #expect(
      events.map(\.type) == [
        "session-started", "participant-joined", "participant-joined", "stream-enabled",
        "stream-disabled", "participant-left", "participant-left", "session-ended",
      ])
    #expect(events.map(\.sequence) == Array(1...8))
    #expect(events.suffix(4).map(\.time) == Array(repeating: time(5_000), count: 4))
    #expect(events.last?.data.object?["reason"] == "server-crashed")
    #expect(
      try await waiting(store).map(\.event.type) == [
        "session-started", "participant-joined", "participant-joined", "participant-left",
        "participant-left", "session-ended",
      ])
    #expect(
      try await store.waitingLanes(limit: 10).map(\.lane.roomID) == [RoomID("r")])

    let again = try await SQLiteStore(path: path, now: later)
    #expect(try await again.events(session: session, .first).total == 8)
  }

  @Test func `attempts are noted, redelivery starts over, and 410 ends the room's webhook`()
    async throws
  {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await begin(store)
    try await store.commit([join("ann", at: 1)], at: time(1))
    let (first, second) = try await { ($0[0], $0[1]) }(waiting(store))
    func note(
      _ delivery: WebhookDelivery, _ outcome: WebhookAttempt.Outcome, _ status: Int?
    )
      async throws
    {
      try await store.commit(
        [
          .webhookAttempted(
            WebhookAttempt(
              number: delivery.number, lane: delivery.lane, outcome: outcome, status: status,
              time: time(10)))
        ], at: time(10))
    }
    try await note(first, .retry(at: time(5_010), error: "answered with 500"), 500)
    var known = try #require(try await store.delivery(first.number, tenant: tenant))
    #expect(known.attempts == 1 && known.firstAttemptAt == time(10))
    #expect(known.nextAttemptAt == time(5_010) && known.lastError == "answered with 500")
    #expect(try await store.waitingLanes(limit: 1).first?.nextAttemptAt == time(5_010))
    try await note(first, .delivered, 200)
    known = try #require(try await store.delivery(first.number, tenant: tenant))
    #expect(known.state == .delivered && known.deliveredAt == time(10) && known.attempts == 2)
    #expect(try await store.delivery(first.number, tenant: TenantID("other")) == nil)

    try await note(second, .endpointGone, 410)
    try await store.commit([join("bob", at: 20)], at: time(20))
    #expect(try await waiting(store) == [])
    #expect(
      try await store.deliveries(tenant: tenant, .init(state: .dead), .first).elements
        .map(\.lastError) == ["the endpoint is gone"])

    let now = Timestamp(milliseconds: 7)
    let count = try await store.redeliver(
      .all(.dead, room: RoomID("r")), tenant: tenant, by: "key", at: now)
    #expect(count == 1)
    let others = try await store.redeliver(
      .one(first.number), tenant: TenantID("other"), by: "key", at: now)
    #expect(others == 0)
    #expect(
      try await store.audit(tenant: nil, .first).elements == [
        AuditRecord(
          time: now, tenant: tenant, actor: "key", action: .deliveryRepeated, target: "r",
          detail: "1 delivery")
      ])
    #expect(store.webhookNews.take().isIncomplete)
    try await store.commit([join("cem", at: 30)], at: time(30))
    #expect(try await waiting(store).map(\.event.sequence) == [2, 4])
    #expect(try await waiting(store).map(\.attempts) == [0, 0])
  }

  @Test func `a tenant's secret is made once`() async throws {
    let store = try await SQLiteStore(inMemory: start)
    let tenants = try await store.tenants(forKeys: ["a", "b"], at: start.wall)
    let (a, b) = (try #require(tenants["a"]), try #require(tenants["b"]))
    let secret = try await store.webhookSecret(tenant: a, at: start.wall)
    #expect(secret.hasPrefix("whsec_") && secret.count == 6 + 44)
    #expect(try await store.webhookSecret(tenant: a, at: start.wall) == secret)
    #expect(try await store.webhookSecret(tenant: b, at: start.wall) != secret)
  }

  @Test func `deliveries that are over are forgotten after their time, those that wait are not`()
    async throws
  {
    let store = try await SQLiteStore(inMemory: start)
    let tenant = try await begin(store)
    try await store.commit([join("ann", at: 1), join("bob", at: 2)], at: time(2))
    let first = try #require(try await waiting(store).first)
    try await store.commit(
      [
        .webhookAttempted(
          .init(
            number: first.number, lane: first.lane, outcome: .delivered, status: 200,
            time: time(3)))
      ], at: time(3))
    try await store.forgetDeliveries(before: time(-1))
    #expect(try await store.deliveries(tenant: tenant, .init(), .first).total == 3)
    try await store.forgetDeliveries(before: time(10))
    #expect(try await store.deliveries(tenant: tenant, .init(), .first).total == 2)
    #expect(try await store.events(session: session, .first).total == 3)
  }
}
