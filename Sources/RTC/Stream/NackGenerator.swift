public import Wire

/// Decides which missing packets of one stream to request, and when (RFC 4585 §6.2.1).
///
/// In: `packetReceived`, `poll`. Out: what `poll` appends, and `deadline`. A gap is requested at
/// once, then once per round trip, `maximumRequests` times in all. Packets are named by their
/// unwrapped index.
public struct NackGenerator: Sendable {
  /// A packet that ten requests did not bring will not come.
  public static let maximumRequests = 10
  /// Packets; a longer jump is a new stream position, not loss, and only a keyframe helps.
  public static let maximumGap: Int64 = 512
  /// Requests more often than this only add to the congestion that lost the packet.
  public static let minimumInterval = Nanoseconds.milliseconds(20)

  private struct Gap {
    var index: Int64
    var requests = 0
    var due: MonotonicTime
  }
  private var highest: Int64?
  private var gaps: [Gap] = []  // oldest first, all within `maximumGap` of `highest`

  public init() {}

  public var isEmpty: Bool { gaps.isEmpty }

  /// When `poll` next has work; `nil` if nothing is missing.
  public var deadline: MonotonicTime? { gaps.lazy.map(\.due).min() }

  /// Notes a packet; true if it filled a gap, so that it is a repair or late.
  @discardableResult
  public mutating func packetReceived(_ index: Int64, at now: MonotonicTime) -> Bool {
    guard let previous = highest else {
      highest = index
      return false
    }
    let step = index - previous
    guard step > 0 else {
      if gaps.isEmpty { return false }
      let before = gaps.count
      gaps.removeAll { $0.index == index }
      return gaps.count < before
    }
    highest = index
    if step == 1 && gaps.isEmpty { return false }
    guard step <= Self.maximumGap else {
      gaps.removeAll(keepingCapacity: true)
      return false
    }
    gaps.removeAll { index - $0.index > Self.maximumGap }
    var missing = previous + 1
    while missing < index {
      gaps.append(Gap(index: missing, due: now))
      missing += 1
    }
    return false
  }

  /// Appends what to request now; true if a packet was given up on, so that only a keyframe helps.
  @discardableResult
  public mutating func poll(
    at now: MonotonicTime, roundTrip: Nanoseconds, into requests: inout [SequenceNumber]
  ) -> Bool {
    let interval = max(roundTrip, Self.minimumInterval)
    for position in gaps.indices where gaps[position].due <= now {
      requests.append(SequenceNumber(UInt16(truncatingIfNeeded: gaps[position].index)))
      gaps[position].requests += 1
      gaps[position].due = now + interval
    }
    let before = gaps.count
    gaps.removeAll { $0.requests >= Self.maximumRequests }
    return gaps.count < before
  }
}
