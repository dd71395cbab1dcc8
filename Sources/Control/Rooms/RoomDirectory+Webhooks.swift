package import Signal

/// Event logs and webhooks over REST.
extension RoomDirectory {
  /// `GET /v2/sessions/{sessionId}/events`.
  package func events(
    session id: String, _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<SessionEventResource> {
    let session = try await record(session: id, access)
    let events = try await stored { () throws(StoreError) in
      try await store.events(session: session.sessionID, page)
    }
    return Page(
      events.elements.map {
        SessionEventResource(sequence: $0.sequence, type: $0.type, time: $0.time, data: $0.data)
      }, pageInfo: PageInfo(page, total: events.total))
  }

  /// `GET /v2/webhooks/deliveries`; `room` is a room's id or custom id.
  package func deliveries(
    state: String?, room: String?, session: String?, _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<WebhookDeliveryResource> {
    var filter = DeliveryFilter(sessionID: session.map { SessionID($0) })
    if let state { filter.state = try Self.state(state) }
    if let reference = room ?? access.roomID {
      filter.roomID = try await record(reference, access).roomID
    }
    let deliveries = try await stored { [filter] () throws(StoreError) in
      try await store.deliveries(tenant: access.tenant, filter, page)
    }
    return Page(
      deliveries.elements.map { WebhookDeliveryResource($0) },
      pageInfo: PageInfo(page, total: deliveries.total))
  }

  /// `GET /v2/webhooks/deliveries/{id}`.
  package func delivery(
    _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> WebhookDeliveryResource {
    WebhookDeliveryResource(try await record(delivery: id, access), showsBody: true)
  }

  /// `POST /v2/webhooks/deliveries/{id}/redeliver`; the same event with the same id once more.
  package func redeliver(
    _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> WebhookDeliveryResource {
    let delivery = try await record(delivery: id, access)
    _ = try await stored { () throws(StoreError) in
      try await store.redeliver(
        .one(delivery.number), tenant: access.tenant, by: access.apiKey, at: time().wall)
    }
    return try await self.delivery(id, access)
  }

  /// `POST /v2/webhooks/redeliver`.
  package func redeliver(
    _ request: RedeliverRequest, _ access: AccessToken
  ) async throws(ControlError) -> RedeliverReply {
    let state = try Self.state(request.state)
    var room: RoomID?
    if let reference = request.roomId ?? access.roomID {
      room = try await record(reference, access).roomID
    }
    return RedeliverReply(
      count: try await stored { [room] () throws(StoreError) in
        try await store.redeliver(
          .all(state, room: room), tenant: access.tenant, by: access.apiKey, at: time().wall)
      })
  }

  /// `GET /v2/webhooks/secret`.
  package func webhookSecret(
    _ access: AccessToken
  ) async throws(ControlError) -> WebhookSecretResource {
    WebhookSecretResource(
      secret: try await stored { () throws(StoreError) in
        try await store.webhookSecret(tenant: access.tenant, at: time().wall)
      })
  }

  private static func state(_ text: String) throws(ControlError) -> WebhookDelivery.State {
    guard let state = WebhookDelivery.State(rawValue: text) else {
      throw .invalidParameter("'state' is waiting, delivered or dead.")
    }
    return state
  }

  private func record(
    delivery id: String, _ access: AccessToken
  ) async throws(ControlError) -> WebhookDelivery {
    guard let number = Int64(id) else { throw .deliveryNotFound }
    let delivery = try await stored { () throws(StoreError) in
      try await store.delivery(number, tenant: access.tenant)
    }
    guard let delivery else { throw .deliveryNotFound }
    if let room = access.roomID, try await record(room, access).roomID != delivery.lane.roomID {
      throw .deliveryNotFound
    }
    return delivery
  }
}

extension WebhookDeliveryResource {
  package init(_ delivery: WebhookDelivery, showsBody: Bool = false) {
    self.init(
      id: String(delivery.number), eventId: delivery.event.eventID, type: delivery.event.type,
      roomId: delivery.lane.roomID.rawValue, sessionId: delivery.event.sessionID.rawValue,
      sequence: delivery.event.sequence, endPoint: delivery.lane.endPoint,
      state: delivery.state.rawValue, attempts: delivery.attempts, createdAt: delivery.createdAt,
      nextAttemptAt: delivery.nextAttemptAt, deliveredAt: delivery.deliveredAt,
      lastStatus: delivery.lastStatus, lastError: delivery.lastError,
      body: showsBody ? delivery.body : nil)
  }
}
