import Control
import Signal
import Testing
import Wire

@Suite struct WebhookScheduleTests {
  private func delivery(attempts: Int, first: Timestamp?) -> WebhookDelivery {
    WebhookDelivery(
      number: 1,
      event: SessionEvent(
        sessionID: SessionID("s"), sequence: 1, type: "session-started",
        time: Timestamp(milliseconds: 0), data: [:]),
      lane: WebhookLane(roomID: RoomID("r"), endPoint: "https://a.example"),
      tenant: TenantID("t"), state: .waiting, attempts: attempts,
      createdAt: Timestamp(milliseconds: 0), firstAttemptAt: first)
  }

  private func wait(
    _ reply: WebhookReply, attempts: Int, _ random: inout SeededRandom,
    _ schedule: WebhookSchedule = .standard
  ) -> Int64? {
    let now = Timestamp(milliseconds: 1_000_000)
    let outcome = schedule.outcome(
      of: reply, to: delivery(attempts: attempts, first: now), at: now, using: &random)
    guard case .retry(let at, _) = outcome else { return nil }
    return at.milliseconds - now.milliseconds
  }

  @Test func `every 2xx is a delivery, 410 the end, all else a failure`() {
    var random = SeededRandom(seed: 1)
    let now = Timestamp(milliseconds: 5)
    func outcome(_ status: Int) -> WebhookAttempt.Outcome {
      WebhookSchedule.standard.outcome(
        of: .answered(status: status, retryAfter: nil), to: delivery(attempts: 0, first: nil),
        at: now, using: &random)
    }
    for status in [200, 201, 204, 299] { #expect(outcome(status) == .delivered) }
    #expect(outcome(410) == .endpointGone)
    for status in [100, 199, 301, 302, 400, 401, 404, 429, 500, 503] {
      guard case .retry(let at, let error) = outcome(status) else {
        Issue.record("\(status) is no failure")
        continue
      }
      #expect(at > now && error == "answered with \(status)")
    }
  }

  @Test func `delays grow as promised, give or take a fifth`() {
    var random = SeededRandom(seed: 2)
    let seconds: [Int64] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 21_600]
    for (attempts, expected) in seconds.enumerated() {
      var seen: Set<Int64> = []
      for _ in 0..<200 {
        guard let wait = wait(.failed("x"), attempts: attempts, &random) else {
          Issue.record("given up after \(attempts)")
          return
        }
        #expect((expected * 800...expected * 1_200).contains(wait))
        seen.insert(wait)
      }
      #expect(seen.count > 10, "without jitter")
    }
  }

  @Test func `it is given up after 76 hours, having been tried about twenty times`() {
    var random = SeededRandom(seed: 3)
    let start = Timestamp(milliseconds: 1_000_000)
    var now = start
    var attempts = 0
    while true {
      let outcome = WebhookSchedule.standard.outcome(
        of: .failed("x"), to: delivery(attempts: attempts, first: attempts == 0 ? nil : start),
        at: now, using: &random)
      attempts += 1
      guard case .retry(let at, _) = outcome else {
        #expect(outcome == .dead(error: "x; given up after \(attempts) attempts"))
        break
      }
      now = at
    }
    let hours = (now.milliseconds - start.milliseconds) / 3_600_000
    #expect((68...76).contains(hours))
    #expect((16...24).contains(attempts))
  }

  @Test func `a receiver may ask for a time, up to a day, but not for a storm`() {
    var random = SeededRandom(seed: 4)
    func wait(_ seconds: Int64) -> Int64? {
      self.wait(.answered(status: 429, retryAfter: .seconds(seconds)), attempts: 0, &random)
    }
    #expect(wait(100) == 100_000)
    #expect(wait(1_000_000) == 86_400_000)
    #expect(wait(0) == 4_000)
  }

  @Test func `a scaled schedule is the same in small`() {
    var random = SeededRandom(seed: 5)
    let small = WebhookSchedule.standard.scaled(permille: 10)
    let wait = wait(.failed("x"), attempts: 0, &random, small)
    #expect((40...60).contains(wait ?? 0))
  }
}
