import RTC
import TestSupport
import Testing

/// Our SRTP against libsrtp's, packet by packet.
@Suite(.serialized) struct SRTPOracleTests {
  @Test(arguments: SRTPProfile.allCases, UInt64(0)..<2)
  func `protects and opens RTP exactly as libsrtp does, across rollovers`(
    profile: SRTPProfile, seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let key = random.bytes(profile.keyLength)
    let salt = random.bytes(profile.saltLength)
    let theirSender = try #require(
      ReferenceSRTP(profile, key: key, salt: salt, isSender: true))
    let theirReceiver = try #require(
      ReferenceSRTP(profile, key: key, salt: salt, isSender: false))
    var sender = try SRTPSender(profile: profile, masterKey: key, masterSalt: salt)
    var receiver = try SRTPReceiver(profile: profile, masterKey: key, masterSalt: salt)
    var indices: [UInt32: Int] = [:]

    for _ in 0..<400 {
      // Three sources, each advancing by up to half the number space at a time.
      let ssrc = UInt32.random(in: 1...3, using: &random)
      let step = random.chance(0.1) ? Int.random(in: 1...30_000, using: &random) : 1
      let index = indices[ssrc].map { $0 + step } ?? Int.random(in: 0..<30_000, using: &random)
      indices[ssrc] = index
      let packet = rtpPacket(ssrc: ssrc, sequence: UInt16(truncatingIfNeeded: index), &random)

      let theirs = try #require(theirSender.protectRTP(packet), "seed \(seed)")
      var buffer = packet + [UInt8](repeating: 0, count: profile.rtpOverhead)
      let header = try SRTPHeader(packet.span.bytes)
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      let length = try sender.protectRTP(
        &bytes, headerLength: header.length, length: packet.count,
        rolloverCounter: UInt32(index >> 16))
      #expect(length == buffer.count)
      #expect(buffer == theirs, "seed \(seed), index \(index)")

      #expect(theirReceiver.unprotectRTP(buffer) == packet, "seed \(seed), index \(index)")
      span = buffer.mutableSpan
      bytes = span.mutableBytes
      let plain = try receiver.unprotectRTP(&bytes, length: length, header: header)
      #expect(Array(buffer.prefix(plain)) == packet, "seed \(seed), index \(index)")
    }
    #expect(indices.values.allSatisfy { $0 > 65_536 })
  }

  @Test(arguments: SRTPProfile.allCases, UInt64(0)..<2)
  func `protects and opens RTCP so that libsrtp agrees`(profile: SRTPProfile, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let key = random.bytes(profile.keyLength)
    let salt = random.bytes(profile.saltLength)
    let theirSender = try #require(
      ReferenceSRTP(profile, key: key, salt: salt, isSender: true))
    let theirReceiver = try #require(
      ReferenceSRTP(profile, key: key, salt: salt, isSender: false))
    var sender = try SRTPSender(profile: profile, masterKey: key, masterSalt: salt)
    var receiver = try SRTPReceiver(profile: profile, masterKey: key, masterSalt: salt)

    for count in 0..<100 {
      let words = Int.random(in: 0...250, using: &random)
      let packet: [UInt8] =
        [0x81, 200, UInt8((words + 1) >> 8), UInt8((words + 1) & 0xFF)] + [0, 0, 0, 1]
        + random.bytes(words * 4)

      let theirs = try #require(theirSender.protectRTCP(packet))
      var buffer = packet + [UInt8](repeating: 0, count: profile.rtcpOverhead)
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      let length = try sender.protectRTCP(&bytes, length: packet.count)
      #expect(length == buffer.count)
      #expect(buffer == theirs, "seed \(seed), packet \(count)")
      #expect(theirReceiver.unprotectRTCP(buffer) == packet, "seed \(seed), packet \(count)")

      buffer = theirs
      span = buffer.mutableSpan
      bytes = span.mutableBytes
      let plain = try receiver.unprotectRTCP(&bytes, length: theirs.count)
      #expect(Array(buffer.prefix(plain)) == packet, "seed \(seed), packet \(count)")
    }
  }

  @Test(arguments: SRTPProfile.allCases, UInt64(100)..<102)
  func `accepts and refuses what libsrtp does on a bad network`(
    profile: SRTPProfile, seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let key = random.bytes(profile.keyLength)
    let salt = random.bytes(profile.saltLength)
    let theirSender = try #require(
      ReferenceSRTP(profile, key: key, salt: salt, isSender: true))
    let theirReceiver = try #require(
      ReferenceSRTP(profile, key: key, salt: salt, isSender: false))
    var receiver = try SRTPReceiver(profile: profile, masterKey: key, masterSalt: salt)
    var sent: [[UInt8]] = []
    var sequence = Int.random(in: 0..<30_000, using: &random)
    var acceptedCount = 0
    var refusedCount = 0
    for _ in 0..<800 {
      sequence += random.chance(0.01) ? Int.random(in: 1...900, using: &random) : 1
      sent.append(
        try #require(
          theirSender.protectRTP(
            rtpPacket(ssrc: 7, sequence: UInt16(truncatingIfNeeded: sequence), &random))))
      let back = random.chance(0.3) ? Int.random(in: 0..<900, using: &random) : 0
      var packet = sent[max(0, sent.count - 1 - back)]
      if random.chance(0.1) {
        packet[Int.random(in: 12..<packet.count, using: &random)] ^= 0x10
      }

      let expected = theirReceiver.unprotectRTP(packet)
      var ours: [UInt8]?
      do throws(SRTPError) {
        let header = try SRTPHeader(packet.span.bytes)
        var span = packet.mutableSpan
        var bytes = span.mutableBytes
        let length = try receiver.unprotectRTP(&bytes, length: bytes.byteCount, header: header)
        ours = Array(packet.prefix(length))
      } catch {
        ours = nil
      }
      #expect(ours == expected, "seed \(seed), sequence \(sequence)")
      if ours == nil { refusedCount += 1 } else { acceptedCount += 1 }
    }
    #expect(acceptedCount > 300 && refusedCount > 60)
  }

  /// A packet with up to 15 CSRCs, an extension or not, padding or not.
  private func rtpPacket(
    ssrc: UInt32, sequence: UInt16, _ random: inout SplitMix64
  ) -> [UInt8] {
    let csrcCount = random.chance(0.3) ? Int.random(in: 1...15, using: &random) : 0
    let hasExtension = random.chance(0.5)
    let padding = random.chance(0.2) ? UInt8.random(in: 1...255, using: &random) : 0
    let first =
      0x80 | UInt8(csrcCount) | (hasExtension ? 0x10 : 0) | (padding > 0 ? 0x20 : 0)
    var packet = [first, UInt8.random(in: 0...255, using: &random)]
    packet += [UInt8(sequence >> 8), UInt8(sequence & 0xFF)] + random.bytes(4)
    packet += (0..<4).map { UInt8(truncatingIfNeeded: ssrc >> (24 - 8 * $0)) }
    packet += random.bytes(csrcCount * 4)
    if hasExtension {
      let words = UInt8.random(in: 0...8, using: &random)
      packet += [0xBE, 0xDE, 0, words] + random.bytes(Int(words) * 4)
    }
    packet += random.bytes(Int.random(in: 1...900, using: &random))
    if padding > 0 { packet += [UInt8](repeating: 0, count: Int(padding) - 1) + [padding] }
    return packet
  }
}
