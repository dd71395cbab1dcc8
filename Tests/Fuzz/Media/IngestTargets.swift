import Wire

/// Input bytes become packets, and what comes out and is held stays bounded.
///
/// Each has five bytes of head: length, flags, steps of number, timestamp and time.
func fuzzIngest(_ bytes: RawSpan, _ codec: MediaCodec) {
  var ingest = TrackIngest(codec: codec)
  var sequence = SequenceNumber(65_530)
  var timestamp: UInt32 = 0
  var now = MonotonicTime(nanoseconds: 0)
  var units: [EncodedUnit] = []
  var offset = 0
  var packets = 0
  while offset + 5 <= bytes.byteCount {
    let length = min(Int(bytes.byte(offset)), bytes.byteCount - offset - 5)
    let flags = bytes.byte(offset + 1)
    let step = Int8(bitPattern: bytes.byte(offset + 2))
    // Mostly the next number; now and then far away.
    sequence = sequence.advanced(by: flags & 2 == 0 ? 1 : Int(step) * (flags & 4 == 0 ? 1 : 300))
    timestamp &+= UInt32(bytes.byte(offset + 3)) &* (flags & 8 == 0 ? 30 : 40_000_000)
    now = now + .milliseconds(Int64(bytes.byte(offset + 4)))
    ingest.handle(
      sequence: sequence, timestamp: timestamp, marker: flags & 1 == 1,
      payload: bytes.extracting(offset + 5..<offset + 5 + length), at: now, into: &units)
    if flags & 16 != 0 {
      ingest.handle(
        senderReport: NTPTime(rawValue: UInt64(timestamp) << 30), rtpTimestamp: timestamp, at: now)
    }
    if flags & 32 != 0 { ingest.handleTimeouts(at: now, into: &units) }
    offset += 5 + length
    packets += 1
  }
  ingest.handleTimeouts(at: .distantFuture, into: &units)
  precondition(units.count <= packets)
  precondition(units.allSatisfy { !$0.payload.isEmpty })
  precondition(ingest.deadline == .distantFuture)
}

/// Input bytes become packets, reports and questions; no answer is far from the arrival.
func fuzzTrackClock(_ bytes: RawSpan) {
  let timeline = SenderTimeline()
  var clocks = [
    TrackClock(clockRate: 48_000, timeline: timeline),
    TrackClock(clockRate: 90_000, timeline: timeline),
  ]
  var now = MonotonicTime(nanoseconds: 0)
  var offset = 0
  while offset + 15 <= bytes.byteCount {
    let head = bytes.byte(offset)
    let track = Int(head & 1)
    now = now + .milliseconds(Int64(bytes.byte(offset + 1)) * (head & 2 == 0 ? 1 : 10_000))
    let timestamp: UInt32 = bytes.bigEndian(at: offset + 2)
    if head & 4 == 0 { clocks[track].packetReceived(timestamp: timestamp, at: now) }
    if head & 8 != 0 {
      clocks[track].reportReceived(
        ntp: NTPTime(rawValue: bytes.bigEndian(at: offset + 7)), timestamp: timestamp, at: now)
    }
    let time = clocks[track].time(of: timestamp &+ UInt32(bytes.byte(offset + 6)), arrival: now)
    precondition((time - now).count.magnitude <= 10_500_000_000)
    offset += 15
  }
}
