package import StoaClient
package import UDP
package import Wire

/// Takes packets on the media thread and keeps them for the pipeline's.
///
/// Bounded: when the pipeline does not come for them, packets are dropped and counted, as if the network
/// had lost them.
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

  private let mailbox: Mailbox<Item>

  /// - Throws: `event` if the process has no descriptor left.
  package init() throws(UDPError) { mailbox = try Mailbox(capacity: Self.capacity) }

  package func receive(_ packet: ReceivedPacket, payload: RawSpan, at now: MonotonicTime) {
    guard let codec = packet.codec else { return }
    mailbox.post(
      .packet(
        Packet(
          mid: packet.mid, codec: codec,
          sequence: SequenceNumber(UInt16(truncatingIfNeeded: packet.index)),
          timestamp: packet.timestamp, marker: packet.marker,
          payload: payload.withUnsafeBytes { Array($0) }, arrival: now)))
  }

  package func receive(_ report: ReceivedReport, at now: MonotonicTime) {
    mailbox.post(.report(report, at: now))
  }

  /// Takes everything that came since the last call.
  package func drain() -> [Item] { mailbox.drain() }
}
