/// What a participant sent and got, all streams and connections together.
package struct PeerTotals: Sendable, Equatable {
  package var sent = SendCounters()
  package var received = ReceiveSummary()

  package init() {}
}

extension SendCounters {
  mutating func add(_ other: SendCounters) {
    packets += other.packets
    bytes += other.bytes
    retransmitted += other.retransmitted
    keyframeRequests += other.keyframeRequests
    requested += other.requested
  }
}

extension ReceiveCounters {
  mutating func add(_ other: ReceiveCounters) {
    packets += other.packets
    bytes += other.bytes
    repaired += other.repaired
    duplicates += other.duplicates
    requested += other.requested
  }
}

extension ReceiveSummary {
  mutating func add(_ other: ReceiveSummary) {
    counters.add(other.counters)
    lost += other.lost
    streams += other.streams
  }
}

extension BotStatistics {
  init(_ totals: PeerTotals) {
    packetsSent = totals.sent.packets
    bytesSent = totals.sent.bytes
    packetsRetransmitted = totals.sent.retransmitted
    packetsReceived = totals.received.counters.packets
    bytesReceived = totals.received.counters.bytes
    packetsRepaired = totals.received.counters.repaired
    packetsLost = totals.received.lost
    streamsReceived = totals.received.streams
  }
}
