import FoundationEssentials
import JWTKit
package import Signal

/// Checks tokens (JWT, HS256 only) against the API keys of this server.
package struct TokenVerifier: Sendable {
  /// A token of ours has under 1 KiB; more is an attack on the decoder.
  package static let maximumBytes = 8 * 1024

  private struct Key: Sendable {
    var tenant: TenantID
    var algorithm: any JWTAlgorithm
  }
  private let keys: [String: Key]

  /// Knows the keys that `tenants` has an owner for, by the key's name.
  ///
  /// - Throws: what the cryptographic library throws on a key it cannot use; none of ours.
  package init(keys: [APIKey], tenants: [String: TenantID]) async throws {
    var known: [String: Key] = [:]
    for key in keys {
      guard let tenant = tenants[key.key] else { continue }
      let algorithm = try await JWTKeyCollection()
        .add(hmac: HMACKey(from: key.secret), digestAlgorithm: .sha256).getKey()
      known[key.key] = Key(tenant: tenant, algorithm: algorithm)
    }
    self.keys = known
  }

  /// Reads and verifies a token, with or without `Bearer ` before it.
  ///
  /// - Throws: `unauthorized` with `invalidAPIKey` (4001), `invalidToken` (4002) or
  ///   `invalidPermissions` (4008).
  package func verify(_ text: String, at now: Timestamp) throws(ControlError) -> AccessToken {
    let raw = text.hasPrefix("Bearer ") ? text.dropFirst(7) : text[...]
    guard !raw.isEmpty else { throw .unauthorized(.invalidToken, "The token is empty.") }
    guard raw.utf8.count <= Self.maximumBytes else { throw Self.malformed }
    let parts = raw.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64URL.decode(parts[0]),
      let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
    else { throw Self.malformed }

    guard let fields = try? SignalJSON.decode(TokenHeader.self, from: header),
      fields.alg == "HS256", fields.crit == nil
    else { throw .unauthorized(.invalidToken, "The token is not signed with HS256.") }
    guard let claims = try? SignalJSON.decode(TokenClaims.self, from: payload) else {
      throw Self.malformed
    }
    guard let name = claims.apikey, let key = keys[name] else {
      throw .unauthorized(.invalidAPIKey, ErrorCode.invalidAPIKey.defaultMessage)
    }
    let signed = [UInt8](parts[0]) + [UInt8(ascii: ".")] + [UInt8](parts[1])
    guard (try? key.algorithm.verify(signature, signs: signed)) == true else {
      throw .unauthorized(.invalidToken, "The token's signature does not fit its key.")
    }
    return try claims.accessToken(for: name, tenant: key.tenant, at: now)
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
