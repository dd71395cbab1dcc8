import RTC
import Testing

/// The test vectors of RFC 3711 appendix B, RFC 6188 §7.2 and RFC 7714 §16 and §17.
@Suite struct SRTPVectorTests {
  static let rtp = hexBytes(
    """
    8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
    61727465 73207472 6573
    """)
  static let rtcp = hexBytes(
    """
    81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef
    deadbeef deadbeef deadbeef
    """)
  static let salt = hexBytes("517569642070726f2071756f")
  static let key = Array(UInt8(0)..<32)

  @Test func `derives the session keys of RFC 3711 B.3`() throws {
    let derivation = try SRTPKeyDerivation(
      masterKey: hexBytes("E1F97A0D3E018BE0D64FA32C06DE4139"),
      masterSalt: hexBytes("0EC675AD498AFEEBB6960B3AABE6"))

    #expect(
      derivation.key(.rtpEncryption, count: 16) == hexBytes("C61E7A93744F39EE10734AFE3FF7A087"))
    #expect(derivation.key(.rtpSalt, count: 14) == hexBytes("30CBBC08863D8C85D49DB34A9AE1"))
    #expect(
      derivation.key(.rtpAuthentication, count: 94)
        == hexBytes(
          """
          CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE
          E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25
          6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2
          """))
  }

  @Test func `derives the 256-bit session keys of RFC 6188`() throws {
    let derivation = try SRTPKeyDerivation(
      masterKey: hexBytes("F0F04914B513F2763A1B1FA130F10E2998F6F6E43E4309D1E622A0E332B9F1B6"),
      masterSalt: hexBytes("3B04803DE51EE7C96423AB5B78D2"))

    #expect(
      derivation.key(.rtpEncryption, count: 32)
        == hexBytes("5BA1064E30EC51613CAD926C5A28EF731EC7FB397F70A960653CAF06554CD8C4"))
    #expect(derivation.key(.rtpSalt, count: 14) == hexBytes("FA31791685CA444A9E07C6C64E93"))
  }

  @Test func `makes the AES counter mode keystream of RFC 3711 B.2`() throws {
    let cipher = try SRTPCipher(
      profile: .aes128CMSHA1_80, key: hexBytes("2B7E151628AED2A6ABF7158809CF4F3C"),
      salt: hexBytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"),
      authenticationKey: [UInt8](repeating: 0, count: 20))
    let packet = try sealed([UInt8](repeating: 0, count: 12 + 48), by: cipher, index: 0, ssrc: 0)

    #expect(
      Array(packet[12..<60])
        == hexBytes(
          """
          E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
          41E95B3BB0A2E8DD477901E4FCA894C0
          """))
  }

  @Test(arguments: [
    (
      SRTPProfile.aeadAES128GCM,
      """
      8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
      51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce
      """
    ),
    (
      SRTPProfile.aeadAES256GCM,
      """
      8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02
      76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13
      """
    ),
  ])
  func `protects and opens the RTP packet of RFC 7714`(profile: SRTPProfile, text: String) throws {
    let cipher = try SRTPCipher(
      profile: profile, key: Array(Self.key.prefix(profile.keyLength)), salt: Self.salt)
    var packet = try sealed(Self.rtp, by: cipher, index: 0xF17B, ssrc: 0x5501_A0B2)
    #expect(packet == hexBytes(text))

    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    let length = try cipher.openRTP(
      &bytes, headerLength: 12, length: bytes.byteCount, ssrc: 0x5501_A0B2, index: 0xF17B)
    #expect(Array(packet.prefix(length)) == Self.rtp)
  }

  @Test(arguments: [
    (
      SRTPProfile.aeadAES128GCM,
      """
      81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda
      4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4
      """
    ),
    (
      SRTPProfile.aeadAES256GCM,
      """
      81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be
      8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4
      """
    ),
  ])
  func `protects and opens the RTCP packet of RFC 7714`(profile: SRTPProfile, text: String) throws {
    let cipher = try SRTPCipher(
      profile: profile, key: Array(Self.key.prefix(profile.keyLength)), salt: Self.salt)
    var packet = Self.rtcp + [UInt8](repeating: 0, count: profile.rtcpOverhead)
    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    let length = try cipher.sealRTCP(
      &bytes, length: Self.rtcp.count, ssrc: 0x4D61_7273, index: 0x5D4)
    #expect(length == bytes.byteCount)
    let word = try cipher.rtcpIndexWord(bytes, length: length)
    #expect(word == 0x8000_05D4)
    #expect(packet == hexBytes(text))

    span = packet.mutableSpan
    bytes = span.mutableBytes
    let plain = try cipher.openRTCP(&bytes, length: length, ssrc: 0x4D61_7273, word: word)
    #expect(Array(packet.prefix(plain)) == Self.rtcp)
  }

  /// The packets of libsrtp's self-test, with the master key of RFC 3711 B.3.
  @Test func `protects a counter mode packet with its tag`() throws {
    var sender = try SRTPSender(
      profile: .aes128CMSHA1_80, masterKey: hexBytes("E1F97A0D3E018BE0D64FA32C06DE4139"),
      masterSalt: hexBytes("0EC675AD498AFEEBB6960B3AABE6"))
    var packet =
      hexBytes("800f1234decafbadcafebabe") + [UInt8](repeating: 0xAB, count: 16)
      + [UInt8](repeating: 0, count: 10)
    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    let length = try sender.protectRTP(
      &bytes, headerLength: 12, length: 28, rolloverCounter: 0)

    #expect(length == 38)
    #expect(
      packet
        == hexBytes(
          """
          800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb
          """))
  }

  private func sealed(
    _ packet: [UInt8], by cipher: borrowing SRTPCipher, index: UInt64, ssrc: UInt32
  ) throws -> [UInt8] {
    var packet = packet + [UInt8](repeating: 0, count: 16)
    let plain = packet.count - 16
    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    let length = try cipher.sealRTP(
      &bytes, headerLength: 12, length: plain, ssrc: ssrc, index: index)
    return Array(packet.prefix(length))
  }
}
