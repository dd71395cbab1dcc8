import Signal

/// The claims of a token as they stand in it, before anything is believed.
struct TokenClaims: Sendable {
  var apikey: String?
  var permissions: [String]?
  var version: Int?
  var roomId: String?
  var participantId: String?
  var roles: [String]?
  /// Seconds since 1970.
  var exp: Double?
  var nbf: Double?
  var iat: Double?
  var jti: String?
}

extension TokenClaims: Codable {
  private enum CodingKeys: String, CodingKey {
    case apikey, permissions, version, roomId, participantId, roles, exp, nbf, iat, jti
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    apikey = try values.decodeIfPresent(String.self, forKey: .apikey)
    permissions = try values.decodeIfPresent([String].self, forKey: .permissions)
    // Signed by many hands: some write the number as text.
    if let text = try? values.decodeIfPresent(String.self, forKey: .version) {
      version = Int(text)
    } else {
      version = try values.decodeIfPresent(Int.self, forKey: .version)
    }
    roomId = try values.decodeIfPresent(String.self, forKey: .roomId)
    participantId = try values.decodeIfPresent(String.self, forKey: .participantId)
    roles = try values.decodeIfPresent([String].self, forKey: .roles)
    exp = try values.decodeIfPresent(Double.self, forKey: .exp)
    nbf = try values.decodeIfPresent(Double.self, forKey: .nbf)
    iat = try values.decodeIfPresent(Double.self, forKey: .iat)
    jti = try values.decodeIfPresent(String.self, forKey: .jti)
  }
}

extension TokenClaims {
  /// Judges claims whose signature was verified.
  func accessToken(
    for key: String, _ held: KeyRing.Entry, at now: Timestamp
  ) throws(ControlError) -> AccessToken {
    let seconds = Double(now.milliseconds) / 1_000
    let leeway = Double(AccessToken.leewaySeconds)
    guard let exp, exp.isFinite else {
      throw .unauthorized(.invalidToken, "The token has no 'exp'.")
    }
    guard exp + leeway > seconds else {
      throw .unauthorized(.invalidToken, "The token has expired.")
    }
    for start in [nbf, iat].compactMap(\.self) where start - leeway > seconds {
      throw .unauthorized(.invalidToken, "The token is not valid yet.")
    }
    return AccessToken(
      apiKey: key, tenant: held.tenant, permissions: try grantedPermissions(),
      roles: try grantedRoles(), roomID: roomId, participantID: participantId,
      expiresAt: Timestamp(seconds: exp), isAdmin: held.isAdmin)
  }

  private func grantedPermissions() throws(ControlError) -> Set<Permission> {
    guard let permissions else { return [.allowJoin, .allowMod] }
    let known = Set(permissions.compactMap(Permission.init(rawValue:)))
    if known.contains(.askJoin), known.count > 1 {
      throw .unauthorized(.invalidPermissions, ErrorCode.invalidPermissions.defaultMessage)
    }
    return known
  }

  private func grantedRoles() throws(ControlError) -> Set<TokenRole> {
    guard let roles, !roles.isEmpty else { return [] }
    let known = Set(roles.compactMap(TokenRole.init(rawValue:)))
    // An empty set means "unrestricted", so a list of nothing we know must not become one.
    guard !known.isEmpty else {
      throw .unauthorized(.invalidToken, "The token's roles are unknown.")
    }
    return known
  }
}
