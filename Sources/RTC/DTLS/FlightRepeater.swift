internal import Wire

/// Sends the datagrams of the last flight again between BoringSSL's retransmissions.
///
/// BoringSSL gives up after twelve retransmissions, so their pauses have to grow to last for the
/// time a handshake may take; with half of all packets lost, such pauses add up. It also never
/// repeats a server's last flight of DTLS 1.2 unasked. To the peer, a repeated datagram looks like
/// one that the network duplicated (RFC 9147 §4.5.1).
struct FlightRepeater {
  /// Between repeats, at least: loses little time, costs at most 25 kbit/s.
  private static let interval = Nanoseconds.milliseconds(400)
  /// While the handshake goes on: until it times out.
  static let unlimited = Int.max
  /// After the last flight; at a loss of one half, all of them are lost once in 64 times.
  static let lastFlight = 6

  private let interval: Nanoseconds
  private var flight: [[UInt8]] = []
  private var remaining = 0

  /// When `poll` next has work; `nil` if nothing is to be repeated.
  private(set) var deadline: MonotonicTime?

  /// - Parameter initialTimeout: a repeat sooner than this could not have been missed.
  init(initialTimeout: Nanoseconds) {
    interval = max(Self.interval, initialTimeout)
  }

  /// Notes what was just sent, in place of what was noted before.
  mutating func sent(_ datagrams: [[UInt8]], at now: MonotonicTime, repeats: Int) {
    guard !datagrams.isEmpty else { return }
    flight = datagrams
    remaining = repeats
    deadline = now + interval
  }

  mutating func poll(at now: MonotonicTime, into outgoing: inout [[UInt8]]) {
    guard let deadline, now >= deadline else { return }
    outgoing += flight
    remaining -= 1
    self.deadline = remaining > 0 ? now + interval : nil
    if remaining == 0 { flight = [] }
  }

  mutating func stop() {
    flight = []
    deadline = nil
  }
}
