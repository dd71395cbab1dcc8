/// One entry of a session's event log.
package struct SessionEventResource: Encodable, Equatable, Sendable {
  /// From 1, without gaps.
  package var sequence: Int
  package var type: String
  package var time: Timestamp
  package var data: JSONValue

  package init(sequence: Int, type: String, time: Timestamp, data: JSONValue) {
    self.sequence = sequence
    self.type = type
    self.time = time
    self.data = data
  }
}

/// One event on its way to one endpoint, or there, or given up.
package struct WebhookDeliveryResource: Encodable, Equatable, Sendable {
  package var id: String
  /// The `webhook-id` header: the same for every attempt.
  package var eventId: String
  package var type: String
  package var roomId: String
  package var sessionId: String
  package var sequence: Int
  package var endPoint: String
  /// `waiting`, `delivered` or `dead`.
  package var state: String
  package var attempts: Int
  package var createdAt: Timestamp
  package var nextAttemptAt: Timestamp?
  package var deliveredAt: Timestamp?
  /// The HTTP status of the last attempt; `nil` if there was none.
  package var lastStatus: Int?
  package var lastError: String?
  /// What is sent; only when one delivery is asked for.
  package var body: JSONValue?

  package init(
    id: String, eventId: String, type: String, roomId: String, sessionId: String, sequence: Int,
    endPoint: String, state: String, attempts: Int, createdAt: Timestamp,
    nextAttemptAt: Timestamp?, deliveredAt: Timestamp?, lastStatus: Int?, lastError: String?,
    body: JSONValue? = nil
  ) {
    self.id = id
    self.eventId = eventId
    self.type = type
    self.roomId = roomId
    self.sessionId = sessionId
    self.sequence = sequence
    self.endPoint = endPoint
    self.state = state
    self.attempts = attempts
    self.createdAt = createdAt
    self.nextAttemptAt = nextAttemptAt
    self.deliveredAt = deliveredAt
    self.lastStatus = lastStatus
    self.lastError = lastError
    self.body = body
  }

  private enum CodingKeys: String, CodingKey {
    case id, eventId, type, roomId, sessionId, sequence, endPoint, state, attempts, createdAt
    case nextAttemptAt, deliveredAt, lastStatus, lastError, body
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(eventId, forKey: .eventId)
    try values.encode(type, forKey: .type)
    try values.encode(roomId, forKey: .roomId)
    try values.encode(sessionId, forKey: .sessionId)
    try values.encode(sequence, forKey: .sequence)
    try values.encode(endPoint, forKey: .endPoint)
    try values.encode(state, forKey: .state)
    try values.encode(attempts, forKey: .attempts)
    try values.encode(createdAt, forKey: .createdAt)
    // null is said, not left out
    try values.encode(nextAttemptAt, forKey: .nextAttemptAt)
    try values.encode(deliveredAt, forKey: .deliveredAt)
    try values.encode(lastStatus, forKey: .lastStatus)
    try values.encode(lastError, forKey: .lastError)
    try values.encodeIfPresent(body, forKey: .body)
  }
}

/// The body of `POST /v2/webhooks/redeliver`.
package struct RedeliverRequest: Decodable, Equatable, Sendable {
  /// Which deliveries: `dead`, or `delivered` ones once more.
  package var state: String
  /// A room's id or custom id; absent for all rooms.
  package var roomId: String?

  package init(state: String, roomId: String? = nil) {
    self.state = state
    self.roomId = roomId
  }
}

/// How many deliveries were set going again.
package struct RedeliverReply: Encodable, Equatable, Sendable {
  package var count: Int
  package init(count: Int) { self.count = count }
}

/// What the `webhook-signature` of a tenant is made with.
package struct WebhookSecretResource: Encodable, Equatable, Sendable {
  package var secret: String
  package init(secret: String) { self.secret = secret }
}

/// What `videosdk-signature` is checked with.
package struct PublicKeyResource: Encodable, Equatable, Sendable {
  package var publicKey: String
  package init(publicKey: String) { self.publicKey = publicKey }
}
