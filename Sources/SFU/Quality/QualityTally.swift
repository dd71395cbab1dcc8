import Wire

/// What is counted of an endpoint for its next `EndpointQuality`.
struct QualityTally {
  /// Since when; `nil` before media can flow.
  var since: MonotonicTime?
  var sentAudio = FlowTally()
  var sentVideo = FlowTally()
  var receivedAudio = FlowTally()
  var receivedVideo = FlowTally()
  var keyframesRequested = 0
  var frozen = FrameContinuity.Totals()
}

/// One flow, in sums.
struct FlowTally {
  var packets = 0
  var lost = 0
  var repaired = 0
  var bytes = 0
  var pixelsPerSecond = 0.0
  var cameraFramesPerSecond = Mean()
  /// In microseconds.
  var jitter = Mean()
  /// In microseconds.
  var roundTrip = Mean()

  /// A mean of values that come one by one.
  struct Mean {
    fileprivate var sum = 0.0
    fileprivate var weight = 0.0

    mutating func add(_ value: Double, weight: Double = 1) {
      sum += value * weight
      self.weight += weight
    }

    var rounded: Int? { weight > 0 ? Int((sum / weight).rounded()) : nil }
  }

  /// `nil` if nothing flowed.
  var flow: MediaFlow? {
    guard packets > 0 || bytes > 0 else { return nil }
    var flow = MediaFlow(packets: packets, lost: lost, repaired: repaired, bytes: bytes)
    flow.jitterMicroseconds = jitter.rounded
    flow.roundTripMicroseconds = roundTrip.rounded
    flow.pixelsPerSecond = pixelsPerSecond > 0 ? Int(pixelsPerSecond) : nil
    flow.framesPerSecond = cameraFramesPerSecond.rounded
    return flow
  }
}

extension FlowTally {
  mutating func add(_ other: FlowTally) {
    packets += other.packets
    lost += other.lost
    repaired += other.repaired
    bytes += other.bytes
    pixelsPerSecond += other.pixelsPerSecond
    cameraFramesPerSecond.add(other.cameraFramesPerSecond)
    jitter.add(other.jitter)
    roundTrip.add(other.roundTrip)
  }
}

extension FlowTally.Mean {
  mutating func add(_ other: FlowTally.Mean) {
    sum += other.sum
    weight += other.weight
  }
}

/// What an incoming stream counts beside its `ReceptionStatistics`, and what was told of it.
struct IncomingQuality {
  /// Packets that came as a repair.
  var repaired = 0
  /// Frames whose last packet came.
  var frames = 0
  var keyframesRequested = 0
  /// A packet is missing for good: what comes cannot be decoded until a keyframe does.
  var isBroken = false
  /// Of the latest keyframe; `nil` if the codec does not tell cheaply.
  var size: VP8FrameSize?
  /// Over the last interval.
  var framesPerSecond = 0.0
  var told = Told()

  struct Told {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var expected: Int64 = 0
    var repaired = 0
    var frames = 0
    var keyframesRequested = 0
  }
}

/// What an outgoing stream counts for quality, and what was told of it.
struct OutgoingQuality {
  /// Packets sent again.
  var repaired = 0
  /// In timestamp units, by the receiver's latest report.
  var jitter: UInt32?
  /// By the receiver's reports; `nil` before the first.
  var lost: Int32?
  /// In microseconds, since it was told last.
  var roundTrip = FlowTally.Mean()
  var told = Told()

  struct Told {
    var packets: UInt32 = 0
    var bytes: UInt32 = 0
    var repaired = 0
    var lost: Int32?
  }
}
