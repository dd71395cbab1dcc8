package import Wire

/// Lets through so many per second for long, and more at once after a rest.
package struct TokenBucket: Sendable, Equatable {
  /// Per second; 0 lets everything through.
  let rate: Int
  /// How many at once after a rest, in seconds of `rate`.
  static let burstSeconds = 5.0

  private var allowance: Double
  private var refilledAt: MonotonicTime?

  package init(rate: Int) {
    self.rate = rate
    allowance = Double(rate) * Self.burstSeconds
  }

  /// Takes one; how long to wait for one if there is none.
  package mutating func take(at now: MonotonicTime) -> Nanoseconds? {
    guard rate > 0 else { return nil }
    refill(now)
    guard allowance < 1 else {
      allowance -= 1
      return nil
    }
    return Nanoseconds(Int64((1 - allowance) / Double(rate) * 1e9) + 1)
  }

  /// Nothing was taken for so long that a fresh one is the same.
  mutating func isFull(at now: MonotonicTime) -> Bool {
    refill(now)
    return allowance >= Double(rate) * Self.burstSeconds
  }

  private mutating func refill(_ now: MonotonicTime) {
    defer { refilledAt = max(now, refilledAt ?? now) }
    guard let refilledAt, now > refilledAt else { return }
    let seconds = Double((now - refilledAt).count) / 1e9
    allowance = min(Double(rate) * Self.burstSeconds, allowance + seconds * Double(rate))
  }
}
