import Control
import Foundation
import JWTKit
import Signal
import Testing

@Suite struct TokenTests {
  private let now = Timestamp(milliseconds: 1_700_000_000_000)
  private let secret = "a-secret-that-is-at-least-32-bytes-long"

  private func verifier() async throws -> TokenVerifier {
    let keys = [
      try APIKey(key: "key", secret: secret),
      try APIKey(key: "other", secret: "another-secret-that-is-also-32-bytes"),
    ]
    return try await TokenVerifier(
      keys: keys, tenants: ["key": TenantID("t1"), "other": TenantID("t2")])
  }

  private func base64(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  /// A token with any header and claims, signed with HS256 unless `signature` is given.
  private func token(
    _ claims: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, secret: String? = nil,
    algorithm: DigestAlgorithm = .sha256, signature: String? = nil
  ) async throws -> String {
    let signed = base64(header) + "." + base64(claims)
    if let signature { return signed + "." + signature }
    let key = try await JWTKeyCollection()
      .add(hmac: HMACKey(from: secret ?? self.secret), digestAlgorithm: algorithm).getKey()
    let bytes = try key.sign(Array(signed.utf8))
    return signed + "."
      + Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  private func refusal(_ token: String) async throws -> Int? {
    do {
      _ = try await verifier().verify(token, at: now)
      return nil
    } catch ControlError.unauthorized(let code, _) {
      return code.number
    }
  }

  @Test func `a token of ours is read, with and without Bearer`() async throws {
    let signer = try await TokenSigner(APIKey(key: "key", secret: secret))
    let text = try signer.token(
      permissions: [.allowJoin], roles: [.rtc], roomID: "r", participantID: "p", validFor: 60,
      at: now)
    for spelled in [text, "Bearer " + text] {
      let access = try await verifier().verify(spelled, at: now)
      #expect(access.tenant == TenantID("t1"))
      #expect(access.permissions == [.allowJoin])
      #expect(access.mayJoin && !access.mayCallREST)
      #expect(access.roomID == "r" && access.participantID == "p")
      #expect(access.expiresAt.milliseconds == 1_700_000_060_000)
    }
  }

  @Test func `a token of another library is read`() async throws {
    struct Claims: JWTPayload {
      var apikey = "key"
      var permissions = ["allow_join", "allow_mod", "fly"]
      var exp = ExpirationClaim(value: Date(timeIntervalSince1970: 1_700_000_100))
      func verify(using algorithm: some JWTAlgorithm) {}
    }
    let keys = await JWTKeyCollection()
      .add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    let access = try await verifier().verify(try await keys.sign(Claims()), at: now)
    #expect(access.permissions == [.allowJoin, .allowMod])
    #expect(access.mayJoin && access.mayCallREST)
  }

  @Test func `no list of permissions is no restriction, an empty one is`() async throws {
    let plain = try await token(#"{"apikey":"key","exp":1700000100}"#)
    #expect(try await verifier().verify(plain, at: now).permissions == [.allowJoin, .allowMod])
    let empty = try await token(#"{"apikey":"key","exp":1700000100,"permissions":[]}"#)
    #expect(try await verifier().verify(empty, at: now).permissions == [])
  }

  @Test(
    arguments: [
      (#"{"apikey":"key","exp":1699999941}"#, nil),  // within the leeway
      (#"{"apikey":"key","exp":1699999940}"#, 4002),
      (#"{"apikey":"key"}"#, 4002), (#"{"apikey":"key","exp":null}"#, 4002),
      (#"{"apikey":"key","exp":"1800000000"}"#, 4002),
      (#"{"apikey":"key","exp":1700000100,"nbf":1700000061}"#, 4002),
      (#"{"apikey":"key","exp":1700000100,"nbf":1700000060}"#, nil),
      (#"{"apikey":"key","exp":1700000100,"iat":1800000000}"#, 4002),
      (#"{"apikey":"nobody","exp":1700000100}"#, 4001), (#"{"exp":1700000100}"#, 4001),
      (#"{"apikey":"","exp":1700000100}"#, 4001), (#"{"apikey":5,"exp":1700000100}"#, 4002),
      (#"{"apikey":"key","exp":1700000100,"permissions":["ask_join","allow_join"]}"#, 4008),
      (#"{"apikey":"key","exp":1700000100,"permissions":["ask_join","allow_mod"]}"#, 4008),
      (#"{"apikey":"key","exp":1700000100,"permissions":["ask_join"]}"#, nil),
      (#"{"apikey":"key","exp":1700000100,"permissions":"allow_join"}"#, 4002),
      (#"{"apikey":"key","exp":1700000100,"roles":["king"]}"#, 4002),
      (#"{"apikey":"key","exp":1700000100,"roomId":7}"#, 4002),
      (#"{"apikey":"key","exp":1e999}"#, 4002), (#"{"apikey":"key","exp":-1}"#, 4002),
      (#"[]"#, 4002), ("", 4002), ("{", 4002),
      (#"{"apikey":"key","exp":1700000100,"x":"# + String(repeating: "[", count: 40), 4002),
    ] as [(String, Int?)])
  func `claims are judged`(claims: String, code: Int?) async throws {
    #expect(try await refusal(token(claims)) == code)
  }

  private static let good = #"{"apikey":"key","exp":1700000100}"#

  @Test func `a token signed otherwise than by its own key with HS256 is refused`() async throws {
    let attacks = [
      try await token(Self.good, secret: "another-secret-that-is-also-32-bytes"),
      try await token(Self.good, header: #"{"alg":"none"}"#, signature: ""),
      try await token(Self.good, header: #"{"alg":"none"}"#),
      try await token(Self.good, header: #"{"alg":"None"}"#, signature: ""),
      try await token(
        Self.good, header: #"{"alg":"HS512"}"#, secret: secret + secret, algorithm: .sha512),
      try await token(Self.good, header: #"{"alg":"nOnE"}"#, signature: ""),
      try await token(Self.good, header: #"{"alg":"NONE"}"#, signature: ""),
      try await token(Self.good, header: #"{"alg":""}"#, signature: ""),
      try await token(Self.good, header: #"{"alg":null}"#, signature: ""),
      try await token(
        Self.good, header: #"{"alg":"HS384"}"#, secret: secret + secret, algorithm: .sha384),
      try await token(Self.good, header: #"{"alg":"HS384"}"#),
      try await token(Self.good, header: #"{"alg":"hs256"}"#),
      try await token(Self.good, header: #"{"alg":"RS256"}"#),
      try await token(Self.good, header: #"{"alg":"ES256"}"#),
      try await token(Self.good, header: #"{"alg":"HS256","alg":"none"}"#, signature: ""),
      try await token(Self.good, header: #"{"alg":"none","alg":"HS256"}"#),
      try await token(
        Self.good, header: #"{"alg":"HS256","kid":"../../dev/null"}"#,
        secret: String(repeating: "\0", count: 32)),
      try await token(
        Self.good, header: #"{"alg":"HS256","jku":"https://evil.test/keys.json"}"#,
        secret: "a secret that an attacker chose itself"),
      try await token(
        Self.good,
        header:
          #"{"alg":"HS256","jwk":{"kty":"oct","k":"YXR0YWNrZXJhdHRhY2tlcmF0dGFja2VyYXR0YWNr"}}"#,
        secret: "attackerattackerattackerattack__"),
      try await token(
        Self.good, header: #"{"alg":"HS256","x5u":"https://evil.test/cert.pem"}"#,
        secret: "a secret that an attacker chose itself"),
      try await token(#"{"apikey":"other","exp":1700000100,"apikey":"key"}"#),
      try await token(#"{"apikey":"key","exp":1600000100,"exp":1700000100}"#),
      try await token(
        #"{"apikey":"key","exp":1700000100,"permissions":[],"permissions":["allow_mod"]}"#),
      String(try await token(Self.good).split(separator: ".").dropLast().joined(separator: ".")),
      try await token(
        #"{"apikey":"key","exp":1700000100,"x":""# + String(repeating: "a", count: 9_000) + #""}"#),
      try await token(
        Self.good, header: #"{"alg":"HS256","kid":"other"}"#,
        secret: "another-secret-that-is-also-32-bytes"),
      try await token(Self.good, header: #"{"alg":"HS256","crit":["exp"]}"#),
      try await token(Self.good, header: #"{}"#),
      try await token(Self.good, header: #"{"alg":["HS256"]}"#),
      try await token(Self.good, signature: ""), try await token(Self.good, signature: "AAAA"),
      try await token(Self.good) + "A", try await token(Self.good) + ".",
      String(try await token(Self.good).dropLast()),
      try await token(Self.good) + "=", "", "Bearer ", ".", "..", "...", "a.b.c",
      String(repeating: "A", count: 1_000_000),
    ]
    for attack in attacks {
      #expect(try await refusal(attack) == 4002, "\(attack.prefix(200))")
    }
    // A `kid` has no say: the key is chosen by `apikey`.
    #expect(
      try await refusal(token(Self.good, header: #"{"alg":"HS256","kid":"../../x"}"#)) == nil)
  }

  @Test func `no flipped bit of a token is accepted`() async throws {
    let verifier = try await verifier()
    let good = Array(try await token(Self.good).utf8)
    for index in good.indices {
      for bit in 0..<7 {
        var damaged = good
        damaged[index] ^= 1 << UInt8(bit)
        let text = String(decoding: damaged, as: UTF8.self)
        #expect(throws: ControlError.self) { try verifier.verify(text, at: now) }
      }
    }
  }

  @Test func `keys that the library would trap on are refused when configured`() {
    #expect(throws: ControlConfiguration.Violation.self) {
      try APIKey(key: "key", secret: String(repeating: "x", count: 31))
    }
    #expect(throws: ControlConfiguration.Violation.self) {
      try APIKey(key: "", secret: secret)
    }
    #expect(throws: ControlConfiguration.Violation.self) {
      try APIKey(key: "a b", secret: secret)
    }
  }
}
