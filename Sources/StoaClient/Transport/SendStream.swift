import Wire

/// One stream that we send, with its retransmissions.
struct SendStream: Sendable {
  let codec: MediaCodec
  let ssrc: UInt32
  let repairSSRC: UInt32
  /// Index of the m-line.
  let line: Int
  /// Agreed; 0 until the first answer, or if the server refused the codec.
  var payloadType: UInt8 = 0
  var repairPayloadType: UInt8?
  var isAgreed = false
  /// The next packet's sequence number, with its rollover counter above.
  var nextIndex: Int64
  var nextRepairIndex: Int64
  /// Added to the source's timestamps.
  let timestampOffset: UInt32
  var history = SendHistory()
  var counters = SendCounters()
  /// A timestamp sent and when, from which reports reckon on.
  var lastTimestamp: UInt32 = 0
  var lastSent: MonotonicTime?
  /// A receiver asked for a keyframe since this was last cleared.
  var wantsKeyframe = false

  init(
    codec: MediaCodec, line: Int, ssrc: UInt32, repairSSRC: UInt32,
    using random: inout some RandomNumberGenerator
  ) {
    self.codec = codec
    self.line = line
    self.ssrc = ssrc
    self.repairSSRC = repairSSRC
    // Below 2¹⁵, or a receiver that misses the first packets may guess the wrong rollover counter.
    nextIndex = Int64.random(in: 0..<0x4000, using: &random)
    nextRepairIndex = Int64.random(in: 0..<0x4000, using: &random)
    timestampOffset = random.next()
  }

  /// The index nearest to the newest that has this sequence number.
  func index(of sequence: SequenceNumber) -> Int64 {
    let newest = nextIndex - 1
    let near = SequenceNumber(UInt16(truncatingIfNeeded: newest))
    return newest + Int64(sequence.distance(from: near))
  }
}

/// What was sent of one stream.
package struct SendCounters: Sendable, Equatable {
  package var packets: UInt64 = 0
  /// Of payload.
  package var bytes: UInt64 = 0
  package var retransmitted: UInt64 = 0
  package var keyframeRequests: UInt64 = 0
  /// Packets that the server said it misses.
  package var requested: UInt64 = 0
}
