package import Signal
package import Wire

/// When a delivery that failed is tried again, and when it is given up.
package struct WebhookSchedule: Sendable, Equatable {
  /// After the first attempt, the second, and so on.
  package var delays: [Nanoseconds] = [
    .seconds(5), .seconds(30), .seconds(120), .seconds(600), .seconds(1_800), .seconds(3_600),
    .seconds(7_200), .seconds(14_400),
  ]
  /// After all further attempts.
  package var lastDelay = Nanoseconds.seconds(6 * 3_600)
  /// Nothing is tried again so long after its first attempt: a receiver that is down from Friday
  /// night to Monday morning misses nothing.
  package var patience = Nanoseconds.seconds(76 * 3_600)
  /// Delays are longer or shorter by up to so much, so that receivers are not met by a wave.
  package var jitterPercent: Int64 = 20
  /// What a receiver may ask for with `Retry-After`.
  package var mostRetryAfter = Nanoseconds.seconds(24 * 3_600)

  package static let standard = WebhookSchedule()
  package init() {}

  /// The same schedule, with all times at this part of theirs; for tests.
  package func scaled(permille: Int64) -> WebhookSchedule {
    var scaled = self
    scaled.delays = delays.map { $0 / 1_000 * permille }
    scaled.lastDelay = lastDelay / 1_000 * permille
    scaled.patience = patience / 1_000 * permille
    scaled.mostRetryAfter = mostRetryAfter / 1_000 * permille
    return scaled
  }

  /// What follows from a reply.
  ///
  /// - Parameters:
  ///   - reply: to this attempt.
  ///   - delivery: as it was before this attempt.
  ///   - now: the wall clock's time.
  ///   - random: for the jitter.
  package func outcome(
    of reply: WebhookReply, to delivery: WebhookDelivery, at now: Timestamp,
    using random: inout some RandomNumberGenerator
  ) -> WebhookAttempt.Outcome {
    let error: String
    var asked: Nanoseconds?
    switch reply {
    case .answered(200..<300, _): return .delivered
    case .answered(410, _): return .endpointGone
    case .answered(let status, let retryAfter):
      error = "answered with \(status)"
      asked = retryAfter.map { min(max($0, shortestDelay), mostRetryAfter) }
    case .failed(let problem): error = problem
    }
    let delay = asked ?? delay(after: delivery.attempts, using: &random)
    let next = now.milliseconds &+ delay.milliseconds
    let first = delivery.firstAttemptAt ?? now
    guard next <= first.milliseconds &+ patience.milliseconds else {
      return .dead(error: "\(error); given up after \(delivery.attempts + 1) attempts")
    }
    return .retry(at: Timestamp(milliseconds: next), error: error)
  }

  /// A receiver that asks for less gets this all the same.
  private var shortestDelay: Nanoseconds { jittered(delays.first ?? lastDelay, -jitterPercent) }

  private func delay(
    after attempts: Int, using random: inout some RandomNumberGenerator
  ) -> Nanoseconds {
    let delay = attempts < delays.count && attempts >= 0 ? delays[attempts] : lastDelay
    return jittered(delay, Int64.random(in: -jitterPercent...jitterPercent, using: &random))
  }

  private func jittered(_ delay: Nanoseconds, _ percent: Int64) -> Nanoseconds {
    delay / 100 * (100 + percent)
  }
}
