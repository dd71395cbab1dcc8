package import Signal

/// Something that was done with a right that not everybody has, and who did it.
package struct AuditRecord: Sendable, Equatable {
  /// What was done; raw values are those of the REST API.
  package enum Action: String, Sendable, CaseIterable {
    case keyCreated = "key.created"
    case keyRevoked = "key.revoked"
    case roomDisabled = "room.disabled"
    case roomEnabled = "room.enabled"
    case sessionEnded = "session.ended"
    case participantRemoved = "participant.removed"
    case deliveryRepeated = "webhook.redelivered"
    case storageChanged = "key.storage"
    case outputStarted = "output.started"
    case outputStopped = "output.stopped"
    case outputDeleted = "output.deleted"
  }

  /// Records that are kept, some hundred megabytes; the oldest go.
  static let maximumCount: Int64 = 1_000_000

  package var time: Timestamp
  /// Whose rooms or keys it was done to.
  package var tenant: TenantID
  /// The key of the token, or what else it was done with: `command line`.
  package var actor: String
  package var action: Action
  /// The id of what it was done to.
  package var target: String
  /// More for people; empty if there is nothing to say.
  package var detail: String

  package init(
    time: Timestamp, tenant: TenantID, actor: String, action: Action, target: String,
    detail: String = ""
  ) {
    self.time = time
    self.tenant = tenant
    self.actor = actor
    self.action = action
    self.target = target
    self.detail = detail
  }

  /// What the bearer of a token did.
  package init(
    _ action: Action, _ target: String, detail: String = "", by access: AccessToken,
    at now: Timestamp
  ) {
    self.init(
      time: now, tenant: access.tenant, actor: access.apiKey, action: action, target: target,
      detail: detail)
  }
}
