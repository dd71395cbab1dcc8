/// When to connect again, and when no more.
///
/// Knows no clock: times are seconds on any monotonic one.
package struct RTMPRetry: Sendable {
  /// A receiver that can be reached again is found within this and the time to connect: 5 s.
  static let longestWaitUnreachable = 4.0
  /// A server that says no is not asked more often than that.
  static let longestWaitRefused = 15.0
  /// Refusals before the first success: a key that is wrong five times will not become right.
  static let refusalsBeforeFailing = 5
  /// How long a server may be gone: servers are restarted, hosts are moved.
  static let givingUpAfter = 1800.0

  /// What to do after a failure.
  package enum Decision: Equatable, Sendable {
    case retry(afterSeconds: Double)
    case fail
  }

  private var attempts = 0
  private var refusals = 0
  private var wasLive = false
  private var offAirSince: Double?

  package init() {}

  /// Notes that the server takes data.
  package mutating func becameLive() {
    attempts = 0
    refusals = 0
    wasLive = true
    offAirSince = nil
  }

  /// Decides what follows a failure.
  ///
  /// - Parameters:
  ///   - failure: what failed.
  ///   - now: seconds.
  ///   - random: 0..<1; spreads the attempts of many outputs.
  package mutating func handle(_ failure: RTMPFailure, now: Double, random: Double) -> Decision {
    let since = offAirSince ?? now
    offAirSince = since
    guard now - since < Self.givingUpAfter else { return .fail }
    let longest: Double
    switch failure {
    case .malformedURL: return .fail
    case .untrusted, .notRTMP, .unknownApplication, .refused:
      refusals += 1
      // After success a refusal is mostly the server's memory of the lost connection.
      if !wasLive, refusals >= Self.refusalsBeforeFailing { return .fail }
      longest = Self.longestWaitRefused
    case .unreachable, .lost, .stalled:
      longest = Self.longestWaitUnreachable
    }
    let wait = min(longest, Double(1 << min(attempts, 6)))
    attempts += 1
    // Never below a second in the mean, never above the longest.
    return .retry(afterSeconds: wait * (0.75 + 0.25 * random))
  }
}
