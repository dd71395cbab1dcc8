package import Signal

/// The deliveries of one room to one endpoint: strictly in order, the next after the one before.
package struct WebhookLane: Hashable, Sendable {
  package var roomID: RoomID
  package var endPoint: String

  package init(roomID: RoomID, endPoint: String) {
    self.roomID = roomID
    self.endPoint = endPoint
  }
}

/// One event on its way to one endpoint, as it is stored.
package struct WebhookDelivery: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable {
    case waiting, delivered
    /// Given up: after the last retry, or since the endpoint is gone.
    case dead
  }

  /// Its place among all deliveries; REST's `id`.
  package var number: Int64
  package var event: SessionEvent
  package var lane: WebhookLane
  package var tenant: TenantID
  package var state: State
  package var attempts: Int
  package var createdAt: Timestamp
  package var firstAttemptAt: Timestamp?
  /// `nil`: at once, if it waits.
  package var nextAttemptAt: Timestamp?
  package var deliveredAt: Timestamp?
  package var lastStatus: Int?
  package var lastError: String?

  package init(
    number: Int64, event: SessionEvent, lane: WebhookLane, tenant: TenantID, state: State,
    attempts: Int, createdAt: Timestamp, firstAttemptAt: Timestamp? = nil,
    nextAttemptAt: Timestamp? = nil, deliveredAt: Timestamp? = nil, lastStatus: Int? = nil,
    lastError: String? = nil
  ) {
    self.number = number
    self.event = event
    self.lane = lane
    self.tenant = tenant
    self.state = state
    self.attempts = attempts
    self.createdAt = createdAt
    self.firstAttemptAt = firstAttemptAt
    self.nextAttemptAt = nextAttemptAt
    self.deliveredAt = deliveredAt
    self.lastStatus = lastStatus
    self.lastError = lastError
  }

  package var body: JSONValue { event.webhookBody(room: lane.roomID) }
}

/// One attempt to deliver, and what came of it.
package struct WebhookAttempt: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    case delivered
    case retry(at: Timestamp, error: String)
    case dead(error: String)
    /// Nothing of this lane will ever be wanted (410).
    case endpointGone
  }

  package var number: Int64
  package var lane: WebhookLane
  package var outcome: Outcome
  /// Of the answer, if there was one.
  package var status: Int?
  package var time: Timestamp

  package init(
    number: Int64, lane: WebhookLane, outcome: Outcome, status: Int?, time: Timestamp
  ) {
    self.number = number
    self.lane = lane
    self.outcome = outcome
    self.status = status
    self.time = time
  }
}
