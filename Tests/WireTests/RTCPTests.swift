import Testing
import Wire

/// Calls `body` with every packet of `bytes`, which must be a well-formed compound.
func forEachPacket(_ bytes: [UInt8], _ body: (borrowing RTCPPacketView) -> Void) throws {
  let compound = try RTCPCompoundView(parsing: bytes.span.bytes)
  compound.forEachPacket(body)
}

/// One packet of every type the writers know.
let rtcpSample = written { writer in
  writer.append(
    SenderReport(
      ssrc: 1, ntpTime: NTPTime(rawValue: 0x0102_0304_0506_0708), rtpTimestamp: 9,
      packetCount: 10, octetCount: 11),
    blocks: [ReportBlock(ssrc: 2, fractionLost: 3, cumulativeLost: -4, jitter: 5)])
  writer.append(ReceiverReport(ssrc: 1), blocks: [ReportBlock(ssrc: 7)])
  writer.appendSourceDescription(cname: "stoa", of: 1)
  writer.appendNack([SequenceNumber(3), SequenceNumber(5)], from: 1, about: 2)
  writer.append(PictureLossIndication(senderSSRC: 1, mediaSSRC: 2))
  writer.appendFullIntraRequest([.init(ssrc: 2, sequenceNumber: 9)], from: 1)
  writer.appendReceiverEstimatedMaximumBitrate(1_000_000, of: [2, 3], from: 1)
  writer.appendGoodbye([1, 2])
}

@Suite struct RTCPTests {
  @Test func `a compound comes back packet by packet`() throws {
    var types: [RTCPPacketType?] = []
    try forEachPacket(rtcpSample) { types.append($0.type) }

    #expect(
      types == [
        .senderReport, .receiverReport, .sourceDescription, .transportFeedback, .payloadFeedback,
        .payloadFeedback, .payloadFeedback, .goodbye,
      ])
  }

  @Test(arguments: 0..<100) func `reports keep every field`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let report = SenderReport(
      ssrc: random.next(), ntpTime: NTPTime(rawValue: random.next()), rtpTimestamp: random.next(),
      packetCount: random.next(), octetCount: random.next())
    let blocks = (0..<Int.random(in: 0...31, using: &random)).map { _ in
      ReportBlock(
        ssrc: random.next(), fractionLost: random.next(),
        cumulativeLost: Int32.random(in: -0x80_0000...0x7F_FFFF, using: &random),
        extendedHighest: random.next(), jitter: random.next(), lastSR: random.next(),
        delaySinceLastSR: random.next())
    }

    var reports: [SenderReport] = []
    var receivers: [ReceiverReport] = []
    var readBack: [ReportBlock] = []
    try forEachPacket(
      written(capacity: 2_000) {
        $0.append(report, blocks: blocks)
        $0.append(ReceiverReport(ssrc: 5), blocks: blocks)
      }
    ) { packet in
      if let parsed = SenderReport(parsing: packet) { reports.append(parsed) }
      if let parsed = ReceiverReport(parsing: packet) { receivers.append(parsed) }
      packet.forEachReportBlock { readBack.append($0) }
    }
    #expect(reports == [report])
    #expect(receivers == [ReceiverReport(ssrc: 5)])
    #expect(readBack == blocks + blocks)
  }

  @Test func `cumulative loss outside 24 bits is clamped, not wrapped`() throws {
    var losses: [Int32] = []
    try forEachPacket(
      written {
        $0.append(
          ReceiverReport(ssrc: 1),
          blocks: [
            ReportBlock(ssrc: 1, cumulativeLost: .max), ReportBlock(ssrc: 1, cumulativeLost: .min),
          ])
      }
    ) { $0.forEachReportBlock { losses.append($0.cumulativeLost) } }

    #expect(losses == [0x7F_FFFF, -0x80_0000])
  }

  @Test(arguments: 0..<200) func `a NACK names what was lost, and nothing else`(seed: UInt64) throws
  {
    var random = SplitMix64(seed: seed)
    var next = SequenceNumber(random.next())
    let lost = (0..<Int.random(in: 1...200, using: &random)).map { _ in
      next = next.advanced(by: Int.random(in: 1...40, using: &random))
      return next
    }

    var readBack: [SequenceNumber] = []
    var named = 0
    try forEachPacket(
      written { named = $0.appendNack(lost, from: 1, about: 2) }
    ) { packet in
      let nack = Nack(parsing: packet)
      #expect(nack?.senderSSRC == 1)
      #expect(nack?.mediaSSRC == 2)
      nack?.forEachLost { readBack.append($0) }
    }
    #expect(named == lost.count)
    #expect(readBack == lost)
  }

  @Test func `a NACK packs sixteen followers into one item, and stops at the room it has`() throws {
    let lost = (0..<17).map { SequenceNumber(65_530).advanced(by: $0) }
    #expect(written { $0.appendNack(lost, from: 1, about: 2) }.count == 16)

    let sparse = (0..<10).map { SequenceNumber(0).advanced(by: $0 * 100) }
    var named = 0
    let bytes = written(capacity: 12 + 3 * 4) { named = $0.appendNack(sparse, from: 1, about: 2) }
    #expect(named == 3)
    #expect(bytes.count == 24)
  }

  @Test func `PLI, FIR, REMB, SDES and BYE come back`() throws {
    var indications: [PictureLossIndication] = []
    var entries: [FullIntraRequest.Entry] = []
    var rates: [UInt64] = []
    var rateSSRCs: [UInt32] = []
    var names: [String] = []
    var leaving: [UInt32] = []
    try forEachPacket(rtcpSample) { packet in
      if let parsed = PictureLossIndication(parsing: packet) { indications.append(parsed) }
      FullIntraRequest(parsing: packet)?.forEachEntry { entries.append($0) }
      if let remb = ReceiverEstimatedMaximumBitrate(parsing: packet) {
        rates.append(remb.bitsPerSecond)
        remb.forEachSSRC { rateSSRCs.append($0) }
      }
      let bytes = packet.bytes
      SourceDescription(parsing: packet)?.forEachCNAME { ssrc, range in
        names.append("\(ssrc) \(ShortToken(bytes, in: range)?.string ?? "")")
      }
      Goodbye(parsing: packet)?.forEachSSRC { leaving.append($0) }
    }
    #expect(indications == [PictureLossIndication(senderSSRC: 1, mediaSSRC: 2)])
    #expect(entries == [.init(ssrc: 2, sequenceNumber: 9)])
    #expect(rates == [1_000_000])
    #expect(rateSSRCs == [2, 3])
    #expect(names == ["1 stoa"])
    #expect(leaving == [1, 2])
  }

  @Test(arguments: 0..<100) func `REMB loses less than one part in 2^17`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rate =
      UInt64.random(in: 0...(.max), using: &random) >> UInt64.random(in: 0..<64, using: &random)

    var readBack: UInt64?
    try forEachPacket(
      written { $0.appendReceiverEstimatedMaximumBitrate(rate, of: [1], from: 2) }
    ) { readBack = ReceiverEstimatedMaximumBitrate(parsing: $0)?.bitsPerSecond }
    let found = try #require(readBack)
    #expect(found <= rate)
    #expect(rate - found <= rate >> 17)
  }

  @Test func `a REMB beyond 64 bits saturates`() throws {
    let bytes = [UInt8](hex: "8fce0005 00000001 00000000 52454d42 01fffffe 00000002")
    var rate: UInt64?
    try forEachPacket(bytes) { rate = ReceiverEstimatedMaximumBitrate(parsing: $0)?.bitsPerSecond }

    #expect(rate == .max)
  }

  @Test func `a packet that does not fit leaves no trace`() {
    var fits: [Bool] = []
    let bytes = written(capacity: 40) { writer in
      fits.append(writer.append(PictureLossIndication(senderSSRC: 1, mediaSSRC: 2)))
      fits.append(writer.append(ReceiverReport(ssrc: 1), blocks: [ReportBlock(ssrc: 1)]))
      fits.append(writer.append(PictureLossIndication(senderSSRC: 3, mediaSSRC: 4)))
    }
    #expect(fits == [true, false, true])
    #expect(bytes.count == 24)
    #expect(throws: Never.self) { try forEachPacket(bytes) { _ in } }
  }

  @Test(arguments: [
    "", "80", "80c80000", "40c90001 00000001", "80c90002 00000001", "a0c90001 00000000",
    "a0c90001 00000008", "80c90001 00000001 80",
  ])
  func `what does not fill the datagram with packets is refused`(hex: String) {
    let bytes = [UInt8](hex: hex)
    if hex == "80c80000" {  // an empty sender report is framed well, but is no report
      #expect(throws: Never.self) {
        try forEachPacket(bytes) { #expect(SenderReport(parsing: $0) == nil) }
      }
    } else {
      #expect(throws: RTCPParseError.self) { try forEachPacket(bytes) { _ in } }
    }
  }

  @Test func `no malformed compound traps`() {
    malformed(rtcpSample + transportFeedbackSample) { readEverything(inRTCP: $0) }
  }
}

/// Reads whatever can be read, as a receiver that believes nothing would.
func readEverything(inRTCP bytes: [UInt8]) {
  try? forEachPacket(bytes) { packet in
    _ = SenderReport(parsing: packet)
    _ = ReceiverReport(parsing: packet)
    packet.forEachReportBlock { _ in }
    _ = PictureLossIndication(parsing: packet)
    Nack(parsing: packet)?.forEachLost { _ in }
    FullIntraRequest(parsing: packet)?.forEachEntry { _ in }
    ReceiverEstimatedMaximumBitrate(parsing: packet)?.forEachSSRC { _ in }
    TransportFeedback(parsing: packet)?.forEachStatus { _, _ in }
    SourceDescription(parsing: packet)?.forEachCNAME { _, _ in }
    Goodbye(parsing: packet)?.forEachSSRC { _ in }
  }
}
