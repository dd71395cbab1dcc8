package import Signal

/// What outlives the program: small, so that a shared database can be another implementation.
///
/// Every query names a tenant, or something (a session) that was found by naming one.
package protocol Store: Sendable {
  /// Makes sure every key has a tenant, and says which.
  func tenants(
    forKeys keys: [String], at now: Timestamp
  ) async throws(StoreError)
    -> [String: TenantID]

  /// Writes all of the changes or none; they are on the disk when it returns.
  func commit(_ changes: [StoreChange], at now: Timestamp) async throws(StoreError)

  /// Stores a new room, or gives the tenant's room that has the same custom id.
  func create(_ room: RoomRecord) async throws(StoreError) -> RoomRecord

  /// Enables or disables a room; `nil` if the tenant has no such room.
  func setDisabled(
    _ isDisabled: Bool, room reference: String, tenant: TenantID, at now: Timestamp
  ) async throws(StoreError) -> RoomRecord?

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
  case streamEnabled(SessionID, participantID: String, StreamKind, at: Timestamp)
  case streamDisabled(SessionID, participantID: String, StreamKind, at: Timestamp)
  case message(SessionID, MessageRecord)
  /// Messages that the history had no more place for.
  case messagesForgotten(SessionID, ordinals: [Int])
  case participantBanned(RoomID, participantID: String, until: Timestamp)
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
