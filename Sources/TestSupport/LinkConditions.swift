package import Wire

/// How a network treats the datagrams of one direction.
package struct LinkConditions: Sendable {
  /// Probability that a datagram is lost, 0...1.
  package var loss: Double = 0
  /// Probability that the datagram after a lost one is lost too; above `loss`, losses come in
  /// bursts (Gilbert–Elliott).
  package var lossAfterLoss: Double?
  /// Probability that a datagram arrives twice, 0...1.
  package var duplication: Double = 0
  /// Probability that a datagram leaves the order and may be overtaken, 0...1.
  package var reordering: Double = 0
  /// Probability that one bit of a datagram is flipped, 0...1; UDP's checksum makes this rare.
  package var corruption: Double = 0
  /// Time on the way, one direction.
  package var delay: Nanoseconds = .zero
  /// The most by which the delay grows; uniform, and in order unless `reordering` says otherwise.
  package var jitter: Nanoseconds = .zero
  /// Bits per second of the bottleneck, IP and UDP headers included; `nil` for no limit.
  package var bitsPerSecond: Int?
  /// Bytes the bottleneck queues before it drops.
  package var queueBytes = 64 << 10
  /// Longer datagrams vanish, as in a path-MTU black hole; `nil` for no limit.
  package var maximumDatagram: Int?

  package init(
    loss: Double = 0, duplication: Double = 0, reordering: Double = 0,
    delay: Nanoseconds = .zero, jitter: Nanoseconds = .zero, bitsPerSecond: Int? = nil
  ) {
    self.loss = loss
    self.duplication = duplication
    self.reordering = reordering
    self.delay = delay
    self.jitter = jitter
    self.bitsPerSecond = bitsPerSecond
  }

  /// Everything arrives at once.
  package static let perfect = LinkConditions()
  /// Nothing arrives.
  package static let blackout = LinkConditions(loss: 1)
}
