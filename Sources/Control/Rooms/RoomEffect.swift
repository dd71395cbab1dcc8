package import SFU
package import Signal

/// What reaches a room.
package enum RoomInput: Sendable {
  case join(JoinRequest, id: Int, AccessToken, connection: ConnectionID)
  /// A join by somebody who stays in another room until this one has let it in.
  case arrive(JoinRequest, id: Int, AccessToken, connection: ConnectionID)
  /// The other room did not let this one's participant in.
  case switchRefused(id: Int, connection: ConnectionID, SignallingRefusal)
  /// The socket belongs to another room now.
  case depart(ConnectionID, LeaveReason)
  case resume(ResumeRequest, id: Int, connection: ConnectionID)
  case request(ClientRequest, id: Int, connection: ConnectionID)
  /// The socket is gone.
  case disconnected(ConnectionID)
  /// The socket's client does not read.
  case overflowed(ConnectionID)
  case shard(ShardEvent)
  case shardReady
  case shardDied(ShardNumber)
  /// What another room says about a relay.
  case relay(RelayMessage, from: RoomID)
  /// Goes to another live shard, with everybody.
  case move(ShardNumber)
  /// Ends the session, if there is one.
  case end(SessionEnd, LeaveReason)
  /// Of recordings, livestreams and HLS.
  case output(OutputInput)
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
  /// Somebody who came from another room is in, or is refused; what is posted next is the first
  /// that it hears of this room.
  case arrived(ConnectionID, SignallingRefusal?)
  /// Somebody asks to go to another room.
  case travel(ConnectionID, Traveller)
  case relay(RelayMessage, to: RoomID)
  /// Looks for the room that a participant wants to be seen in, and asks there.
  case findRelay(Relay, RelayRequest, AccessToken)
  case shard(ShardNumber, ShardCommand)
  case store(StoreChange)
  /// Not before what was decided until then is stored.
  case compose(ComposerOrder)
}
