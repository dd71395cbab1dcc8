public import RTC
public import Wire

/// All rooms of one media process: datagrams and commands in, datagrams and events out.
///
/// Pure and single-threaded: the owner hands in bytes and the time, sends what is appended to the
/// outbox, and calls back at `deadline`. Nothing here waits, locks or logs.
///
/// A packet's way: `handle` → `receiveRTP` (decrypt, store, note) → `forward` (choose, rewrite, encrypt).
public struct Shard: ~Copyable {
  let configuration: ShardConfiguration
  let dtls: DTLSContext
  let fingerprint: DTLSFingerprint
  var random: ShardRandom
  private let startedAt: MonotonicTime
  private let startedWall: NTPTime

  var rooms = SlotTable<ForwardingRoom>()
  var endpoints = SlotTable<Endpoint>()
  var tracks = SlotTable<PublishedTrack>()
  var streams = SlotTable<IncomingStream>()
  var subscriptions = SlotTable<Subscription>()
  var outgoing = SlotTable<OutgoingStream>()
  var roomSlots: [RoomNumber: Int] = [:]
  var endpointSlots: [EndpointNumber: Int] = [:]
  var trackSlots: [TrackNumber: Int] = [:]
  /// Endpoints by the addresses that ICE validated, and by the user fragment peers address them with.
  var paths: [TransportAddress: Int32] = [:]
  var users: [ShortToken: Int32] = [:]

  /// Tracks with packets to forward, and how far `forward` has come.
  var dirty: [Int32] = []
  var cursor = ForwardingCursor()
  /// The earliest time at which any endpoint or room has something to do.
  var timerDeadline = MonotonicTime.distantFuture

  /// When endpoints are next told of, and which of them.
  var nextQuality = MonotonicTime.distantFuture
  var qualityPhase = 0

  var events: [ShardEvent] = []
  var drops = DropCounters()
  var counters = ShardStatistics()
  /// Reused by reports, so that they do not allocate.
  var scratch: [SequenceNumber] = []

  /// - Parameters:
  ///   - now: the owner's monotonic clock.
  ///   - wallClock: the same instant on the wall clock, for sender reports.
  /// - Throws: when no certificate can be made.
  public init(
    configuration: ShardConfiguration, at now: MonotonicTime, wallClock: NTPTime
  ) throws(DTLSFailure) {
    let identity = try DTLSIdentity(unixSeconds: configuration.unixSeconds)
    let context = try DTLSContext(identity: identity)
    self.configuration = configuration
    dtls = context
    fingerprint = identity.fingerprint
    random = ShardRandom(seed: configuration.seed)
    startedAt = now
    startedWall = wallClock
  }

  // MARK: Inputs

  /// Takes one datagram; it is decrypted in place.
  public mutating func handle(
    _ datagram: inout MutableRawSpan, from address: TransportAddress,
    at now: MonotonicTime, into outbox: inout Outbox
  ) {
    counters.datagramsReceived &+= 1
    counters.bytesReceived &+= UInt64(truncatingIfNeeded: datagram.byteCount)
    do throws(Refused) {
      switch DatagramKind(datagram.bytes) {
      case .rtp: try receiveRTP(&datagram, from: address, at: now)
      case .rtcp: try receiveRTCP(&datagram, from: address, at: now, into: &outbox)
      case .stun: try receiveSTUN(datagram.bytes, from: address, at: now, into: &outbox)
      case .dtls: try receiveDTLS(datagram.bytes, from: address, at: now, into: &outbox)
      case .turnChannel, .unknown: throw Refused(.unknownKind)
      }
    } catch {
      drops.count(error.reason)
    }
  }

  /// Takes one command of the control plane; answers are among the events.
  public mutating func handle(
    _ command: ShardCommand, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    switch command {
    case .connect(let number, let room, let offer):
      connect(number, room: room, offer: offer, at: now)
    case .renegotiate(let number, let offer): renegotiate(number, offer: offer, at: now)
    case .disconnect(let number):
      if let slot = endpointSlots[number] { removeEndpoint(slot, at: now, into: &outbox) }
    case .publish(let number, let endpoint, let kind, let mid):
      publish(number, endpoint: endpoint, kind: kind, mid: mid, at: now)
    case .unpublish(let number):
      if let slot = trackSlots[number] { removeTrack(slot, at: now) }
    case .subscribe(let track, let endpoint, let companion):
      subscribe(track, endpoint: endpoint, companion: companion, at: now)
    case .unsubscribe(let track, let endpoint):
      if let slot = subscription(of: track, endpoint: endpoint) {
        removeSubscription(slot, at: now)
      }
    case .setLayerCap(let track, let endpoint, let cap):
      if let slot = subscription(of: track, endpoint: endpoint) {
        subscriptions[slot].cap = cap
        retarget(slot, at: now)
      }
    case .setPaused(let track, let endpoint, let isPaused):
      if let slot = subscription(of: track, endpoint: endpoint) {
        subscriptions[slot].isPaused = isPaused
        // After a pause decoding has to start anew.
        if isPaused { subscriptions[slot].current = -1 } else { retarget(slot, at: now) }
      }
    case .reportStatistics: events.append(.statistics(statistics))
    }
  }

  /// Does what is due; call at `deadline`, or more often.
  public mutating func handleTimeouts(at now: MonotonicTime, into outbox: inout Outbox) {
    guard timerDeadline <= now else { return }
    runTimers(at: now, into: &outbox)
  }

  // MARK: Outputs

  /// When `handleTimeouts` or `forward` next has work.
  public var deadline: MonotonicTime {
    var earliest = timerDeadline
    for track in dirty where tracks.contains(Int(track)) {
      earliest = min(earliest, tracks[Int(track)].due)
    }
    return earliest
  }

  /// What happened since the last call, in order.
  public mutating func takeEvents() -> [ShardEvent] {
    if events.isEmpty { return [] }
    defer { events = [] }
    return events
  }

  public var statistics: ShardStatistics {
    var result = counters
    result.rooms = rooms.count
    result.endpoints = endpoints.count
    result.tracks = tracks.count
    result.subscriptions = subscriptions.count
    result.drops = drops.byName
    return result
  }

  // MARK: Shared by the parts

  /// The wall clock at `now`.
  func wallClock(at now: MonotonicTime) -> NTPTime {
    startedWall.advanced(by: now - startedAt)
  }

  /// Makes sure that `runTimers` looks at things by `time`.
  mutating func wake(by time: MonotonicTime) {
    if time < timerDeadline { timerDeadline = time }
  }

  mutating func schedule(_ timer: PeerTimer, of endpoint: Int, by time: MonotonicTime) {
    endpoints[endpoint].timers.schedule(timer, by: time)
    wake(by: time)
  }
}

/// A datagram went no further.
struct Refused: Error {
  let reason: DropReason
  init(_ reason: DropReason) { self.reason = reason }
}
