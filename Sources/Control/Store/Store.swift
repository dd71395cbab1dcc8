package import Signal

/// What outlives the program: small, so that a shared database can be another implementation.
///
/// Every query names a tenant, or something (a session) that was found by naming one.
package protocol Store: EventStore, WebhookStore, InsightsStore, OutputStore {
  /// Makes sure every key has a tenant, and says which.
  func tenants(
    forKeys keys: [String], at now: Timestamp
  ) async throws(StoreError)
    -> [String: TenantID]

  /// Writes all of the changes or none; they are on the disk when it returns.
  func commit(_ changes: [StoreChange], at now: Timestamp) async throws(StoreError)

  /// Stores a new room, or gives the tenant's room that has the same custom id; `nil` if the tenant
  /// has `limit` rooms already that are not disabled (0: no limit).
  func create(_ room: RoomRecord, limit: Int) async throws(StoreError) -> RoomRecord?

  /// Enables or disables a room, and writes the audit record if that changed it; `nil` if the tenant
  /// has no such room.
  func setDisabled(
    _ isDisabled: Bool, room reference: String, tenant: TenantID, at now: Timestamp,
    _ audit: AuditRecord?
  ) async throws(StoreError) -> RoomRecord?

  /// How many rooms of the tenant are not disabled.
  func roomCount(tenant: TenantID) async throws(StoreError) -> Int

  /// The room with this id, else the one with this custom id.
  func room(_ reference: String, tenant: TenantID) async throws(StoreError) -> RoomRecord?

  /// Newest first.
  func rooms(tenant: TenantID, _ page: PageRequest) async throws(StoreError) -> Listing<RoomRecord>

  func session(_ id: SessionID, tenant: TenantID) async throws(StoreError) -> SessionRecord?

  /// Newest first; `room` is `nil` for all rooms.
  func sessions(
    tenant: TenantID, room: RoomID?, _ page: PageRequest
  ) async throws(StoreError) -> Listing<SessionRecord>

  /// In the order they first came; `page` is `nil` for all.
  func participants(
    session: SessionID, onlyPresent: Bool, _ page: PageRequest?
  ) async throws(StoreError) -> Listing<ParticipantRecord>

  /// The persisted messages of a session, oldest first.
  func messages(session: SessionID) async throws(StoreError) -> [MessageRecord]

  /// Who may not join a room, and until when.
  func bans(room: RoomID, at now: Timestamp) async throws(StoreError) -> [String: Timestamp]

  /// Every key, the oldest first, revoked ones too.
  func keys() async throws(StoreError) -> StoredKeys

  /// Grows with every change of the keys, by whichever process.
  func keyVersion() async throws(StoreError) -> Int64

  /// Stores a new key and, if asked to, its tenant; false if that should be there and is not.
  func create(
    _ key: KeyRecord, inNewTenant: Bool, _ audit: AuditRecord
  ) async throws(StoreError) -> Bool

  /// Revokes a key for good, once; `nil` if there is none, or it is the configuration's.
  func revoke(
    key: String, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> KeyRecord?

  /// Notes when keys were last used.
  func noteUses(_ uses: [String: Timestamp]) async throws(StoreError)

  /// What was done with rights, newest first; `nil` is every tenant.
  func audit(
    tenant: TenantID?, _ page: PageRequest
  ) async throws(StoreError) -> Listing<AuditRecord>
}

/// The keys at one moment.
package struct StoredKeys: Sendable {
  package var records: [KeyRecord]
  package var version: Int64
}

/// The store failed; what it was asked for did not happen.
package struct StoreError: Error, Equatable, Sendable {
  /// For the log; never shown to clients.
  package var reason: String
  /// The same may succeed later: the disk is full or busy, say.
  package var isTemporary: Bool

  package init(reason: String, isTemporary: Bool = false) {
    self.reason = reason
    self.isTemporary = isTemporary
  }
}

/// One change of what is stored.
package enum StoreChange: Sendable, Equatable {
  case sessionStarted(SessionID, room: RoomID, tenant: TenantID, apiKey: String, at: Timestamp)
  case sessionEnded(SessionID, SessionEnd, at: Timestamp)
  case participantJoined(SessionID, NewParticipant, at: Timestamp)
  case participantLeft(SessionID, participantID: String, LeaveReason, at: Timestamp)
  case modeChanged(SessionID, participantID: String, ParticipantMode, at: Timestamp)
  case streamEnabled(SessionID, participantID: String, StreamKind, at: Timestamp)
  case streamDisabled(SessionID, participantID: String, StreamKind, at: Timestamp)
  case message(SessionID, MessageRecord)
  /// Messages that the history had no more place for.
  case messagesForgotten(SessionID, ordinals: [Int])
  case participantBanned(RoomID, participantID: String, until: Timestamp)
  case audited(AuditRecord)
  case roomDisabled(RoomID, at: Timestamp)
  /// Something for the session's event log alone; `data` is an object.
  case happened(SessionID, type: String, data: JSONValue, at: Timestamp)
  case webhookAttempted(WebhookAttempt)
  /// How good calls are; nobody waits for it.
  case insights(InsightsChange)
  case output(OutputChange)
  /// Where an output's file is put in the end; a secret.
  case uploadTarget(outputID: String, url: String)
  /// Nothing but that the server is alive.
  case alive

  /// A participant as it came.
  package struct NewParticipant: Sendable, Equatable {
    package var objectID: String
    package var participantID: String
    package var name: String
    package var mode: ParticipantMode
    package var client: ClientDescription

    package init(
      objectID: String, participantID: String, name: String, mode: ParticipantMode,
      client: ClientDescription
    ) {
      self.objectID = objectID
      self.participantID = participantID
      self.name = name
      self.mode = mode
      self.client = client
    }
  }
}
