import Testing
import Wire

/// The sample messages of RFC 5769.
enum STUNSample {
  /// §2.1: USERNAME "evtj:h6vY", software "STUN test client".
  static let request = [UInt8](
    hex: """
      00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
      80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
      00 24 00 04 6e 00 01 ff
      80 29 00 08 93 2f f9 b1 51 26 3b 36
      00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
      00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
      80 28 00 04 e5 7a 3b cf
      """)
  /// §2.2: mapped address 192.0.2.1 port 32853.
  static let response4 = [UInt8](
    hex: """
      01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
      80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
      00 20 00 08 00 01 a1 47 e1 12 a6 43
      00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7
      80 28 00 04 c0 7d 4c 96
      """)
  /// §2.3: mapped address 2001:db8:1234:5678:11:2233:4455:6677 port 32853.
  static let response6 = [UInt8](
    hex: """
      01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
      80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
      00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
      00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41
      80 28 00 04 c8 fb 0b 4c
      """)
  static let all = [request, response4, response6]
}

@Suite struct STUNTests {
  @Test func `reads the sample request of RFC 5769`() throws {
    let message = try STUNMessageView(parsing: STUNSample.request.span.bytes)

    #expect(message.isRequest == true)
    #expect(message.method == .binding)
    #expect(
      message.transactionID == STUNTransactionID(high: 0xB7E7_A701, low: 0xBC34_D686_FA87_DFAE))
    #expect(message.priority == 0x6E00_01FF)
    #expect(message.iceControlled == 0x932F_F9B1_5126_3B36)
    #expect(message.iceControlling == nil)
    #expect(message.useCandidate == false)
    #expect(message.usernameFragments?.local.string == "evtj")
    #expect(message.usernameFragments?.remote?.string == "h6vY")
    #expect(message.hasValidFingerprint == true)
    #expect(message.unknownRequiredAttribute == nil)
  }

  @Test func `covers what MESSAGE-INTEGRITY covers, with the length it had then`() throws {
    let message = try STUNMessageView(parsing: STUNSample.request.span.bytes)
    let found = message.integrity
    let integrity = try #require(found)

    #expect(integrity.header[3] == 0x50)  // 0x58 without the eight bytes of FINGERPRINT
    #expect(integrity.header[2] == 0)
    #expect(integrity.header[19] == 0xAE)
    #expect(integrity.coveredRange == 20..<76)
    #expect(integrity.digest.bytes[0] == 0x9A)
    #expect(integrity.digest.bytes[19] == 0xA2)
  }

  @Test func `reads the XOR addresses of RFC 5769`() throws {
    let four = try STUNMessageView(parsing: STUNSample.response4.span.bytes)
    let six = try STUNMessageView(parsing: STUNSample.response6.span.bytes)

    #expect(four.isSuccess == true)
    #expect(four.xorMappedAddress == TransportAddress(ipv4: 0xC000_0201, port: 32_853))
    #expect(four.hasValidFingerprint == true)
    #expect(
      six.xorMappedAddress
        == TransportAddress(high: 0x2001_0DB8_1234_5678, low: 0x0011_2233_4455_6677, port: 32_853))
    #expect(six.hasValidFingerprint == true)
  }

  @Test(arguments: STUNSample.all.indices)
  func `a changed bit never leaves both framing and fingerprint valid`(index: Int) {
    var sample = STUNSample.all[index]
    let fingerprint = sample.count - 8
    for bit in 0..<(fingerprint * 8) {
      sample[bit / 8] ^= 1 << UInt8(bit % 8)
      let isValid = (try? STUNMessageView(parsing: sample.span.bytes).hasValidFingerprint) ?? false
      sample[bit / 8] ^= 1 << UInt8(bit % 8)

      #expect(isValid != true, "bit \(bit)")
    }
  }

  @Test func `writes what it reads back`() throws {
    var random = SplitMix64(seed: 7)
    for _ in 0..<200 {
      let id = STUNTransactionID.random(using: &random)
      let address =
        Bool.random(using: &random)
        ? TransportAddress(ipv4: random.next(), port: random.next())
        : TransportAddress(high: random.next() | 1, low: random.next(), port: random.next())
      let priority: UInt32 = random.next()
      let tieBreaker: UInt64 = random.next()
      var writer = STUNMessageWriter(.request, transactionID: id)
      writer.appendUsername("abcd:efghijkl")
      writer.appendPriority(priority)
      writer.appendICEControlling(tieBreaker)
      writer.appendUseCandidate()
      writer.appendXORMappedAddress(address)
      var hashedLength = 0
      writer.appendIntegrity { bytes in
        hashedLength = bytes.byteCount
        return SHA1Digest([20 of UInt8](repeating: 0xAB))
      }
      writer.appendFingerprint()

      let bytes = writer.bytes
      let message = try STUNMessageView(parsing: bytes.span.bytes)
      #expect(message.transactionID == id)
      #expect(message.usernameFragments?.local.string == "abcd")
      #expect(message.usernameFragments?.remote?.string == "efghijkl")
      #expect(message.priority == priority)
      #expect(message.iceControlling == tieBreaker)
      #expect(message.useCandidate == true)
      #expect(message.xorMappedAddress == address)
      #expect(message.hasValidFingerprint == true)
      let found = message.integrity
      let integrity = try #require(found)
      #expect(integrity.coveredRange.upperBound == hashedLength)
      #expect(integrity.digest == SHA1Digest([20 of UInt8](repeating: 0xAB)))
    }
  }

  @Test func `the writer hashes the header the reader will hash`() throws {
    var writer = STUNMessageWriter(.success, transactionID: STUNTransactionID(high: 1, low: 2))
    writer.appendXORMappedAddress(TransportAddress(ipv4: 0x7F00_0001, port: 9))
    var hashed: [UInt8] = []
    writer.appendIntegrity { bytes in
      for index in 0..<bytes.byteCount { hashed.append(bytes.bigEndian(at: index)) }
      return SHA1Digest([20 of UInt8](repeating: 1))
    }
    writer.appendFingerprint()

    let bytes = writer.bytes
    let message = try STUNMessageView(parsing: bytes.span.bytes)
    let found = message.integrity
    let integrity = try #require(found)
    let header = (0..<20).map { integrity.header[$0] }
    #expect(header + bytes[integrity.coveredRange] == hashed)
  }

  @Test(arguments: [400, 420, 487, 300, 699])
  func `error responses keep their code`(code: Int) throws {
    var writer = STUNMessageWriter(.error, transactionID: STUNTransactionID(high: 1, low: 2))
    writer.appendErrorCode(code, reason: "Role Conflict")
    writer.appendUnknownAttributes([0x7777])

    let bytes = writer.bytes
    let message = try STUNMessageView(parsing: bytes.span.bytes)
    #expect(message.isError == true)
    #expect(message.errorCode == code)
  }

  @Test func `an attribute that must be understood and is not is reported`() throws {
    var bytes = STUNSample.request
    bytes.replaceSubrange(40..<42, with: [0x00, 0x99])
    let message = try STUNMessageView(parsing: bytes.span.bytes)

    #expect(message.unknownRequiredAttribute == 0x99)
    #expect(message.priority == nil)
  }

  @Test func `attributes after MESSAGE-INTEGRITY do not count`() throws {
    var writer = STUNMessageWriter(.request, transactionID: STUNTransactionID(high: 1, low: 2))
    writer.appendIntegrity { _ in SHA1Digest([20 of UInt8](repeating: 1)) }
    writer.appendUseCandidate()
    writer.appendPriority(5)
    writer.appendFingerprint()

    let bytes = writer.bytes
    let message = try STUNMessageView(parsing: bytes.span.bytes)
    #expect(message.useCandidate == false)
    #expect(message.priority == nil)
    #expect(message.hasValidFingerprint == true)
  }

  @Test func `a sender's fragment may be longer than ours`() throws {
    var writer = STUNMessageWriter(.request, transactionID: STUNTransactionID(high: 1, low: 2))
    writer.appendUsername("abcd:vJpIof1yn442VzUZ9wN3hnFpAR8JL1U2")

    let bytes = writer.bytes
    let message = try STUNMessageView(parsing: bytes.span.bytes)
    #expect(message.usernameFragments?.local.string == "abcd")
    #expect(message.usernameFragments?.remote == nil)
  }

  @Test(arguments: ["abcd", ":abcd", "abcd:", "a:b:c", "abcdefghijklmnopq:abcd", "ab cd:efgh"])
  func `a username that is not two fragments of our size has none`(username: String) throws {
    var writer = STUNMessageWriter(.request, transactionID: STUNTransactionID(high: 1, low: 2))
    writer.appendUsername(username)

    let bytes = writer.bytes
    let message = try STUNMessageView(parsing: bytes.span.bytes)
    #expect(message.username != nil)
    #expect(message.usernameFragments == nil)
  }

  @Test(arguments: STUNSample.all.indices) func `no malformed message traps`(index: Int) {
    malformed(STUNSample.all[index]) { bytes in
      guard let message = try? STUNMessageView(parsing: bytes.span.bytes) else { return }
      _ = message.integrity
      _ = message.hasValidFingerprint
      _ = message.usernameFragments
    }
  }

  @Test func `every truncation is refused`() {
    for length in 0..<STUNSample.request.count {
      let part = Array(STUNSample.request[0..<length])
      #expect(throws: STUNParseError.self, "\(length) bytes") {
        _ = try STUNMessageView(parsing: part.span.bytes)
      }
    }
  }
}
