package import Signal

extension RoomDirectory {
  /// `GET /v2/sessions/`; `roomID` is a room's id or custom id, `nil` for all rooms.
  package func sessions(
    roomID: String?, _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<SessionResource> {
    var room: RoomID?
    if let reference = roomID ?? access.roomID {
      room = try await record(reference, access).roomID
    }
    let sessions = try await stored { [room] () throws(StoreError) in
      try await store.sessions(tenant: access.tenant, room: room, page)
    }
    var resources: [SessionResource] = []
    for session in sessions.elements { resources.append(try await resource(session)) }
    return Page(resources, pageInfo: PageInfo(page, total: sessions.total))
  }

  /// `GET /v2/sessions/{sessionId}`.
  package func session(
    _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> SessionResource {
    try await resource(try await record(session: id, access))
  }

  /// `GET /v2/sessions/{sessionId}/participants`.
  package func participants(
    session id: String, _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> ObjectPage<SessionParticipantsResource> {
    let session = try await record(session: id, access)
    let participants = try await stored { () throws(StoreError) in
      try await store.participants(session: session.sessionID, onlyPresent: false, page)
    }
    let resource = SessionParticipantsResource(
      id: session.sessionID.rawValue, roomId: session.roomID.rawValue,
      customRoomId: session.customRoomID,
      participants: participants.elements.map(SessionParticipantResource.init),
      links: links(session))
    return ObjectPage(resource, pageInfo: PageInfo(page, total: participants.total))
  }

  /// `GET /v2/sessions/{sessionId}/participants/active`.
  ///
  /// The page is one of participants; they lie in the only element of `data`, if there are any.
  package func activeParticipants(
    session id: String, _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<ActiveSessionResource> {
    let session = try await record(session: id, access)
    let participants = try await stored { () throws(StoreError) in
      try await store.participants(session: session.sessionID, onlyPresent: true, page)
    }
    guard session.end == nil, participants.total > 0 else {
      return Page([], pageInfo: PageInfo(page, total: 0))
    }
    let resource = ActiveSessionResource(
      id: session.sessionID.rawValue, apiKey: session.apiKey, start: session.start,
      end: session.end, participants: participants.elements.map(ActiveParticipantResource.init),
      roomId: session.roomID.rawValue, status: .ongoing, links: links(session))
    return Page([resource], pageInfo: PageInfo(page, total: participants.total))
  }

  /// `POST /v2/sessions/end`; answers when the session is over and stored.
  package func endSession(
    _ request: EndSessionRequest, _ access: AccessToken
  ) async throws(ControlError) -> SessionResource {
    let room = try await record(request.roomId, access)
    guard let live = live[room.roomID],
      let ended = await live.end(request.sessionId.map { SessionID($0) }, by: access)
    else { throw .sessionNotFound }
    await live.settled()
    return try await session(ended.rawValue, access)
  }

  /// `POST /v2/sessions/participants/remove`; they stay out until their token expires.
  package func removeParticipant(
    _ request: RemoveParticipantRequest, _ access: AccessToken
  ) async throws(ControlError) -> SessionResource {
    let room = try await record(request.roomId, access)
    let sessionID = request.sessionId.map { SessionID($0) }
    guard let live = live[room.roomID] else { throw .sessionNotFound }
    guard
      let session = await live.remove(request.participantId, session: sessionID, by: access)
    else { throw .participantNotFound }
    await live.settled()
    return try await self.session(session.rawValue, access)
  }

  /// `GET /v2/sessions/{sessionId}/chat.csv`, where `chatLink` points: the persisted messages.
  package func chatCSV(
    session id: String, _ access: AccessToken
  ) async throws(ControlError) -> [UInt8] {
    let session = try await record(session: id, access)
    let messages = try await stored { () throws(StoreError) in
      try await store.messages(session: session.sessionID)
    }
    return ChatCSV.write(messages)
  }

  /// The stored session that a REST request names, if the token may see it.
  func record(
    session id: String, _ access: AccessToken
  ) async throws(ControlError) -> SessionRecord {
    let session = try await stored { () throws(StoreError) in
      try await store.session(SessionID(id), tenant: access.tenant)
    }
    guard let session,
      access.isFor(room: session.roomID, customRoomID: session.customRoomID)
    else { throw .sessionNotFound }
    return session
  }

  private func resource(_ session: SessionRecord) async throws(ControlError) -> SessionResource {
    let participants = try await stored { () throws(StoreError) in
      try await store.participants(session: session.sessionID, onlyPresent: false, nil)
    }
    let end = session.end ?? time().wall
    let links = links(session)
    return SessionResource(
      id: session.sessionID.rawValue, userId: session.tenant.rawValue,
      roomId: session.roomID.rawValue, customRoomId: session.customRoomID, start: session.start,
      end: session.end,
      participants: participants.elements.map(SessionParticipantResource.init),
      activeDuration: Int(max(0, end.milliseconds &- session.start.milliseconds) / 1_000),
      chatLink: session.hasMessages ? "\(links.session)/chat.csv" : nil,
      status: session.end == nil ? .ongoing : .ended, endReason: session.endReason?.rawValue,
      links: links)
  }

  private nonisolated func links(_ session: SessionRecord) -> SessionLinks {
    let base = configuration.publicURL
    let session = (room: session.roomID.rawValue, id: session.sessionID.rawValue)
    return SessionLinks(
      room: "\(base)/v2/rooms/\(session.room)",
      session: "\(base)/v2/sessions/\(session.id)",
      allParticipants: "\(base)/v2/sessions/\(session.id)/participants")
  }
}

extension TimelogResource {
  init(_ span: TimeSpan) { self.init(start: span.start, end: span.end) }
}

extension SessionParticipantResource {
  init(_ record: ParticipantRecord) {
    self.init(
      id: record.objectID, participantId: record.participantID, name: record.name,
      timelog: record.presence.map(TimelogResource.init))
  }
}

extension ActiveParticipantResource {
  init(_ record: ParticipantRecord) {
    func log(_ kind: StreamKind) -> [TimelogResource] {
      record.streams[kind, default: []].map(TimelogResource.init)
    }
    self.init(
      id: record.objectID, participantId: record.participantID, name: record.name,
      events: Events(
        mic: log(.audio), webcam: log(.video), screenShare: log(.share),
        screenShareAudio: log(.shareAudio)),
      timelog: record.presence.map(TimelogResource.init),
      initTime: record.presence.last?.start ?? Timestamp(milliseconds: 0),
      deviceInfo: DeviceInfo(record.client),
      changeModeHistory: Self.modeChanges(of: record), mode: record.mode)
  }

  private static func modeChanges(of record: ParticipantRecord) -> [ModeChange] {
    guard !record.modes.isEmpty else {
      return [
        ModeChange(
          mode: record.mode, timelog: record.presence.suffix(1).map(TimelogResource.init),
          id: record.objectID)
      ]
    }
    return record.modes.enumerated().map { index, mode in
      ModeChange(
        mode: mode.mode, timelog: [TimelogResource(mode.span)],
        id: id(record.objectID, plus: index))
    }
  }

  /// 24 hex digits that are different for every `index`, and the participant's own for 0.
  private static func id(_ objectID: String, plus index: Int) -> String {
    guard let last = UInt32(objectID.suffix(8), radix: 16) else { return objectID }
    let digits = String(last &+ UInt32(truncatingIfNeeded: index), radix: 16)
    return String(objectID.dropLast(8)) + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
