public import RTC
public import Wire

/// What a shard has to know about the machine it runs on.
public struct ShardConfiguration: Sendable {
  /// Addresses that peers can reach the shard's sockets at, best first; UDP and TCP.
  public var candidates: [TransportAddress]
  /// Whether randomness comes from the system (`nil`) or, in tests, from this seed.
  public var seed: UInt64?
  /// Seconds since 1970, from which the certificate counts its validity.
  public var unixSeconds: Int64
  /// Bits per second a publisher without transport-wide feedback is allowed at most (REMB).
  public var maximumPublisherBitrate: UInt64 = 5_000_000

  public init(candidates: [TransportAddress], unixSeconds: Int64, seed: UInt64? = nil) {
    self.candidates = candidates
    self.unixSeconds = unixSeconds
    self.seed = seed
  }
}

/// The system's generator, or a repeatable one for tests (SplitMix64).
struct ShardRandom: RandomNumberGenerator {
  private var state: UInt64?
  private var system = SystemRandomNumberGenerator()

  init(seed: UInt64?) {
    state = seed
  }

  mutating func next() -> UInt64 {
    guard let previous = state else { return system.next() }
    let next = previous &+ 0x9E37_79B9_7F4A_7C15
    state = next
    var mixed = next
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
