import RTC
import TestSupport
import Testing

@Suite struct SRTPRTPTests {
  typealias Sample = SRTPPacketSample

  @Test(arguments: SRTPProfile.allCases)
  func `gives back what was protected, whatever the header`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    var sequence: UInt16 = 0
    for csrcCount in [0, 1, 15] {
      for extensionWords in [nil, 0, 3] {
        for padding in [0, 1, 255] {
          for size in [0, 1, 15, 16, 17, 1_100] {
            let packet = Sample.rtp(
              sequence: sequence, payload: [UInt8](repeating: 0x5A, count: size),
              csrcCount: csrcCount, extensionWords: extensionWords, padding: padding)
            sequence += 1
            let protected = try pair.protectRTP(packet)

            #expect(protected.count == packet.count + profile.rtpOverhead)
            #expect(protected.prefix(12) == packet.prefix(12))
            if size > 14 { #expect(protected.prefix(packet.count) != packet[...]) }
            #expect(try pair.unprotectRTP(protected) == packet)
          }
        }
      }
    }
  }

  @Test(arguments: SRTPProfile.allCases)
  func `refuses every packet with a bit changed, and still takes the real one`(
    profile: SRTPProfile
  ) throws {
    let pair = try SRTPPair(profile)
    let first = Sample.rtp(sequence: 9, payload: [1])
    _ = try pair.unprotectRTP(try pair.protectRTP(first))
    let packet = Sample.rtp(sequence: 10, payload: [1, 2, 3], extensionWords: 1)
    let protected = try pair.protectRTP(packet)

    for bit in 0..<protected.count * 8 {
      var forged = protected
      forged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: SRTPError.self, "bit \(bit)") { try pair.unprotectRTP(forged) }
    }
    #expect(try pair.unprotectRTP(protected) == packet)
  }

  @Test(arguments: SRTPProfile.allCases)
  func `refuses every truncation`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let protected = try pair.protectRTP(
      Sample.rtp(sequence: 10, payload: [1, 2, 3], csrcCount: 2, extensionWords: 1))

    for length in 0..<protected.count {
      let error = #expect(throws: SRTPError.self) {
        try pair.unprotectRTP(Array(protected.prefix(length)))
      }
      if length < 28 + profile.rtpOverhead { #expect(error == .tooShort) }
    }
  }

  @Test(arguments: SRTPProfile.allCases)
  func `refuses a packet seen before and one too old to tell`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    let packets = try (0..<2_000).map { sequence in
      try pair.protectRTP(Sample.rtp(sequence: UInt16(sequence), payload: [7]))
    }
    _ = try pair.unprotectRTP(packets[1_500])

    #expect(throws: SRTPError.replayed) { try pair.unprotectRTP(packets[1_500]) }
    #expect(throws: SRTPError.replayed) { try pair.unprotectRTP(packets[1_500 - 1_024]) }
    _ = try pair.unprotectRTP(packets[1_500 - 1_023])
    #expect(throws: SRTPError.replayed) { try pair.unprotectRTP(packets[1_500 - 1_023]) }
    _ = try pair.unprotectRTP(packets[1_400])
    _ = try pair.unprotectRTP(packets[1_999])
    #expect(throws: SRTPError.replayed) { try pair.unprotectRTP(packets[1_400]) }
    _ = try pair.unprotectRTP(packets[1_401])
  }

  @Test(arguments: SRTPProfile.allCases)
  func `follows the rollover counter forwards and back`(profile: SRTPProfile) throws {
    let pair = try SRTPPair(profile)
    func packet(_ index: Int) -> [UInt8] {
      Sample.rtp(sequence: UInt16(truncatingIfNeeded: index), payload: [UInt8(index & 0xFF)])
    }
    // Start, come near the first wrap, cross it out of order, and cross two more in strides.
    let order =
      [10, 20_000, 50_000, 65_530, 65_537, 65_535, 65_536, 65_531, 65_540]
      + stride(from: 90_000, to: 210_000, by: 30_000)
    for index in order {
      let protected = try pair.protectRTP(packet(index), rollover: UInt32(index >> 16))
      #expect(try pair.unprotectRTP(protected) == packet(index), "index \(index)")
    }
    let wrong = try pair.protectRTP(packet(210_001), rollover: 2)
    #expect(throws: SRTPError.authenticationFailed) { try pair.unprotectRTP(wrong) }
  }

  @Test func `a forged packet moves neither the window nor the rollover counter`() throws {
    let pair = try SRTPPair(.aeadAES128GCM)
    let first = Sample.rtp(sequence: 60_000, payload: [1])
    _ = try pair.unprotectRTP(try pair.protectRTP(first))
    for sequence in [UInt16(65_535), 10, 20_000, 27_000] {
      var forged = try pair.protectRTP(Sample.rtp(sequence: sequence, payload: [1]), rollover: 1)
      forged[forged.count - 1] ^= 1
      #expect(throws: SRTPError.authenticationFailed) { try pair.unprotectRTP(forged) }
    }

    let next = Sample.rtp(sequence: 60_001, payload: [2])
    #expect(try pair.unprotectRTP(try pair.protectRTP(next)) == next)
  }

  @Test func `has room for 64 sources, and for another when one is forgotten`() throws {
    let pair = try SRTPPair(.aeadAES128GCM)
    for ssrc in UInt32(0)..<64 {
      let forged = Sample.rtp(ssrc: ssrc &+ 1_000, sequence: 1, payload: [0]) + Array(0..<16)
      #expect(throws: SRTPError.authenticationFailed) { try pair.unprotectRTP(forged) }
      let packet = Sample.rtp(ssrc: ssrc, sequence: 1, payload: [UInt8(ssrc)])
      #expect(try pair.unprotectRTP(try pair.protectRTP(packet)) == packet)
    }
    let packet = try pair.protectRTP(Sample.rtp(ssrc: 64, sequence: 1, payload: [0]))

    #expect(throws: SRTPError.tooManySources) { try pair.unprotectRTP(packet) }
    pair.receiver.forget(ssrc: 17)
    _ = try pair.unprotectRTP(packet)
    #expect(throws: SRTPError.replayed) { try pair.unprotectRTP(packet) }
    let other = try pair.protectRTP(Sample.rtp(ssrc: 16, sequence: 1, payload: [0]))
    #expect(throws: SRTPError.replayed) { try pair.unprotectRTP(other) }
  }

  @Test func `refuses keys that do not fit and buffers without room`() throws {
    for profile in SRTPProfile.allCases {
      let key = [UInt8](repeating: 1, count: profile.keyLength)
      let salt = [UInt8](repeating: 1, count: profile.saltLength)
      for (key, salt) in [(key + [1], salt), (key, salt + [1]), ([], salt), (key, [])] {
        #expect(throws: SRTPError.badKey) {
          _ = try SRTPSender(profile: profile, masterKey: key, masterSalt: salt)
        }
        #expect(throws: SRTPError.badKey) {
          _ = try SRTPReceiver(profile: profile, masterKey: key, masterSalt: salt)
        }
      }
      var sender = try SRTPSender(profile: profile, masterKey: key, masterSalt: salt)
      var buffer = Sample.rtp(sequence: 1, payload: [1]) + [UInt8](repeating: 0, count: 9)
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      for (header, length, expected) in [
        (12, 13, SRTPError.noRoom), (12, 11, .tooShort), (11, 13, .tooShort), (14, 13, .tooShort),
        (12, 23, .tooShort), (-1, 13, .tooShort), (12, -1, .tooShort), (12, .max, .tooShort),
      ] {
        do throws(SRTPError) {
          _ = try sender.protectRTP(
            &bytes, headerLength: header, length: length, rolloverCounter: 0)
          Issue.record("accepted \(header), \(length)")
        } catch {
          #expect(error == expected)
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func `accepts each packet once, as a plain model does, on a bad network`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let profile = SRTPProfile.allCases[Int(seed) % 3]
    let pair = try SRTPPair(profile, seed: seed)
    var sent: [(index: Int, bytes: [UInt8])] = []
    var accepted: Set<Int> = []
    var highest: Int?
    var index = Int.random(in: 0..<32_768, using: &random)
    for _ in 0..<3_000 {
      // Mostly the next packet, now and then a jump; a recent one again or late, at random.
      index += random.chance(0.01) ? Int.random(in: 1...20_000, using: &random) : 1
      let packet = Sample.rtp(
        sequence: UInt16(truncatingIfNeeded: index), payload: random.bytes(3))
      sent.append((index, try pair.protectRTP(packet, rollover: UInt32(index >> 16))))
      guard !random.chance(0.1) else { continue }
      let back = random.chance(0.3) ? Int.random(in: 0..<1_500, using: &random) : 0
      let chosen = sent[max(0, sent.count - 1 - back)]

      let isKnown = accepted.contains(chosen.index)
      let age = (highest ?? chosen.index) - chosen.index
      if isKnown || age >= SRTPReceiver.replayWindow {
        #expect(throws: SRTPError.self, "seed \(seed)") { try pair.unprotectRTP(chosen.bytes) }
      } else {
        let plain = try pair.unprotectRTP(chosen.bytes)
        #expect(plain.count == 15, "seed \(seed)")
        accepted.insert(chosen.index)
        highest = max(highest ?? 0, chosen.index)
      }
    }
  }
}
