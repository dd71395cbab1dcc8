package import Wire

/// Carries datagrams between addresses in virtual time, as badly as its link conditions say.
///
/// Pure and seeded: the same sends give the same deliveries. Loop: `send` what peers emit, take the
/// earliest of `nextDelivery` and the peers' deadlines as the new time, then `popDelivery` until it
/// gives `nil`.
package struct VirtualNetwork {
  /// A datagram arriving.
  package struct Delivery: Equatable, Sendable {
    package var time: MonotonicTime
    package var source: TransportAddress
    package var destination: TransportAddress
    package var bytes: [UInt8]
    fileprivate var number: Int
  }

  private struct Path: Hashable {
    var source: TransportAddress
    var destination: TransportAddress
  }

  private struct PathState {
    var conditions: LinkConditions
    /// When the bottleneck will have sent all it holds.
    var idleAt = MonotonicTime(nanoseconds: .min)
    var lastArrival = MonotonicTime(nanoseconds: .min)
    var lostLast = false
  }

  /// Bytes of every datagram counted against `bitsPerSecond`: IPv4 and UDP headers.
  private static let headerBytes = 28

  private var random: SplitMix64
  private let link: LinkConditions
  private var paths: [Path: PathState] = [:]
  private var heap = DeliveryHeap()
  private var count = 0

  package private(set) var sentCount = 0
  package private(set) var lostCount = 0
  package private(set) var deliveredCount = 0

  /// - Parameter link: how paths are that `setLink` says nothing about.
  package init(seed: UInt64, link: LinkConditions = .perfect) {
    random = SplitMix64(seed: seed)
    self.link = link
  }

  /// Changes one direction between two addresses; what is under way still arrives.
  package mutating func setLink(
    _ conditions: LinkConditions, from source: TransportAddress, to destination: TransportAddress
  ) {
    let path = Path(source: source, destination: destination)
    paths[path, default: PathState(conditions: conditions)].conditions = conditions
  }

  /// Sends one datagram.
  package mutating func send(
    _ bytes: [UInt8], from source: TransportAddress, to destination: TransportAddress,
    at now: MonotonicTime
  ) {
    sentCount += 1
    let path = Path(source: source, destination: destination)
    var state = paths[path] ?? PathState(conditions: link)
    defer { paths[path] = state }
    let conditions = state.conditions
    let loss = state.lostLast ? conditions.lossAfterLoss ?? conditions.loss : conditions.loss
    state.lostLast = random.chance(loss)
    guard !state.lostLast, bytes.count <= conditions.maximumDatagram ?? .max,
      let departure = Self.departure(of: bytes.count, on: &state, at: now)
    else { return lostCount += 1 }

    let copies = random.chance(conditions.duplication) ? 2 : 1
    for _ in 0..<copies {
      var arrival = departure + conditions.delay
      if conditions.jitter > .zero {
        arrival =
          arrival + Nanoseconds(Int64.random(in: 0...conditions.jitter.count, using: &random))
      }
      if random.chance(conditions.reordering) {
        // Late by more than its followers, but not noted as the last arrival: they overtake it.
        let most = max(conditions.jitter, conditions.delay, .milliseconds(5))
        arrival = arrival + Nanoseconds(Int64.random(in: 0...most.count, using: &random))
      } else {
        arrival = max(arrival, state.lastArrival)
        state.lastArrival = arrival
      }
      count += 1
      heap.insert(
        Delivery(
          time: arrival, source: source, destination: destination,
          bytes: corrupted(bytes, conditions.corruption), number: count))
    }
  }

  /// When the next datagram arrives; `nil` if none is under way.
  package var nextDelivery: MonotonicTime? { heap.first?.time }

  /// The next datagram that has arrived by `now`, oldest first; `nil` if there is none.
  package mutating func popDelivery(at now: MonotonicTime) -> Delivery? {
    guard let first = heap.first, first.time <= now else { return nil }
    deliveredCount += 1
    return heap.removeFirst()
  }

  /// Everything that arrives by `now`, oldest first.
  package mutating func deliver(until now: MonotonicTime) -> [Delivery] {
    var deliveries: [Delivery] = []
    while let delivery = popDelivery(at: now) { deliveries.append(delivery) }
    return deliveries
  }

  /// When the bottleneck has sent a datagram; `nil` if its queue is full.
  private static func departure(
    of byteCount: Int, on state: inout PathState, at now: MonotonicTime
  ) -> MonotonicTime? {
    guard let rate = state.conditions.bitsPerSecond, rate > 0 else { return now }
    let start = max(now, state.idleAt)
    let queued = Double((start - now).count) * Double(rate) / 8e9
    guard queued <= Double(state.conditions.queueBytes) else { return nil }
    let bits = Double((byteCount + headerBytes) * 8)
    let departure = start + Nanoseconds(Int64(bits * 1e9 / Double(rate)))
    state.idleAt = departure
    return departure
  }

  private mutating func corrupted(_ bytes: [UInt8], _ probability: Double) -> [UInt8] {
    guard !bytes.isEmpty, random.chance(probability) else { return bytes }
    var bytes = bytes
    bytes[Int.random(in: bytes.indices, using: &random)] ^=
      1 << UInt8.random(in: 0...7, using: &random)
    return bytes
  }

  /// Deliveries, the earliest first; of equal ones the one sent first.
  private struct DeliveryHeap {
    private var items: [Delivery] = []

    var first: Delivery? { items.first }

    mutating func insert(_ delivery: Delivery) {
      items.append(delivery)
      var child = items.count - 1
      while child > 0, Self.precedes(items[child], items[(child - 1) / 2]) {
        items.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    mutating func removeFirst() -> Delivery? {
      guard let first = items.first else { return nil }
      items.swapAt(0, items.count - 1)
      items.removeLast()
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
          if Self.precedes(items[child], items[least]) { least = child }
        }
        guard least != parent else { return first }
        items.swapAt(parent, least)
        parent = least
      }
    }

    private static func precedes(_ a: Delivery, _ b: Delivery) -> Bool {
      a.time == b.time ? a.number < b.number : a.time < b.time
    }
  }
}
