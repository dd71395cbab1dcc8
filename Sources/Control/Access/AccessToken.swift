package import Signal

/// What a verified token says about its bearer.
package struct AccessToken: Sendable, Equatable {
  /// Clocks of two machines may differ by so much.
  package static let leewaySeconds: Int64 = 60

  package var apiKey: String
  package var tenant: TenantID
  package var permissions: Set<Permission>
  /// Empty: no restriction.
  package var roles: Set<TokenRole>
  /// The only room (id or custom id) the token is for, `nil` for any.
  package var roomID: String?
  /// The only participant the token is for, `nil` for any.
  package var participantID: String?
  package var expiresAt: Timestamp
  /// The key that signed it may act for the whole server.
  package var isAdmin: Bool
  /// The only session that a composer's pass is for; `nil` for everybody else's tokens.
  package var composedSession: SessionID?

  package init(
    apiKey: String, tenant: TenantID, permissions: Set<Permission>, roles: Set<TokenRole>,
    roomID: String?, participantID: String?, expiresAt: Timestamp, isAdmin: Bool = false,
    composedSession: SessionID? = nil
  ) {
    self.apiKey = apiKey
    self.tenant = tenant
    self.permissions = permissions
    self.roles = roles
    self.roomID = roomID
    self.participantID = participantID
    self.expiresAt = expiresAt
    self.isAdmin = isAdmin
    self.composedSession = composedSession
  }

  package var isComposer: Bool { composedSession != nil }
  package var mayCallREST: Bool { roles.isEmpty || roles.contains(.crawler) }
  package var mayJoin: Bool { roles.isEmpty || roles.contains(.rtc) }
}
