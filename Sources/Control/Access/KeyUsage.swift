import Synchronization
import Wire

/// What each key uses now: requests of the last seconds, participants in rooms.
///
/// Shared by all rooms and requests of the server.
package final class KeyUsage: Sendable {
  private struct State: Sendable {
    var requests: [String: TokenBucket] = [:]
    var participants: [String: Int] = [:]
  }
  private let state = Mutex(State())
  private let limits: QuotaLimits
  /// Recordings, livestreams and HLS.
  package let outputs: OutputCapacity

  /// Keys whose requests are counted at once; beyond it those at rest are forgotten, then all.
  private static let maximumKeys = 10_000

  package init(limits: QuotaLimits, outputs: OutputCapacity = OutputCapacity()) {
    self.limits = limits
    self.outputs = outputs
  }

  /// Counts one REST request.
  ///
  /// - Throws: `quotaExceeded` if there were too many.
  func request(by key: String, at now: Moment) throws(ControlError) {
    guard limits.requestsPerSecond > 0 else { return }
    let wait = state.withLock { state in
      if state.requests[key] == nil, state.requests.count >= Self.maximumKeys {
        for other in state.requests.keys
        where state.requests[other]?.isFull(at: now.monotonic) == true {
          state.requests[other] = nil
        }
        if state.requests.count >= Self.maximumKeys { state.requests = [:] }
      }
      return state.requests[key, default: TokenBucket(rate: limits.requestsPerSecond)]
        .take(at: now.monotonic)
    }
    guard let wait else { return }
    throw .quotaExceeded(
      "More than \(limits.requestsPerSecond) requests per second.",
      retryAfterSeconds: Int((wait.count + 999_999_999) / 1_000_000_000))
  }

  /// Counts one participant more, who leaves some day; false if the key has too many.
  ///
  /// With `isReturning` there is always room: an older connection goes for this one.
  func enter(_ key: String, isReturning: Bool) -> Bool {
    state.withLock { state in
      let count = state.participants[key, default: 0]
      guard
        isReturning || limits.participantsPerKey == 0 || count < limits.participantsPerKey
      else { return false }
      state.participants[key] = count + 1
      return true
    }
  }

  func leave(_ key: String) {
    state.withLock { state in
      guard let count = state.participants[key] else { return }
      state.participants[key] = count > 1 ? count - 1 : nil
    }
  }

  /// Participants in rooms, or entering, with tokens of the key.
  package func participants(of key: String) -> Int {
    state.withLock { $0.participants[key, default: 0] }
  }
}
