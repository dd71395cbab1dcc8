import Synchronization
import Wire

/// Measures what one subscriber of a load run gets.
final class LoadReceiver: PacketReceiver {
  /// What came of one publisher.
  struct Tally: Sendable {
    var source: UInt32
    var first: UInt64
    var last: UInt64
    var count: UInt64
  }

  struct Measurement: Sendable {
    var tallies: [Tally] = []
    var latency = LatencyHistogram()
    var packets: UInt64 = 0
  }

  private let state = Mutex(Measurement())

  func receive(_ packet: ReceivedPacket, payload: RawSpan, at now: MonotonicTime) {
    let stamp = LoadStamp(payload: payload)
    state.withLock { state in
      state.packets += 1
      guard let stamp else { return }
      state.latency.record(now - stamp.sentAt)
      if let index = state.tallies.firstIndex(where: { $0.source == stamp.source }) {
        guard stamp.number >= state.tallies[index].first else { return }
        state.tallies[index].count += 1
        state.tallies[index].last = max(state.tallies[index].last, stamp.number)
      } else {
        state.tallies.append(
          Tally(source: stamp.source, first: stamp.number, last: stamp.number, count: 1))
      }
    }
  }

  var packets: UInt64 { state.withLock { $0.packets } }
  var measurement: Measurement { state.withLock { $0 } }

  /// Forgets what was measured so far.
  func restart() { state.withLock { $0 = Measurement() } }
}
