/// An API key as the REST API shows it; the secret only when it was just made.
package struct KeyResource: Encodable, Equatable, Sendable {
  package var key: String
  package var name: String
  package var tenantId: String
  package var isAdmin: Bool
  package var createdAt: Timestamp
  package var revokedAt: Timestamp?
  /// Exact to a minute.
  package var lastUsedAt: Timestamp?
  /// Only in the answer to creation.
  package var secret: String?

  package init(
    key: String, name: String, tenantId: String, isAdmin: Bool, createdAt: Timestamp,
    revokedAt: Timestamp?, lastUsedAt: Timestamp?, secret: String? = nil
  ) {
    self.key = key
    self.name = name
    self.tenantId = tenantId
    self.isAdmin = isAdmin
    self.createdAt = createdAt
    self.revokedAt = revokedAt
    self.lastUsedAt = lastUsedAt
    self.secret = secret
  }

  private enum CodingKeys: String, CodingKey {
    case key, name, tenantId, isAdmin, createdAt, revokedAt, lastUsedAt, secret
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(key, forKey: .key)
    try values.encode(name, forKey: .name)
    try values.encode(tenantId, forKey: .tenantId)
    try values.encode(isAdmin, forKey: .isAdmin)
    try values.encode(createdAt, forKey: .createdAt)
    try values.encode(revokedAt, forKey: .revokedAt)  // null is said, not left out
    try values.encode(lastUsedAt, forKey: .lastUsedAt)
    try values.encodeIfPresent(secret, forKey: .secret)
  }
}

/// The body of `POST /v2/keys`.
package struct CreateKeyRequest: Decodable, Equatable, Sendable {
  package var name: String
  /// Whose rooms the key is for; absent: a new tenant's.
  package var tenantId: String?
  /// Absent means no.
  package var isAdmin: Bool?

  package init(name: String, tenantId: String? = nil, isAdmin: Bool? = nil) {
    self.name = name
    self.tenantId = tenantId
    self.isAdmin = isAdmin
  }
}

/// Something that was done with a right that not everybody has, as the REST API shows it.
package struct AuditResource: Encodable, Equatable, Sendable {
  package var time: Timestamp
  package var actor: String
  package var action: String
  package var target: String
  package var detail: String

  package init(time: Timestamp, actor: String, action: String, target: String, detail: String) {
    self.time = time
    self.actor = actor
    self.action = action
    self.target = target
    self.detail = detail
  }
}
