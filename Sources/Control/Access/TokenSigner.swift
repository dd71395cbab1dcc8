import JWTKit
package import Signal

/// Signs tokens with one API key, for development and the command line.
package struct TokenSigner: Sendable {
  private let key: String
  private let algorithm: any JWTAlgorithm

  package init(_ key: APIKey) async throws {
    self.key = key.key
    algorithm = try await JWTKeyCollection()
      .add(hmac: HMACKey(from: key.secret), digestAlgorithm: .sha256).getKey()
  }

  /// A token, ready for `Authorization` or `join`, that is valid for `seconds` from `now`.
  ///
  /// Permissions left out mean joining and moderating.
  ///
  /// - Throws: what the cryptographic library throws; nothing with a key of ours.
  package func token(
    permissions: [Permission]? = nil, roles: [TokenRole] = [], roomID: String? = nil,
    participantID: String? = nil, validFor seconds: Int64, at now: Timestamp
  ) throws -> String {
    let issued = Double(now.milliseconds / 1_000)
    let claims = TokenClaims(
      apikey: key, permissions: permissions?.map(\.rawValue), version: 2, roomId: roomID,
      participantId: participantID, roles: roles.isEmpty ? nil : roles.map(\.rawValue),
      exp: issued + Double(seconds), nbf: nil, iat: issued, jti: nil)
    return try sign(claims)
  }

  /// A token with any claims.
  package func sign(_ claims: some Encodable) throws -> String {
    let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    let signed = header + "." + Base64URL.encode(SignalJSON.encode(claims))
    return signed + "." + Base64URL.encode(try algorithm.sign(Array(signed.utf8)))
  }
}
