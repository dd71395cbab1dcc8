package import Logging
import Signal
import Wire

/// Delivers the events that rooms want to be told of, for as long as it runs.
///
/// What is to be delivered lies in the store, written with what it tells of; this finds out what
/// is due, has it sent, and notes what came of it. A crash repeats attempts, and loses none.
package actor WebhookQueue {
  private let store: any Store
  private let sender: any WebhookSender
  private let keyring: any WebhookKeyring
  private let schedule: WebhookSchedule
  private let time: TimeSource
  private let logger: Logger
  private let userAgent: String

  private var lanes: WebhookLanes
  private var secrets: [TenantID: WebhookSecret] = [:]
  private var foreignVersion: Int64?
  private var lastForget: MonotonicTime?

  /// Deliveries of one lane that are read, and noted, together.
  private static let batch = 32
  /// What was delivered is noted at least so often while more of the same lane goes on.
  private static let noteInterval = Nanoseconds.milliseconds(200)
  /// How often the store is asked whether another process set something going again.
  private static let foreignInterval = Duration.seconds(1)
  private static let tickInterval = Duration.milliseconds(100)
  /// Days that deliveries are kept which are over.
  private static let daysKept: Int64 = 30
  private static let forgetInterval = Nanoseconds.seconds(3_600)
  /// When the store fails: an attempt that cannot be noted would be made over and over.
  private static let pauseOfFailure = Nanoseconds.seconds(5)

  package init(
    store: any Store, sender: any WebhookSender, keyring: any WebhookKeyring,
    schedule: WebhookSchedule = .standard, limits: WebhookLanes.Limits = .init(),
    userAgent: String, time: @escaping TimeSource, logger: Logger
  ) {
    self.store = store
    self.sender = sender
    self.keyring = keyring
    self.schedule = schedule
    self.userAgent = userAgent
    self.time = time
    self.logger = logger
    lanes = WebhookLanes(limits: limits)
  }

  /// Delivers until cancelled; what is under way then is repeated at the next start.
  package func run() async {
    let news = store.webhookNews
    // Before the store is read: what others write from now on is noticed.
    foreignVersion = try? await store.foreignVersion()
    await reload()
    await withDiscardingTaskGroup { group in
      group.addTask {
        while (try? await Task.sleep(for: Self.tickInterval)) != nil { news.pulse() }
      }
      group.addTask {
        while (try? await Task.sleep(for: Self.foreignInterval)) != nil { await self.lookAround() }
      }
      for await _ in news.pulses {
        await takeNews()
        while let lane = lanes.next(at: time().monotonic) {
          group.addTask { await self.serve(lane) }
        }
      }
      group.cancelAll()
    }
  }

  /// Lanes that are known to have something to deliver, now or later; for inspection.
  package var laneCount: Int { lanes.count }

  private func takeNews() async {
    let news = store.webhookNews.take()
    for lane in news.lanes { lanes.add(lane) }
    if news.isIncomplete || lanes.wantsMore { await reload() }
  }

  /// Asks the store which lanes are due, and when.
  private func reload() async {
    lanes.beginReload()
    do {
      let found = try await store.waitingLanes(limit: WebhookLanes.Limits().lanes)
      let now = time()
      for each in found {
        let wait = (each.nextAttemptAt?.milliseconds).map { $0 &- now.wall.milliseconds } ?? 0
        // A clock that was set back must not make anybody wait for longer than was ever meant.
        let delay = min(max(.milliseconds(wait), .zero), longestDelay)
        lanes.set(each.lane, due: now.monotonic + delay, at: now.monotonic)
      }
    } catch {
      logger.error("webhooks wait: the store failed", metadata: ["reason": "\(error.reason)"])
      store.webhookNews.tellOfUnknown()
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private var longestDelay: Nanoseconds { max(schedule.lastDelay * 2, schedule.mostRetryAfter) }

  /// Notices what other processes wrote, and forgets what is old.
  private func lookAround() async {
    let now = time()
    do {
      let version = try await store.foreignVersion()
      if let foreignVersion, foreignVersion != version { store.webhookNews.tellOfUnknown() }
      foreignVersion = version
      if lastForget.map({ $0 + Self.forgetInterval <= now.monotonic }) ?? true {
        lastForget = now.monotonic
        try await store.forgetDeliveries(
          before: Timestamp(milliseconds: now.wall.milliseconds &- Self.daysKept &* 86_400_000))
      }
    } catch {
      logger.error("the store failed", metadata: ["reason": "\(error.reason)"])
    }
  }

  /// Delivers what is due in one lane, one after the other.
  private func serve(_ lane: WebhookLane) async {
    var done: [StoreChange] = []
    var rest = WebhookLanes.Rest.nothing
    var failed: Bool?
    do {
      let batch = try await store.waiting(in: lane, limit: Self.batch)
      if batch.count == Self.batch { rest = .more }
      var noted = time().monotonic
      for delivery in batch {
        let began = time()
        if let due = delivery.nextAttemptAt, began.wall < due {
          let wait = Nanoseconds.milliseconds(due.milliseconds &- began.wall.milliseconds)
          rest = .later(began.monotonic + min(wait, longestDelay))
          break
        }
        let reply = try await attempt(delivery, at: began.wall)
        if case .failed = reply, Task.isCancelled { break }  // it was interrupted, and is repeated
        let now = time()
        let attempt = judge(reply, to: delivery, now.wall)
        done.append(.webhookAttempted(attempt))
        failed = attempt.outcome != .delivered
        if let stop = self.rest(after: attempt, now) {
          rest = stop
          break
        }
        if noted + Self.noteInterval <= now.monotonic {
          try await store.commit(done, at: now.wall)
          done = []
          noted = now.monotonic
        }
      }
      if !done.isEmpty { try await store.commit(done, at: time().wall) }
    } catch {
      logger.error(
        "webhooks wait", metadata: ["room": "\(lane.roomID.rawValue)", "reason": "\(error)"])
      rest = .later(time().monotonic + Self.pauseOfFailure)
      failed = failed ?? true
    }
    lanes.finished(lane, rest, failed: failed, at: time().monotonic)
    store.webhookNews.pulse()
  }

  private func judge(
    _ reply: WebhookReply, to delivery: WebhookDelivery, _ now: Timestamp
  ) -> WebhookAttempt {
    var random = SystemRandomNumberGenerator()
    var status: Int?
    if case .answered(let code, _) = reply { status = code }
    return WebhookAttempt(
      number: delivery.number, lane: delivery.lane,
      outcome: schedule.outcome(of: reply, to: delivery, at: now, using: &random),
      status: status, time: now)
  }

  /// What is left of a lane after an attempt that ends this turn of it; `nil` to go on.
  private func rest(after attempt: WebhookAttempt, _ now: Moment) -> WebhookLanes.Rest? {
    let metadata: Logger.Metadata = [
      "room": "\(attempt.lane.roomID.rawValue)", "endPoint": "\(attempt.lane.endPoint)",
      "delivery": "\(attempt.number)",
    ]
    switch attempt.outcome {
    case .delivered: return nil
    case .retry(let at, let error):
      logger.info("a webhook failed", metadata: metadata.merging(["error": "\(error)"]) { $1 })
      return .later(
        now.monotonic + .milliseconds(at.milliseconds &- now.wall.milliseconds))
    case .dead(let error):
      logger.warning(
        "a webhook is given up", metadata: metadata.merging(["error": "\(error)"]) { $1 })
      return .more
    case .endpointGone:
      logger.warning("a webhook's endpoint is gone", metadata: metadata)
      return .more  // a look for what came meanwhile
    }
  }

  private func attempt(
    _ delivery: WebhookDelivery, at now: Timestamp
  ) async throws -> WebhookReply {
    let secret = try await secret(of: delivery.tenant, now)
    let key = try await keyring.signingKey()
    return try await Self.send(
      delivery, secret, key, userAgent: userAgent, seconds: now.milliseconds / 1_000, by: sender)
  }

  private func secret(of tenant: TenantID, _ now: Timestamp) async throws -> WebhookSecret {
    if let known = secrets[tenant] { return known }
    let secret = WebhookSecret(text: try await store.webhookSecret(tenant: tenant, at: now))
    if secrets.count >= 10_000 { secrets = [:] }
    secrets[tenant] = secret
    return secret
  }

  /// Signs and sends; not on the queue, for a signature takes half a millisecond.
  @concurrent private static func send(
    _ delivery: WebhookDelivery, _ secret: WebhookSecret, _ key: WebhookSigningKey,
    userAgent: String, seconds: Int64, by sender: any WebhookSender
  ) async throws -> WebhookReply {
    let body = JSONWriter.write(delivery.body)
    let id = delivery.event.eventID
    return await sender.send(
      WebhookRequest(
        endPoint: delivery.lane.endPoint,
        headers: [
          .init(name: "content-type", value: "application/json"),
          .init(name: "user-agent", value: userAgent),
          .init(name: "videosdk-signature", value: try key.signature(of: body)),
          .init(name: "webhook-id", value: id),
          .init(name: "webhook-timestamp", value: "\(seconds)"),
          .init(
            name: "webhook-signature",
            value: secret.signature(id: id, seconds: seconds, body: body)),
        ], body: body))
  }
}
