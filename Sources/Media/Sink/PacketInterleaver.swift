/// Brings the packets of several tracks into the order of their decoding times.
///
/// A packet waits until every track has one that is not earlier, but no longer than `maximumLag` of media: a track that
/// stopped holds nobody up. Packets whose time does not grow within their track are dropped.
package struct PacketInterleaver {
  private var tracks: [EncodedTrack]
  private var queues: [[EncodedPacket]]
  private var lastTimes: [Int64?]
  private let maximumLagNanoseconds: Int64
  /// Packets refused because their time did not grow, or their track is none of ours.
  package private(set) var refusedCount = 0

  /// - Parameter maximumLagNanoseconds: how far a silent track may fall behind.
  package init(tracks: [EncodedTrack], maximumLagNanoseconds: Int64 = 1_000_000_000) {
    self.tracks = tracks
    self.maximumLagNanoseconds = maximumLagNanoseconds
    queues = tracks.map { _ in [] }
    lastTimes = tracks.map { _ in nil }
  }

  /// Takes a packet in and appends those whose turn it is.
  package mutating func add(_ packet: EncodedPacket, into ready: inout [EncodedPacket]) {
    guard let index = tracks.firstIndex(where: { $0.id == packet.trackID }),
      packet.dts > lastTimes[index] ?? .min
    else {
      refusedCount &+= 1
      return
    }
    lastTimes[index] = packet.dts
    queues[index].append(packet)
    let newest = tracks[index].nanoseconds(packet.dts)
    while let next = earliest(),
      !queues.contains(where: \.isEmpty) || newest &- next.time > maximumLagNanoseconds
    {
      ready.append(queues[next.index].removeFirst())
    }
  }

  /// Appends all that is left, in order.
  package mutating func drain(into ready: inout [EncodedPacket]) {
    while let next = earliest() { ready.append(queues[next.index].removeFirst()) }
  }

  private struct Head {
    var index: Int
    var time: Int64
  }

  private func earliest() -> Head? {
    var result: Head?
    for index in queues.indices {
      guard let packet = queues[index].first else { continue }
      let time = tracks[index].nanoseconds(packet.dts)
      if time < result?.time ?? .max { result = Head(index: index, time: time) }
    }
    return result
  }
}
