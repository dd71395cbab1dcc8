import Signal

/// Somebody who waits at the door until a participant lets it in; neither in the session nor
/// counted.
struct Guest: Sendable {
  let connection: ConnectionID
  /// The number of its join, which is answered when the wait is over.
  let joinID: Int
  /// As it came, its offer included.
  let request: JoinRequest
  let access: AccessToken
  let participantID: String

  var name: String { request.name ?? participantID }
}
