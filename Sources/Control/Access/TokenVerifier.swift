import FoundationEssentials
import JWTKit
package import Signal

/// Checks tokens (JWT, HS256 only) against the API keys of this server.
package struct TokenVerifier: Sendable {
  /// A token of ours has under 1 KiB; more is an attack on the decoder.
  package static let maximumBytes = 8 * 1024

  package let ring: KeyRing

  package init(ring: KeyRing) { self.ring = ring }

  /// Reads and verifies a token, with or without `Bearer ` before it.
  ///
  /// - Throws: `unauthorized` with `invalidAPIKey` (4001), `invalidToken` (4002) or
  ///   `invalidPermissions` (4008).
  package func verify(_ text: String, at now: Timestamp) throws(ControlError) -> AccessToken {
    let raw = text.hasPrefix("Bearer ") ? text.dropFirst(7) : text[...]
    guard !raw.isEmpty else { throw .unauthorized(.invalidToken, "The token is empty.") }
    guard raw.utf8.count <= Self.maximumBytes else { throw Self.malformed }
    if let access = ring.passes.access(raw, at: now) { return access }
    let parts = raw.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64URL.decode(parts[0]),
      let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
    else { throw Self.malformed }

    guard let fields = Self.decode(TokenHeader.self, header),
      fields.alg == "HS256", fields.crit == nil
    else { throw .unauthorized(.invalidToken, "The token is not signed with HS256.") }
    guard let claims = Self.decode(TokenClaims.self, payload) else { throw Self.malformed }
    guard let name = claims.apikey, let key = ring[name] else {
      throw .unauthorized(.invalidAPIKey, ErrorCode.invalidAPIKey.defaultMessage)
    }
    let signed = [UInt8](parts[0]) + [UInt8(ascii: ".")] + [UInt8](parts[1])
    guard (try? key.algorithm.verify(signature, signs: signed)) == true else {
      throw .unauthorized(.invalidToken, "The token's signature does not fit its key.")
    }
    let access = try claims.accessToken(for: name, key, at: now)
    ring.used(name, at: now)
    return access
  }

  /// Of a claim that stands there twice, one library reads the first and another the last: what was
  /// signed would not be what is believed.
  private static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
    try? SignalJSON.decode(type, from: bytes, refusingRepeatedKeys: true)
  }

  private static var malformed: ControlError {
    .unauthorized(.invalidToken, "The token is malformed.")
  }
}

/// The parts of a JOSE header that matter (RFC 7515 §4.1); the key is chosen by `apikey` alone,
/// so `kid`, `jwk` and their like have no say.
private struct TokenHeader: Decodable {
  var alg: String
  var crit: JSONValue?
}
