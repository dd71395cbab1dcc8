package import SFU
package import Signal

/// One relay of a participant's streams to another room; never reused.
package struct RelayNumber: Hashable, Sendable {
  package var rawValue: UInt32
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// A participant's wish to be seen in another room, as that room needs to know it.
package struct Relay: Sendable, Equatable {
  package let number: RelayNumber
  /// Where the participant is.
  package let origin: RoomID
  package let participantID: String
  package let name: String
  package let metaData: JSONValue
  package let kinds: [StreamKind]

  package init(
    number: RelayNumber, origin: RoomID, participantID: String, name: String,
    metaData: JSONValue, kinds: [StreamKind]
  ) {
    self.number = number
    self.origin = origin
    self.participantID = participantID
    self.name = name
    self.metaData = metaData
    self.kinds = kinds
  }
}

/// A stream of the origin that another room may show.
package struct RelayedStream: Sendable, Equatable {
  /// Its id in the origin; the destination gives it another.
  package let streamID: String
  package let kind: StreamKind
  /// `nil` while its owner has no media connection.
  package let track: TrackNumber?
  /// Where the track can be subscribed to.
  package let shard: ShardNumber?

  package init(streamID: String, kind: StreamKind, track: TrackNumber?, shard: ShardNumber?) {
    self.streamID = streamID
    self.kind = kind
    self.track = track
    self.shard = shard
  }
}

/// What the two rooms of a relay tell each other.
///
///     origin                        destination
///       ── requested ──────────────────▶
///       ◀── delivered, or refused ──────
///       ◀── responded ──────────────────  a moderator decided
///       ── streams, as they change ────▶
///       ── withdrawn ──────────────────▶  or  ◀── ended ──
package enum RelayMessage: Sendable, Equatable {
  case requested(Relay)
  /// The moderators were asked.
  case delivered(RelayNumber)
  case refused(RelayNumber, SignallingRefusal)
  case responded(RelayNumber, RelayDecision, decidedBy: String)
  /// All streams there are now.
  case streams(RelayNumber, [RelayedStream])
  /// The origin ends it, accepted or not.
  case withdrawn(RelayNumber)
  /// The destination ends it.
  case ended(RelayNumber, RelayStopReason)
}

/// A relay that a participant of this room asked for.
struct OutgoingRelay: Sendable {
  let relay: Relay
  let owner: ParticipantKey
  /// What the participant called the destination.
  let reference: String
  /// Not answered as long as the destination is not known.
  let requestID: Int
  var destination: RoomID?
  var isAccepted = false
  /// What the destination was told last.
  var streams: [RelayedStream]?
}

/// A relay that comes into this room, or would.
struct IncomingRelay: Sendable {
  /// A stream under the id that it has here.
  struct Stream: Sendable {
    var origin: RelayedStream
    var local: PublishedStream
  }

  let relay: Relay
  /// Stands for the relayed participant wherever a participant of this room would.
  let key: ParticipantKey
  var isAccepted = false
  /// The participant is in the roster.
  var isShown = false
  var streams: [Stream] = []

  var description: ParticipantDescription {
    ParticipantDescription(
      participantID: relay.participantID, displayName: relay.name, mode: .sendAndReceive,
      metaData: relay.metaData, streams: streams.map(\.local.description),
      relayedFrom: relay.origin.rawValue)
  }
}
