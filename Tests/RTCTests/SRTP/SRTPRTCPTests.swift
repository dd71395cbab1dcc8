import RTC
import TestSupport
import Testing

@Suite struct SRTPRTCPTests {
  typealias Sample = SRTPPacketSample

  @Test(arguments: SRTPProfile.allCases)
  func `gives back what was protected, under a new index each time`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    var seen: Set<[UInt8]> = []
    for size in stride(from: 0, through: 1_160, by: 116) {
      let packet = Sample.rtcp(extra: [UInt8](repeating: 0x5A, count: size))
      for _ in 0..<3 {
        let protected = try pair.protectRTCP(packet)
        #expect(protected.count == packet.count + profile.rtcpOverhead)
        #expect(protected.prefix(8) == packet.prefix(8))
        #expect(seen.insert(protected).inserted)
        #expect(try pair.unprotectRTCP(protected) == packet)
        #expect(throws: SRTPError.replayed) { try pair.unprotectRTCP(protected) }
      }
    }
  }

  @Test(arguments: SRTPProfile.allCases)
  func `refuses every change and every truncation`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let packet = Sample.rtcp(extra: [1, 2, 3, 4])
    let protected = try pair.protectRTCP(packet)

    for bit in 0..<protected.count * 8 {
      var forged = protected
      forged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: SRTPError.self, "bit \(bit)") { try pair.unprotectRTCP(forged) }
    }
    for length in 0..<protected.count {
      #expect(throws: SRTPError.self, "length \(length)") {
        try pair.unprotectRTCP(Array(protected.prefix(length)))
      }
    }
    #expect(throws: SRTPError.tooShort) {
      try pair.unprotectRTCP([UInt8](repeating: 0xFF, count: 7 + profile.rtcpOverhead))
    }
    #expect(try pair.unprotectRTCP(protected) == packet)
  }

  @Test(arguments: SRTPProfile.allCases)
  func `refuses a packet that claims not to be encrypted`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    var protected = try pair.protectRTCP(Sample.rtcp(extra: [1, 2, 3, 4]))
    let word = protected.count - (profile == .aes128CMSHA1_80 ? 14 : 4)
    protected[word] &= 0x7F

    #expect(throws: SRTPError.notEncrypted) { try pair.unprotectRTCP(protected) }
  }

  @Test func `takes reordered packets, each once, within a window of 128`() throws {
    let pair = try SRTPPair(.aeadAES128GCM)
    let packets = try (0..<300).map { _ in try pair.protectRTCP(Sample.rtcp()) }
    _ = try pair.unprotectRTCP(packets[200])

    #expect(throws: SRTPError.replayed) { try pair.unprotectRTCP(packets[200 - 128]) }
    _ = try pair.unprotectRTCP(packets[200 - 127])
    #expect(throws: SRTPError.replayed) { try pair.unprotectRTCP(packets[200 - 127]) }
    _ = try pair.unprotectRTCP(packets[299])
  }

  @Test func `counts each source's indices apart, for at most 64 sources`() throws {
    let pair = try SRTPPair(.aes128CMSHA1_80)
    let others = try SRTPPair(.aes128CMSHA1_80)  // same keys, indices from 1 again
    _ = try pair.unprotectRTCP(try pair.protectRTCP(Sample.rtcp(ssrc: 0)))
    let other = Sample.rtcp(ssrc: 1)
    #expect(try pair.unprotectRTCP(try others.protectRTCP(other)) == other)
    for ssrc in UInt32(2)..<64 {
      _ = try pair.unprotectRTCP(try pair.protectRTCP(Sample.rtcp(ssrc: ssrc)))
    }
    let packet = try pair.protectRTCP(Sample.rtcp(ssrc: 64))
    #expect(throws: SRTPError.tooManySources) { try pair.unprotectRTCP(packet) }
    pair.receiver.forget(ssrc: 1)
    _ = try pair.unprotectRTCP(packet)
  }
}
