private let everyExtension: ExtensionMap = {
  var map = ExtensionMap()
  for kind in HeaderExtensionKind.allCases { map[kind] = kind.rawValue + 1 }
  return map
}()

func fuzzRTP(_ bytes: RawSpan) {
  guard let packet = try? RTPPacketView(parsing: bytes) else { return }
  precondition(
    packet.headerLength + packet.payloadLength + packet.paddingLength == bytes.byteCount)
  precondition(bytes.contains(packet.extensionRange))
  packet.forEachExtension { _, range in precondition(bytes.contains(range)) }
  let values = RTPExtensions(parsing: packet, map: everyExtension)
  _ = DependencyDescriptor(parsing: bytes, in: values.dependencyDescriptor)
  if let mid = values.mid { precondition(ShortToken(mid.string) == mid) }
  if let repeated = RTXPacket(parsing: packet) {
    precondition(bytes.contains(repeated.payloadRange))
  }
}

func fuzzRTCP(_ bytes: RawSpan) {
  guard let compound = try? RTCPCompoundView(parsing: bytes) else { return }
  compound.forEachPacket { packet in
    let length = packet.bytes.byteCount
    _ = SenderReport(parsing: packet)
    _ = ReceiverReport(parsing: packet)
    _ = PictureLossIndication(parsing: packet)
    packet.forEachReportBlock { _ in }
    Nack(parsing: packet)?.forEachLost { _ in }
    FullIntraRequest(parsing: packet)?.forEachEntry { _ in }
    ReceiverEstimatedMaximumBitrate(parsing: packet)?.forEachSSRC { _ in }
    TransportFeedback(parsing: packet)?.forEachStatus { _, _ in }
    SourceDescription(parsing: packet)?.forEachCNAME { _, range in
      precondition(range.upperBound <= length)
    }
    Goodbye(parsing: packet)?.forEachSSRC { _ in }
  }
}

/// Input bytes become arrivals; what is written about them must say the same when read.
func fuzzTransportFeedback(_ bytes: RawSpan) {
  var arrivals: [TransportArrival] = []
  var sequence = SequenceNumber(bytes.checkedBigEndian(at: 0) ?? 0)
  var time: Int64 = 1 << 40
  var offset = 2
  while arrivals.count < 200, let step = bytes.checkedBigEndian(at: offset, as: UInt8.self),
    let delta = bytes.checkedBigEndian(at: offset + 1, as: Int8.self)
  {
    // Mostly in a row, now and then further away or late; time goes in both directions.
    sequence = sequence.advanced(by: step < 200 ? 1 + Int(step & 3) : Int(step) * 4 - 820)
    time += Int64(delta) * (step & 0x80 == 0 ? 1_000_000 : 90_000_000)
    arrivals.append(
      TransportArrival(sequence: sequence, time: MonotonicTime(nanoseconds: max(time, 0))))
    offset += 2
  }
  var packet = [UInt8](repeating: 0, count: 1_200)
  var feedback = TransportFeedbackWriter(senderSSRC: 1, mediaSSRC: 2)
  var length = 0
  var done = 0
  do {
    var span = packet.mutableSpan
    var writer = ByteWriter(span.mutableBytes)
    done = feedback.write(arrivals.span, to: &writer)
    length = writer.count
  }
  precondition((length > 0) == (done > 0))
  guard length > 0 else { return }
  check(packet.span.bytes.extracting(0..<length), against: arrivals[0..<done])
}

private func check(_ bytes: RawSpan, against arrivals: ArraySlice<TransportArrival>) {
  guard let compound = try? RTCPCompoundView(parsing: bytes), let first = arrivals.first else {
    fatalError("our own feedback does not parse")
  }
  var expected: [Expectation] = []
  var next = 0
  for arrival in arrivals {
    let index = arrival.sequence.distance(from: first.sequence.advanced(by: next)) + next
    guard index >= next else { continue }  // a late one is left out
    expected.append(Expectation(index: index, ticks: arrival.time.nanoseconds / 250_000))
    next = index + 1
  }
  compound.forEachPacket { packet in
    guard let feedback = TransportFeedback(parsing: packet) else {
      fatalError("our own feedback does not parse")
    }
    var index = 0
    var position = 0
    let wrap = Int64(1 << 24) * 256  // ticks until the reference time repeats
    feedback.forEachStatus { sequence, arrival in
      precondition(sequence == first.sequence.advanced(by: index))
      let isReceived = expected[position].index == index
      precondition((arrival != nil) == isReceived)
      if let arrival {
        precondition((arrival.count / 250_000 - expected[position].ticks) % wrap == 0)
        position += 1
      }
      index += 1
    }
    precondition(index == next && position == expected.count)
  }
}

/// One packet that feedback must report, counted from its base.
private struct Expectation {
  var index: Int
  var ticks: Int64
}

/// Rewriting keeps the descriptor readable and everything else as it was.
func fuzzVP8(_ bytes: RawSpan) {
  if let size = VP8FrameSize(parsing: bytes) { precondition((1...16_383).contains(size.width)) }
  guard let before = VP8Descriptor(parsing: bytes) else { return }
  var copy = bytes.copied
  do {
    var span = copy.mutableSpan
    var packet = span.mutableBytes
    VP8Descriptor.shift(picture: 0x1234, level: 0x56, inPayloadAt: 0, of: &packet)
  }
  guard var after = VP8Descriptor(parsing: copy.span.bytes) else { fatalError("unreadable") }
  after.pictureID = before.pictureID
  after.temporalLevelZeroIndex = before.temporalLevelZeroIndex
  precondition(after == before)
}

func fuzzAV1(_ bytes: RawSpan) {
  AV1AggregationHeader(parsing: bytes)?.forEachElement(of: bytes) {
    precondition(bytes.contains($0))
  }
  _ = DependencyDescriptor(parsing: bytes, in: 0..<bytes.byteCount)?.startsKeyframe
}
