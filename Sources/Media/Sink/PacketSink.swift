/// Where encoded packets go: a file, a broadcast, a playlist.
///
/// Every sink has its own thread and a bounded queue, so that none holds up the composition or another sink.
package protocol PacketSink: AnyObject, Sendable {
  /// Queues a packet; never waits. What there is no room for is dropped up to the next keyframe and counted.
  func write(_ packet: EncodedPacket)

  /// Says that nothing follows; returns at once. The sink's last event tells what became of it.
  func finish()

  /// How it is doing, as of now.
  var health: SinkHealth { get }
}

/// What a sink has done so far.
package struct SinkHealth: Sendable, Equatable {
  /// Packets waiting for the sink's thread.
  package var queuedPackets = 0
  /// Packets thrown away because the sink could not keep up.
  package var droppedPackets = 0
  /// Packets handed on to files or servers.
  package var writtenPackets = 0

  package init() {}
}
