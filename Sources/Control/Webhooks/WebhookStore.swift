package import Signal

/// The deliveries of events, which are written with the events themselves.
package protocol WebhookStore: Sendable {
  /// Tells of lanes that have a delivery more.
  var webhookNews: WebhookNews { get }

  /// Lanes that have something to deliver, those that are due first before others.
  func waitingLanes(limit: Int) async throws(StoreError) -> [WaitingLane]

  /// What waits in a lane, the next one first.
  func waiting(in lane: WebhookLane, limit: Int) async throws(StoreError) -> [WebhookDelivery]

  /// Newest first; a tenant that is `nil` is all of them.
  func deliveries(
    tenant: TenantID?, _ filter: DeliveryFilter, _ page: PageRequest
  ) async throws(StoreError) -> Listing<WebhookDelivery>

  func delivery(
    _ number: Int64, tenant: TenantID?
  ) async throws(StoreError) -> WebhookDelivery?

  /// Lets deliveries wait once more, from the first attempt on; says how many.
  ///
  /// - Parameter actor: who asked for it, for the audit record of each tenant.
  func redeliver(
    _ numbers: RedeliverySelection, tenant: TenantID?, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> Int

  /// How many deliveries wait, and when the oldest of them came about.
  func waitingDeliveries() async throws(StoreError) -> (count: Int, oldest: Timestamp?)

  /// What a tenant's deliveries are signed with; made when first asked for.
  func webhookSecret(tenant: TenantID, at now: Timestamp) async throws(StoreError) -> String

  /// Removes what was delivered or given up, and came about before `time`; some of it at a time.
  func forgetDeliveries(before time: Timestamp) async throws(StoreError)

  /// A number that changes when another process writes to the store.
  func foreignVersion() async throws(StoreError) -> Int64
}

/// A lane, and when its next delivery is due.
package struct WaitingLane: Sendable, Equatable {
  package var lane: WebhookLane
  /// `nil`: at once.
  package var nextAttemptAt: Timestamp?
}

/// Which deliveries are listed.
package struct DeliveryFilter: Sendable, Equatable {
  package var state: WebhookDelivery.State?
  package var roomID: RoomID?
  package var sessionID: SessionID?

  package init(
    state: WebhookDelivery.State? = nil, roomID: RoomID? = nil, sessionID: SessionID? = nil
  ) {
    self.state = state
    self.roomID = roomID
    self.sessionID = sessionID
  }
}

/// Which deliveries are to be delivered once more.
package enum RedeliverySelection: Sendable, Equatable {
  case one(Int64)
  case all(WebhookDelivery.State, room: RoomID?)
}
