package import Signal

/// An API key as it is stored.
package struct KeyRecord: Sendable, Equatable {
  package var key: String
  /// `nil` for a key of the configuration: only that knows its secret.
  package var secret: String?
  /// What people call it.
  package var name: String
  package var tenant: TenantID
  /// May act for the whole server: make and revoke keys, see every tenant.
  package var isAdmin: Bool
  package var createdAt: Timestamp
  package var revokedAt: Timestamp?
  /// Exact to a minute.
  package var lastUsedAt: Timestamp?

  package init(
    key: String, secret: String?, name: String, tenant: TenantID, isAdmin: Bool,
    createdAt: Timestamp, revokedAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil
  ) {
    self.key = key
    self.secret = secret
    self.name = name
    self.tenant = tenant
    self.isAdmin = isAdmin
    self.createdAt = createdAt
    self.revokedAt = revokedAt
    self.lastUsedAt = lastUsedAt
  }

  /// A fresh key: 24 hex digits, and a secret of 48 random bytes.
  package static func random(
    name: String, tenant: TenantID, isAdmin: Bool, at now: Timestamp
  ) -> KeyRecord {
    var random = SystemRandomNumberGenerator()
    let secret = (0..<48).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return KeyRecord(
      key: RandomText.hex(24, using: &random), secret: Base64URL.encode(secret), name: name,
      tenant: tenant, isAdmin: isAdmin, createdAt: now)
  }
}

/// What people may call a key.
package enum KeyNameRule {
  package static let explanation = "A key's name has 1 to 100 characters on one line."

  package static func allows(_ name: String) -> Bool {
    (1...100).contains(name.count) && name.utf8.count <= 400
      && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
