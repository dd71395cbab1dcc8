import RTC
import Testing

@Suite struct DTLSFingerprintTests {
  static let text =
    "sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1"

  @Test func `reads and writes what SDP carries`() throws {
    let fingerprint = try #require(DTLSFingerprint(sdp: Self.text))

    #expect(fingerprint.algorithm == .sha256)
    #expect(fingerprint.bytes.count == 32)
    #expect(fingerprint.bytes.first == 0x4A)
    #expect(fingerprint.bytes.last == 0xF1)
    #expect(fingerprint.sdp == Self.text)
    #expect(DTLSFingerprint(sdp: Self.text.lowercased()) == fingerprint)
    #expect(DTLSFingerprint(sdp: "SHA-256" + Self.text.dropFirst(7)) == fingerprint)
  }

  @Test func `keeps leading zeros of a byte`() throws {
    let bytes = [UInt8](repeating: 0x0A, count: 48)
    let fingerprint = try #require(DTLSFingerprint(algorithm: .sha384, bytes: bytes))

    #expect(fingerprint.sdp.hasPrefix("sha-384 0A:0A:0A:"))
    #expect(DTLSFingerprint(sdp: fingerprint.sdp) == fingerprint)
  }

  @Test(arguments: [
    "", "sha-256", "sha-256 ", "sha-256 4A", "sha-1 4A:AD", "md5 4A",
    String(text.dropLast()), text + ":", text + ":00", text.replacing("4A", with: "4G"),
    text.replacing("4A", with: "+A"), text.replacing("4A:", with: "4A::"),
    text.replacing("sha-256", with: "sha-512"), text.replacing("4A", with: "4Ä"),
  ])
  func `refuses what is malformed or too weak`(text: String) {
    #expect(DTLSFingerprint(sdp: text) == nil)
  }

  @Test func `is different for every identity`() throws {
    let a = try DTLSIdentity(unixSeconds: 0)
    let b = try DTLSIdentity(unixSeconds: 0)

    #expect(a.fingerprint != b.fingerprint)
    #expect(a.fingerprint.algorithm == .sha256)
  }
}
