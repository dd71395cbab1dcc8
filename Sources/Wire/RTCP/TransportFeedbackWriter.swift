/// One packet that arrived, for transport-wide feedback.
public struct TransportArrival: Hashable, Sendable {
  public var sequence: SequenceNumber
  public var time: MonotonicTime

  @inlinable
  public init(sequence: SequenceNumber, time: MonotonicTime) {
    self.sequence = sequence
    self.time = time
  }
}

/// Writes transport-wide congestion control feedback
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
public struct TransportFeedbackWriter: Sendable {
  public var senderSSRC: UInt32
  public var mediaSSRC: UInt32
  /// Number of the next packet written.
  public var feedbackCount: UInt8 = 0

  public init(senderSSRC: UInt32, mediaSSRC: UInt32) {
    self.senderSSRC = senderSSRC
    self.mediaSSRC = mediaSSRC
  }

  /// Writes one feedback packet about as many arrivals as fit it.
  ///
  /// - Parameters:
  ///   - arrivals: in order of sequence number; one that is not later than its predecessor is
  ///     left out.
  ///   - base: the first sequence number to report; those from here to the first arrival are lost.
  ///     Without one, that of the first arrival.
  ///   - writer: gets the packet.
  /// - Returns: how many arrivals are done with; the rest belongs in another packet. 0, and
  ///   nothing is written, if `arrivals` is empty, none fits, or `base` is after the first.
  public mutating func write(
    _ arrivals: borrowing Span<TransportArrival>, from base: SequenceNumber? = nil,
    to writer: inout ByteWriter
  ) -> Int {
    guard arrivals.count > 0 else { return 0 }
    let base = base ?? arrivals[0].sequence
    let reference = arrivals[0].time.nanoseconds / TransportFeedback.referenceTick.count
    let start = writer.count
    let room = writer.remaining & ~3
    writer.appendRTCPHeader(.transportFeedback, count: RTCPFeedbackFormat.transportWide)
    writer.append(senderSSRC)
    writer.append(mediaSSRC)
    writer.append(base.rawValue)
    writer.append(UInt16(0))
    writer.append24(UInt32(truncatingIfNeeded: reference))
    writer.append(feedbackCount)

    var plan = Plan(base: base, reference: reference)
    var encoder = PacketStatusEncoder()
    var done = 0
    while done < arrivals.count, let step = plan.step(to: arrivals[done]) {
      // Statuses of one step need at most gap/8191 runs, and three more chunks to end on.
      let chunks = step.gap / PacketStatusChunk.maximumRun + 4
      guard writer.count - start + 2 * chunks + plan.deltaLength + 2 <= room else { break }
      done += 1
      guard step.isNew else { continue }
      for _ in 0..<step.gap { encode(.notReceived, with: &encoder, to: &writer) }
      encode(step.status, with: &encoder, to: &writer)
      plan.commit(step)
    }
    guard plan.statusCount > 0 else {
      writer.rewind(to: start)
      return 0
    }
    while !encoder.isEmpty { writer.append(encoder.takeLast()) }
    writeDeltas(of: arrivals, count: done, base: base, reference: reference, to: &writer)
    writer.replace(at: start + 14, with: UInt16(truncatingIfNeeded: plan.statusCount))
    guard writer.endRTCPPacket(from: start) else { return 0 }
    feedbackCount &+= 1
    return done
  }

  private func encode(
    _ status: PacketStatus, with encoder: inout PacketStatusEncoder, to writer: inout ByteWriter
  ) {
    if !encoder.canAppend(status) { writer.append(encoder.takeFull()) }
    encoder.append(status)
  }

  private func writeDeltas(
    of arrivals: borrowing Span<TransportArrival>, count: Int, base: SequenceNumber,
    reference: Int64, to writer: inout ByteWriter
  ) {
    var plan = Plan(base: base, reference: reference)
    for index in 0..<count {
      guard let step = plan.step(to: arrivals[index]), step.isNew else { continue }
      if step.status == .received {
        writer.append(UInt8(truncatingIfNeeded: step.ticks))
      } else {
        writer.append(Int16(truncatingIfNeeded: step.ticks))
      }
      plan.commit(step)
    }
  }
}

/// Where a feedback packet stands: the same walk decides the chunks and then the deltas.
private struct Plan {
  struct Step {
    /// Packets lost before this one.
    var gap = 0
    /// Deltas of 250 µs since the packet before.
    var ticks: Int64 = 0
    var isNew: Bool
    var status: PacketStatus { (0...255).contains(ticks) ? .received : .receivedLargeDelta }
  }

  let base: SequenceNumber
  var statusCount = 0
  var deltaLength = 0
  /// Time of the last packet as the reader will reckon it, so rounding does not add up.
  private var ticks: Int64

  init(base: SequenceNumber, reference: Int64) {
    self.base = base
    let ticksPerReference = TransportFeedback.referenceTick / TransportFeedback.deltaTick.count
    ticks = reference * ticksPerReference.count
  }

  /// `nil` if the arrival cannot be in this packet: too far away in time or number.
  func step(to arrival: TransportArrival) -> Step? {
    let gap = arrival.sequence.distance(from: base.advanced(by: statusCount))
    guard gap >= 0 else { return statusCount == 0 ? nil : Step(isNew: false) }
    let tick = arrival.time.nanoseconds / TransportFeedback.deltaTick.count
    let step = Step(gap: gap, ticks: tick &- ticks, isNew: true)
    guard statusCount + gap < Int(UInt16.max), Int16(exactly: step.ticks) != nil else { return nil }
    return step
  }

  mutating func commit(_ step: Step) {
    statusCount += step.gap + 1
    deltaLength += step.status.deltaLength
    ticks += step.ticks
  }
}
