package import Signal

/// The REST API v2. Every call is scoped by the token's tenant and, if it has one, its room.
extension RoomDirectory {
  /// Verifies the `Authorization` header of a REST request, asks the table of rights whether the
  /// token may do this, and counts the request.
  ///
  /// - Throws: `unauthorized`, `forbidden` or `quotaExceeded`.
  package nonisolated func authorize(
    header: String?, for operation: Operation
  ) throws(ControlError) -> AccessToken {
    let now = time()
    let access = try verifier.verify(header ?? "", at: now.wall)
    try usage.request(by: access.apiKey, at: now)
    try access.require(operation)
    return access
  }

  /// `POST /v2/rooms`; idempotent on `customRoomId`.
  package func createRoom(
    _ request: CreateRoomRequest, _ access: AccessToken
  ) async throws(ControlError) -> RoomResource {
    guard drain == nil else { throw .draining }
    if let only = access.roomID, only != request.customRoomId {
      throw .forbidden("The token is for another room.")
    }
    if let custom = request.customRoomId, !CustomRoomIDRule.allows(custom) {
      throw .invalidParameter("'customRoomId' has 1 to 128 characters without spaces or '/'.")
    }
    try configuration.check(request)
    let now = time().wall
    var random = SystemRandomNumberGenerator()
    let draft = RoomRecord(
      objectID: RandomText.hex(24, using: &random), roomID: .random(using: &random),
      tenant: access.tenant, customRoomID: request.customRoomId, webhook: request.webhook,
      autoClose: request.autoCloseConfig, allowedParticipantIDs: request.allowedParticipantIds,
      outputOptions: request.outputOptions, createdAt: now, updatedAt: now)
    let limit = configuration.quotas.roomsPerTenant
    let room = try await stored { () throws(StoreError) in
      try await store.create(draft, limit: limit)
    }
    guard let room else { throw Self.tooManyRooms(limit) }
    return resource(room, access, inList: false)
  }

  /// `GET /v2/rooms`.
  package func rooms(
    _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<RoomResource> {
    if let only = access.roomID {
      let room = try await record(only, access)
      return Page(
        page.page == 1 ? [resource(room, access, inList: true)] : [],
        pageInfo: PageInfo(page, total: 1))
    }
    let rooms = try await stored { () throws(StoreError) in
      try await store.rooms(tenant: access.tenant, page)
    }
    return Page(
      rooms.elements.map { resource($0, access, inList: true) },
      pageInfo: PageInfo(page, total: rooms.total))
  }

  /// `GET /v2/rooms/{roomId|customRoomId}`.
  package func room(
    _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> RoomResource {
    resource(try await record(id, access), access, inList: true)
  }

  /// `GET` and `POST /v2/rooms/validate/{roomId|customRoomId}`; a disabled room is refused.
  package func validateRoom(
    _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> RoomResource {
    let room = try await record(id, access)
    guard !room.isDisabled else { throw .roomDisabled }
    return resource(room, access, inList: false)
  }

  /// `POST /v2/rooms/{roomId|customRoomId}`; disabling ends the session.
  package func setRoomStatus(
    _ id: String, _ request: RoomStatusRequest, _ access: AccessToken
  ) async throws(ControlError) -> RoomResource {
    let room = try await setDisabled(request.status == .disabled, id, access)
    var resource = resource(room, access, inList: true)
    resource.status = request.status.rawValue
    return resource
  }

  /// `POST /v2/rooms/deactivate`; ends the session.
  package func deactivateRoom(
    _ request: DeactivateRoomRequest, _ access: AccessToken
  ) async throws(ControlError) -> DeactivatedRoomResource {
    let room = try await setDisabled(true, request.roomId, access)
    return DeactivatedRoomResource(
      meetingId: room.roomID.rawValue, userMeetingId: room.customRoomID,
      webhook: .init(events: room.webhook?.events ?? [], endPoint: room.webhook?.endPoint),
      user: owner(access),
      createdAt: room.createdAt, updatedAt: room.updatedAt, id: room.objectID)
  }

  private func setDisabled(
    _ isDisabled: Bool, _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> RoomRecord {
    let known = try await record(id, access)
    let limit = configuration.quotas.roomsPerTenant
    if known.isDisabled, !isDisabled, limit > 0 {
      let count = try await stored { () throws(StoreError) in
        try await store.roomCount(tenant: access.tenant)
      }
      guard count < limit else { throw Self.tooManyRooms(limit) }
    }
    let now = time().wall
    let audit = AuditRecord(
      isDisabled ? .roomDisabled : .roomEnabled, known.roomID.rawValue, by: access, at: now)
    let changed = try await stored { () throws(StoreError) in
      try await store.setDisabled(
        isDisabled, room: known.roomID.rawValue, tenant: access.tenant, at: now, audit)
    }
    guard let changed else { throw .roomNotFound }
    if let live = live[changed.roomID] {
      await live.setDisabled(isDisabled)
      await live.settled()
    }
    return changed
  }

  private static func tooManyRooms(_ limit: Int) -> ControlError {
    // Nobody knows when a room is disabled; a minute keeps clients from asking all the time.
    .quotaExceeded(
      "There are \(limit) rooms already; disable some that are not used.", retryAfterSeconds: 60)
  }

  /// The stored room that a REST request names, if the token may see it.
  func record(_ id: String, _ access: AccessToken) async throws(ControlError) -> RoomRecord {
    let room = try await stored { () throws(StoreError) in
      try await store.room(id, tenant: access.tenant)
    }
    guard let room, access.isFor(room) else { throw .roomNotFound }
    return room
  }

  /// Asks the store; its failures become the caller's 503.
  func stored<Value: Sendable>(
    _ query: () async throws(StoreError) -> Value
  ) async throws(ControlError) -> Value {
    do {
      return try await query()
    } catch {
      throw .storeUnavailable
    }
  }

  private func owner(_ access: AccessToken) -> RoomResource.Owner {
    // There are no accounts behind a key: its name stands for one.
    RoomResource.Owner(id: access.tenant.rawValue, name: access.apiKey, email: "")
  }

  private func resource(
    _ room: RoomRecord, _ access: AccessToken, inList: Bool
  ) -> RoomResource {
    RoomResource(
      roomId: room.roomID.rawValue, customRoomId: room.customRoomID,
      userId: inList ? nil : room.tenant.rawValue, user: inList ? owner(access) : nil,
      disabled: room.isDisabled, webhook: room.webhook, autoCloseConfig: room.autoClose,
      allowedParticipantIds: room.allowedParticipantIDs, outputOptions: room.outputOptions,
      createdAt: room.createdAt,
      updatedAt: room.updatedAt,
      id: room.objectID,
      links: RoomLinks(
        room: "\(configuration.publicURL)/v2/rooms/\(room.roomID.rawValue)",
        session: "\(configuration.publicURL)/v2/sessions?roomId=\(room.roomID.rawValue)"))
  }
}

/// What an application may name a room: it stands in URL paths.
enum CustomRoomIDRule {
  static func allows(_ id: String) -> Bool {
    (1...128).contains(id.count) && id.utf8.count <= 512
      && id.unicodeScalars.allSatisfy { scalar in
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
          && scalar != "/"
      }
  }
}
