import Testing
import Wire

/// A packet with a DATA chunk of five bytes, a SACK with one gap, and a HEARTBEAT.
let sctpSample = written { writer in
  writer.beginSCTPPacket(sourcePort: 5_000, destinationPort: 5_001, verificationTag: 0xDEAD_BEEF)
  var start = writer.beginSCTPChunk(.data, flags: 7)
  writer.append(UInt32(0x0102_0304))
  writer.append(UInt16(2))
  writer.append(UInt16(3))
  writer.append(UInt32(51))
  writer.append(utf8: "hello")
  writer.endSCTPChunk(from: start)
  start = writer.beginSCTPChunk(.selectiveAck)
  writer.append(UInt32(9))
  writer.append(UInt32(65_536))
  writer.append(UInt16(2))
  writer.append(UInt16(0))
  for value in [2, 4, 9, 8] as [UInt16] { writer.append(value) }
  writer.endSCTPChunk(from: start)
  start = writer.beginSCTPChunk(.heartbeat)
  writer.append(UInt16(1))
  writer.append(UInt16(7))
  writer.append24(0x010203)
  writer.endSCTPChunk(from: start)
  writer.endSCTPPacket()
}

/// Reads whatever can be read.
func readEverything(inSCTP bytes: [UInt8]) {
  guard let packet = try? SCTPPacketView(parsing: bytes.span.bytes) else { return }
  packet.forEachChunk { chunk in
    if let data = SCTPDataChunk(parsing: chunk) {
      _ = DataChannelMessage(parsing: chunk.bytes.extracting(data.dataRange))
    }
    SCTPSelectiveAck(parsing: chunk)?.forEachGapBlock { _, _ in }
    chunk.forEachParameter(from: 4) { _, _ in }
    chunk.forEachParameter(from: 20) { _, _ in }
  }
}

private func message(_ bytes: [UInt8]) -> DataChannelMessage? {
  DataChannelMessage(parsing: bytes.span.bytes)
}

@Suite struct SCTPTests {
  /// An INIT as aiortc serialises it.
  @Test func `a packet of another implementation is read`() throws {
    let bytes = [UInt8](
      hex: """
        13881388 00000000 ff9a7171 0100001e 01020304 00020000 ffff0800
        00000007 c0000004 80080006 c0820000
        """)
    let packet = try SCTPPacketView(parsing: bytes.span.bytes)
    var parameters: [UInt16] = []
    packet.forEachChunk { chunk in
      if chunk.type == .initiation {
        chunk.forEachParameter(from: 20) { type, _ in parameters.append(type) }
      }
    }

    #expect(packet.sourcePort == 5_000)
    #expect(parameters == [0xC000, 0x8008])
  }

  @Test func `chunks come back`() throws {
    let packet = try SCTPPacketView(parsing: sctpSample.span.bytes)
    var types: [SCTPChunkType?] = []
    var data: [SCTPDataChunk] = []
    var text = ""
    var gaps: [[UInt16]] = []
    var acknowledged: [UInt32] = []
    var parameters: [Range<Int>] = []
    packet.forEachChunk { chunk in
      types.append(chunk.type)
      if let parsed = SCTPDataChunk(parsing: chunk) {
        data.append(parsed)
        text = ShortToken(chunk.bytes, in: parsed.dataRange)?.string ?? ""
      }
      if let sack = SCTPSelectiveAck(parsing: chunk) {
        acknowledged.append(sack.cumulativeTSN)
        sack.forEachGapBlock { gaps.append([$0, $1]) }
      }
      if chunk.type == .heartbeat { chunk.forEachParameter(from: 4) { parameters.append($1) } }
    }

    #expect(packet.sourcePort == 5_000)
    #expect(packet.destinationPort == 5_001)
    #expect(packet.verificationTag == 0xDEAD_BEEF)
    #expect(types == [.data, .selectiveAck, .heartbeat])
    #expect(data.first?.tsn == 0x0102_0304)
    #expect(data.first?.streamID == 2)
    #expect(data.first?.streamSequenceNumber == 3)
    #expect(data.first?.payloadProtocol == 51)
    #expect(data.first.map { $0.isFirst && $0.isLast && $0.isUnordered } == true)
    #expect(text == "hello")
    #expect(acknowledged == [9])
    #expect(gaps == [[2, 4]])  // the block that ends before it starts is left out
    #expect(parameters == [8..<11])
  }

  @Test func `any changed bit breaks the checksum`() {
    var bytes = sctpSample
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: SCTPParseError.badChecksum) {
        _ = try SCTPPacketView(parsing: bytes.span.bytes)
      }
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }

  @Test func `no malformed packet traps, checksum valid or not`() {
    malformed(sctpSample) { bytes in
      readEverything(inSCTP: bytes)
      readEverything(inSCTP: withValidChecksum(bytes))
    }
  }

  @Test(arguments: [
    DataChannelOpen(label: "", subprotocol: ""),
    DataChannelOpen(label: "chat ✓", subprotocol: "json", reliability: .maximumRetransmissions(3)),
    DataChannelOpen(
      label: "x", reliability: .maximumLifetime(milliseconds: 500), isUnordered: true, priority: 256
    ),
  ])
  func `the open message of a data channel comes back`(open: DataChannelOpen) {
    let bytes = written { $0.append(open) }
    #expect(message(bytes) == .open(open))
    malformed(bytes) { _ = message($0) }
  }

  @Test func `the acknowledgement comes back, other messages do not`() {
    #expect(
      message(written { $0.appendDataChannelAck() }) == .acknowledge)
    #expect(message([UInt8(9)]) == nil)
    #expect(message([UInt8]()) == nil)
  }
}

/// `bytes` with the checksum field set to what it should be.
func withValidChecksum(_ bytes: [UInt8]) -> [UInt8] {
  guard bytes.count >= SCTPPacketView.headerLength else { return bytes }
  var copy = bytes
  let crc = SCTPPacketView.checksum(of: bytes.span.bytes)
  for index in 0..<4 { copy[8 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(8 * index)) }
  return copy
}
