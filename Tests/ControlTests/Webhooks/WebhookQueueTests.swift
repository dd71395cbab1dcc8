import Control
import Logging
import Signal
import Synchronization
import Testing
import Wire

/// The queue with a real store, and receivers that answer as the test says.
@Suite(.timeLimit(.minutes(1))) struct WebhookQueueTests {
  /// Answers by host; remembers what came.
  private final class Receivers: WebhookSender {
    struct State {
      var received: [WebhookRequest] = []
      var answers: [String: @Sendable (Int) -> WebhookReply] = [:]
      var counts: [String: Int] = [:]
      /// Requests to hosts that do not answer.
      var stuck: [String: [CheckedContinuation<Void, Never>]] = [:]
      var silent: Set<String> = []
    }
    let state = Mutex(State())
    let arrivals: AsyncStream<WebhookRequest>
    private let arrived: AsyncStream<WebhookRequest>.Continuation

    init() { (arrivals, arrived) = AsyncStream.makeStream() }

    func send(_ request: WebhookRequest) async -> WebhookReply {
      let host = String(request.endPoint.dropFirst(8).prefix { $0 != "/" })
      let isSilent = state.withLock { $0.silent.contains(host) }
      if isSilent {
        await withCheckedContinuation { waiting in
          state.withLock { $0.stuck[host, default: []].append(waiting) }
          arrived.yield(request)
        }
        return .failed("no answer in time")
      }
      let reply = state.withLock { state in
        state.received.append(request)
        let count = state.counts[request.endPoint, default: 0]
        state.counts[request.endPoint] = count + 1
        return state.answers[host]?(count) ?? .answered(status: 200, retryAfter: nil)
      }
      arrived.yield(request)
      return reply
    }

    func answer(_ host: String, _ answer: @escaping @Sendable (Int) -> WebhookReply) {
      state.withLock { $0.answers[host] = answer }
    }

    /// The next arrivals.
    func take(_ count: Int) async -> [WebhookRequest] {
      var taken: [WebhookRequest] = []
      guard count > 0 else { return [] }
      for await request in arrivals {
        taken.append(request)
        if taken.count == count { break }
      }
      return taken
    }

    func letGo() {
      let waiting = state.withLock { state in
        defer { state.stuck = [:] }
        state.silent = []
        return state.stuck.values.flatMap(\.self)
      }
      for each in waiting { each.resume() }
    }
  }

  private actor Keyring: WebhookKeyring {
    static let key = try? WebhookSigningKey()
    func signingKey() async throws -> WebhookSigningKey {
      guard let key = Self.key else { throw StoreError(reason: "no key") }
      return key
    }
  }

  private struct World {
    let clock = HandClock(DirectoryHarness.start)
    let store: SQLiteStore
    let receivers = Receivers()
    let tenant: TenantID

    init() async throws {
      store = try await SQLiteStore(inMemory: DirectoryHarness.start)
      let wall = DirectoryHarness.start.wall
      tenant = try #require(try await store.tenants(forKeys: ["key"], at: wall)["key"])
    }

    func run(_ body: @Sendable (World) async throws -> Void) async throws {
      let clock = clock
      let queue = WebhookQueue(
        store: store, sender: receivers, keyring: Keyring(), userAgent: "stoa/test",
        time: { clock.now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await queue.run() }
        try await body(self)
        receivers.letGo()
        group.cancelAll()
      }
    }

    /// A room whose session has begun: one event.
    func begin(_ room: String, _ endPoint: String) async throws {
      let now = clock.now.wall
      _ = try await store.create(
        RoomRecord(
          objectID: "o \(room)", roomID: RoomID(room), tenant: tenant, customRoomID: nil,
          webhook: RoomWebhook(endPoint: endPoint), createdAt: now, updatedAt: now), limit: 0)
      try await store.commit(
        [
          .sessionStarted(
            SessionID("s \(room)"), room: RoomID(room), tenant: tenant, apiKey: "key", at: now)
        ], at: now)
    }

    func join(_ room: String, _ people: Range<Int>) async throws {
      let now = clock.now.wall
      try await store.commit(
        people.map {
          .participantJoined(
            SessionID("s \(room)"),
            .init(
              objectID: "o\($0)", participantID: "p\($0)", name: "P", mode: .signallingOnly,
              client: .init()), at: now)
        }, at: now)
    }

    /// Waits until the store has so many deliveries of a state.
    func until(_ state: WebhookDelivery.State, count: Int) async throws {
      while try await store.deliveries(tenant: tenant, .init(state: state), .first).total < count {
        await Task.yield()
      }
    }
  }

  private func sequences(_ requests: [WebhookRequest]) throws -> [Int64] {
    try requests.compactMap {
      let body = try SignalJSON.decode(JSONValue.self, from: $0.body)
      guard case .integer(let number) = body.object?["data"]?.object?["sequence"] else {
        return nil
      }
      return number
    }
  }

  @Test func `events arrive in their order, with headers that hold their promise`() async throws {
    let world = try await World()
    try await world.run { world in
      try await world.begin("r", "https://a.example/hook")
      try await world.join("r", 0..<100)
      let requests = await world.receivers.take(101)
      #expect(try sequences(requests) == (1...101).map { Int64($0) })

      let request = try #require(requests.last)
      func header(_ name: String) -> String? {
        request.headers.first { $0.name == name }?.value
      }
      #expect(header("webhook-id") == "evt_s r_101")
      #expect(header("webhook-timestamp") == "1700000000")
      #expect(header("user-agent") == "stoa/test")
      #expect(header("content-type") == "application/json")
      let secret = WebhookSecret(
        text: try await world.store.webhookSecret(
          tenant: world.tenant, at: world.clock.now.wall))
      #expect(
        header("webhook-signature")
          == secret.signature(id: "evt_s r_101", seconds: 1_700_000_000, body: request.body))
      #expect(header("videosdk-signature")?.count == 344)  // 2048 bits in Base64
      try await world.until(.delivered, count: 101)
    }
  }

  @Test func `a failure holds its room's later events back until it is delivered`() async throws {
    let world = try await World()
    world.receivers.answer("a.example") { count in
      .answered(status: count < 2 ? 500 : 204, retryAfter: nil)
    }
    try await world.run { world in
      try await world.begin("r", "https://a.example/hook")
      try await world.join("r", 0..<3)
      let arrived1 = try sequences(await world.receivers.take(1))
      #expect(arrived1 == [1])
      world.clock.advance(7_000)
      let arrived2 = try sequences(await world.receivers.take(1))
      #expect(arrived2 == [1])
      world.clock.advance(37_000)
      let arrived3 = try sequences(await world.receivers.take(4))
      #expect(arrived3 == [1, 2, 3, 4])
      try await world.until(.delivered, count: 4)
      let first = try #require(
        try await world.store.deliveries(tenant: world.tenant, .init(), .first).elements.last)
      #expect(first.attempts == 3 && first.lastStatus == 204)
    }
  }

  @Test func `receivers that do not answer hold nobody else up`() async throws {
    let world = try await World()
    world.receivers.state.withLock { $0.silent = ["stuck.example"] }
    try await world.run { world in
      for number in 0..<20 {
        try await world.begin("s\(number)", "https://stuck.example/\(number)")
      }
      // Eight of the twenty are on their way, and stay there.
      #expect(
        await world.receivers.take(8).allSatisfy { $0.endPoint.contains("stuck.example") })
      try await world.begin("good", "https://good.example/")
      try await world.join("good", 0..<50)
      let requests = await world.receivers.take(51)
      #expect(requests.allSatisfy { $0.endPoint == "https://good.example/" })
      #expect(try sequences(requests) == (1...51).map { Int64($0) })
    }
  }

  @Test func `an endpoint that is gone gets nothing more, until somebody asks for it`()
    async throws
  {
    let world = try await World()
    world.receivers.answer("a.example") { count in
      .answered(status: count == 0 ? 410 : 200, retryAfter: nil)
    }
    try await world.run { world in
      try await world.begin("r", "https://a.example/hook")
      try await world.until(.dead, count: 1)
      try await world.join("r", 0..<5)
      #expect(
        try await world.store.deliveries(tenant: world.tenant, .init(), .first).total == 1)
      _ = try await world.store.redeliver(
        .all(.dead, room: nil), tenant: world.tenant, by: "key", at: Timestamp(milliseconds: 0))
      let arrived4 = try sequences(await world.receivers.take(2))
      #expect(arrived4 == [1, 1])
      try await world.join("r", 5..<6)
      let arrived5 = try sequences(await world.receivers.take(1))
      #expect(arrived5 == [7])
    }
  }

  @Test func `what waited when the program ended is delivered at its next start`() async throws {
    let world = try await World()
    try await world.begin("r", "https://a.example/hook")
    try await world.join("r", 0..<2)
    _ = world.store.webhookNews.take()  // as a new program: it was told nothing
    try await world.run { world in
      let arrived6 = try sequences(await world.receivers.take(3))
      #expect(arrived6 == [1, 2, 3])
    }
  }
}
