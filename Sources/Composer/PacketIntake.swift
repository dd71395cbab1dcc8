package import StoaClient
internal import Synchronization
package import Wire

/// Takes packets on the media thread and keeps them for the pipeline's.
///
/// Bounded: when the pipeline does not come for them, packets are dropped, as if the network had
/// lost them.
package final class PacketIntake: PacketReceiver {
  /// Two seconds of 100 Mbit/s.
  private static let capacity = 16_384

  /// What came, in order.
  package enum Item: Sendable {
    case packet(Packet)
    case report(ReceivedReport, at: MonotonicTime)
  }

  /// A packet with bytes of its own.
  package struct Packet: Sendable {
    package var mid: ShortToken
    package var codec: StoaClient.MediaCodec
    package var sequence: SequenceNumber
    package var timestamp: UInt32
    package var marker: Bool
    package var payload: [UInt8]
    package var arrival: MonotonicTime
  }

  // No mailbox: the pipeline comes by itself with each tick, and need not be woken.
  private let items = Mutex<[Item]>([])

  package init() {}

  package func receive(_ packet: ReceivedPacket, payload: RawSpan, at now: MonotonicTime) {
    guard let codec = packet.codec else { return }
    keep(
      .packet(
        Packet(
          mid: packet.mid, codec: codec,
          sequence: SequenceNumber(UInt16(truncatingIfNeeded: packet.index)),
          timestamp: packet.timestamp, marker: packet.marker,
          payload: payload.withUnsafeBytes { Array($0) }, arrival: now)))
  }

  package func receive(_ report: ReceivedReport, at now: MonotonicTime) {
    keep(.report(report, at: now))
  }

  /// Takes everything that came since the last call, behind what is in `taken` already.
  package func drain(into taken: inout [Item]) {
    items.withLock { items in
      taken.append(contentsOf: items)
      items.removeAll(keepingCapacity: true)
    }
  }

  private func keep(_ item: Item) {
    items.withLock { if $0.count < Self.capacity { $0.append(item) } }
  }
}
