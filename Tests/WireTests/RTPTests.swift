import Testing
import Wire

/// A packet with one-byte extensions: mid 1 "0", rid 2 "hi", absolute send time 3, transport-wide
/// number 5, audio level 6; four bytes of payload and three of padding.
let rtpSample = [UInt8](
  hex: """
    b0 e0 12 34 00 00 00 09 de ad be ef be de 00 05
    10 30 21 68 69 32 01 02 03 00 51 ab cd 60 85 00 00 00 00 00
    01 02 03 04 00 00 03
    """)
private let sampleMap: ExtensionMap = {
  var map = ExtensionMap()
  map[.mid] = 1
  map[.rid] = 2
  map[.absSendTime] = 3
  map[.transportSequenceNumber] = 5
  map[.audioLevel] = 6
  return map
}()

@Suite struct RTPTests {
  @Test func `reads header, extensions, payload and padding`() throws {
    let packet = try RTPPacketView(parsing: rtpSample.span.bytes)

    #expect(packet.marker == true)
    #expect(packet.payloadType == 96)
    #expect(packet.sequenceNumber == SequenceNumber(0x1234))
    #expect(packet.timestamp == 9)
    #expect(packet.ssrc == 0xDEAD_BEEF)
    #expect(packet.headerLength == 36)
    #expect(packet.extensionProfile == 0xBEDE)
    #expect(packet.extensionRange == 16..<36)
    #expect(packet.payloadRange == 36..<40)
    #expect(packet.payload.byteCount == 4)
    #expect(packet.paddingLength == 3)
    let values = RTPExtensions(parsing: packet, map: sampleMap)
    #expect(values.mid == ShortToken("0"))
    #expect(values.rid == ShortToken("hi"))
    #expect(values.absSendTime == 0x010203)
    #expect(values.transportSequenceNumber == 0xABCD)
    #expect(values.audioLevel == AudioLevel(isVoice: true, negativeDecibels: 5))
    #expect(values.repairedRid == nil)
    #expect(values.dependencyDescriptor.isEmpty)
  }

  @Test func `reads the two-byte form, with ids above 15 and empty elements`() throws {
    let bytes = [UInt8](
      hex: """
        90 60 00 01 00 00 00 00 00 00 00 01 10 00 00 05
        14 03 0a 0b 0c  00 00  c8 01 31  07 00  f0 02 ab cd  09 01 07 00
        """)
    var map = ExtensionMap()
    map[.absSendTime] = 0x14
    map[.mid] = 0xC8
    map[.transportSequenceNumber] = 0xF0
    map[.playoutDelay] = 7
    map[.audioLevel] = 9
    let packet = try RTPPacketView(parsing: bytes.span.bytes)
    let values = RTPExtensions(parsing: packet, map: map)

    #expect(values.absSendTime == 0x0A0B0C)
    #expect(values.mid?.string == "1")
    #expect(values.transportSequenceNumber == 0xABCD)
    #expect(values.playoutDelay == nil)
    #expect(values.audioLevel?.negativeDecibels == 7)
    #expect(map.needsTwoByteForm == true)
  }

  @Test func `an element past the end and id 15 end the walk`() throws {
    for (tail, count) in [("21 68 69 3f", 1), ("f0 00 21 00", 0), ("21 68 69 30", 1)] {
      let bytes = [UInt8](hex: "90 60 00 01 00 00 00 00 00 00 00 01 be de 00 01 \(tail)")
      let packet = try RTPPacketView(parsing: bytes.span.bytes)
      var found = 0
      packet.forEachExtension { _, _ in found += 1 }
      #expect(found == count, "\(tail)")
    }
  }

  @Test(arguments: ["", "80", "40 60 00 01 00 00 00 00 00 00 00 01"])
  func `what is no packet is refused`(hex: String) {
    let bytes = [UInt8](hex: hex)
    #expect(throws: RTPParseError.self) { _ = try RTPPacketView(parsing: bytes.span.bytes) }
  }

  @Test(arguments: ["00", "05"]) func `padding of nothing or too much is refused`(count: String) {
    let bytes = [UInt8](hex: "a0 60 00 01 00 00 00 00 00 00 00 01 aa bb cc \(count)")
    #expect(throws: RTPParseError.badPadding) { _ = try RTPPacketView(parsing: bytes.span.bytes) }
  }

  @Test func `no malformed packet traps`() {
    malformed(rtpSample) { bytes in
      guard let packet = try? RTPPacketView(parsing: bytes.span.bytes) else { return }
      _ = RTPExtensions(parsing: packet, map: sampleMap)
      _ = RTXPacket(parsing: packet)
    }
  }

  @Test func `every length and padding past the end is refused`() {
    for length in 0..<36 {
      let part = Array(rtpSample[0..<length])
      #expect(throws: RTPParseError.self) { _ = try RTPPacketView(parsing: part.span.bytes) }
    }
  }

  @Test func `a retransmission names the packet it repeats`() throws {
    let packet = try RTPPacketView(parsing: rtpSample.span.bytes)
    let found = RTXPacket(parsing: packet)
    let repeated = try #require(found)

    #expect(repeated.originalSequenceNumber == SequenceNumber(0x0102))
    #expect(repeated.payloadRange == 38..<40)
  }

  @Test func `a padding-only packet repeats nothing`() throws {
    let bytes = [UInt8](hex: "a0 60 00 01 00 00 00 00 00 00 00 01 00 00 00 04")
    let packet = try RTPPacketView(parsing: bytes.span.bytes)

    #expect(packet.payloadLength == 0)
    let repeated = RTXPacket(parsing: packet)
    #expect(repeated == nil)
  }

  @Test(arguments: HeaderExtensionKind.allCases)
  func `a kind is found by its id and its URI`(kind: HeaderExtensionKind) {
    for id in [1, 14, 15, 16, 255] as [UInt8] {
      var map = ExtensionMap()
      map[kind] = id
      #expect(map[kind] == id)
      #expect(map.kind(of: id) == kind)
      map[kind] = nil
      #expect(map == ExtensionMap())
    }
    #expect(HeaderExtensionKind(uri: kind.uri) == kind)
  }

  @Test func `an id belongs to one kind at a time`() {
    var map = ExtensionMap()
    map[.mid] = 4
    map[.rid] = 4

    #expect(map.kind(of: 4) == .rid)
    #expect(map[.mid] == nil)
    map[.rid] = 5
    #expect(map.kind(of: 4) == nil)
    #expect(map.kind(of: 0) == nil)
  }

  @Test(arguments: ["a", "12345678", "123456789", "1234567890123456"])
  func `a token keeps its text`(text: String) throws {
    let token = try #require(ShortToken(text))
    let bytes = Array("<\(text)\0>".utf8)

    #expect(token.string == text)
    #expect(token.count == text.utf8.count)
    #expect(ShortToken(bytes.span.bytes, in: 1..<bytes.count - 1) == token)
  }

  @Test(arguments: ["", "12345678901234567", "a b", "ä", "a\u{0}b"])
  func `what is no token is none`(text: String) {
    let bytes = Array(text.utf8)
    #expect(ShortToken(text) == nil)
    #expect(ShortToken(bytes.span.bytes, in: 0..<bytes.count) == nil)
    #expect(ShortToken(bytes.span.bytes, in: 0..<bytes.count + 1) == nil)
  }

  @Test func `absolute send time counts 1/2^18 s and wraps after 64 s`() {
    #expect(AbsoluteSendTime(.ms(500)).rawValue == 1 << 17)
    #expect(AbsoluteSendTime(.ms(64_000)).rawValue == 0)
    #expect(
      AbsoluteSendTime(.ms(64_250)).distance(from: AbsoluteSendTime(.ms(63_750)))
        == .milliseconds(500))
    #expect(
      AbsoluteSendTime(.ms(63_750)).distance(from: AbsoluteSendTime(.ms(64_250)))
        == .milliseconds(-500))
    #expect(AbsoluteSendTime(MonotonicTime(nanoseconds: .max)).rawValue <= 0xFF_FFFF)
  }
}

@Suite struct DatagramKindTests {
  @Test func `every first byte has the kind RFC 7983 gives it`() {
    for byte in UInt8.min...UInt8.max {
      let expected: DatagramKind =
        switch byte {
        case 0...3: .stun
        case 20...63: .dtls
        case 64...79: .turnChannel
        case 128...191: .rtp
        default: .unknown
        }
      #expect(DatagramKind(firstByte: byte, secondByte: 96) == expected)
    }
    #expect(DatagramKind([UInt8]([0x80, 200]).span.bytes) == .rtcp)
    #expect(DatagramKind([UInt8]([0x81, 0xE0]).span.bytes) == .rtp)  // marker set, payload type 96
    #expect(DatagramKind([UInt8]([0x80]).span.bytes) == .unknown)
    #expect(DatagramKind([UInt8]().span.bytes) == .unknown)
  }
}
