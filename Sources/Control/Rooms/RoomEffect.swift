package import SFU
package import Signal

/// What reaches a room.
package enum RoomInput: Sendable {
  case join(JoinRequest, id: Int, AccessToken, connection: ConnectionID)
  case resume(ResumeRequest, id: Int, connection: ConnectionID)
  case request(ClientRequest, id: Int, connection: ConnectionID)
  /// The socket is gone.
  case disconnected(ConnectionID)
  /// The socket's client does not read.
  case overflowed(ConnectionID)
  case shard(ShardEvent)
  case shardReady
  case shardDied(ShardNumber)
  /// Ends the session, if there is one.
  case end(SessionEnd, LeaveReason)
  case remove(participantID: String, LeaveReason)
  /// Forbids or allows to join; forbidding ends the session.
  case setDisabled(Bool)
  /// The tokens signed with these are worth nothing any more.
  case keysRevoked(Set<String>)
  case stop
  case tick
}

/// What a room has decided and somebody else has to carry out, in this order.
package enum RoomEffect: Sendable, Equatable {
  case post(ConnectionID, OutboundFrame)
  /// Closes a socket after what was posted to it, or at once.
  case close(ConnectionID, code: UInt16, reason: String, discarding: Bool)
  case shard(ShardNumber, ShardCommand)
  case store(StoreChange)
}
