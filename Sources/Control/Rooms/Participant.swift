import SFU
import Signal
import Wire

/// One stay of one participant in a room; a participant who joins again has another.
struct ParticipantKey: Hashable, Sendable {
  var rawValue: Int
}

/// A stream that a participant sends.
struct PublishedStream: Sendable {
  let streamID: String
  let kind: StreamKind
  var mid: String
  /// `nil` while the participant has no media connection.
  var track: TrackNumber?

  var description: StreamDescription { StreamDescription(streamID: streamID, kind: kind) }
}

/// What a participant wants of a remote stream.
struct StreamWish: Sendable {
  var cap: LayerCap?
  var isPaused = false
}

/// One participant of a room.
struct Participant: Sendable {
  let key: ParticipantKey
  let participantID: String
  let name: String
  var mode: ParticipantMode
  let metaData: JSONValue
  let client: ClientDescription
  /// 24 hex digits, for the store.
  let objectID: String
  let access: AccessToken
  let resumeToken: String

  /// False until the media connection's offer is answered: nobody knows of it yet.
  var isJoined = false
  /// `nil` while its socket is gone.
  var connection: ConnectionID?
  var disconnectedAt: MonotonicTime?
  var mailbox: EventMailbox
  var replies: ReplyCache
  /// What is left of its messages per second.
  var publishing: TokenBucket

  var media = MediaConnection()
  /// In the order they were enabled.
  var streams: [PublishedStream] = []
  /// By stream id.
  var wishes: [String: StreamWish] = [:]
  var topics: Set<String> = []
  var pin = PinState()
  /// Counts it among what lives; let go with the last copy.
  var mark: LiveObjects.Mark?
  var insights = ParticipantInsights()

  /// A composer: it hears and sees everything and nobody sees it.
  var isHidden: Bool { access.composedSession != nil }

  /// What became of an event.
  enum Delivery: Sendable {
    case write(ConnectionID, OutboundFrame)
    /// Nobody reads now; it is kept for a socket that comes back.
    case remembered
    case full
  }

  /// Numbers an event for this participant.
  mutating func deliver(_ body: SharedBody, at now: MonotonicTime) -> Delivery {
    switch mailbox.add(body, at: now, isConnected: connection != nil) {
    case .added(let frame): connection.map { .write($0, frame) } ?? .remembered
    case .full: .full
    }
  }

  var description: ParticipantDescription {
    ParticipantDescription(
      participantID: participantID, displayName: name, mode: mode, metaData: metaData,
      streams: streams.map(\.description), pin: pin == PinState() ? nil : pin)
  }

  func stream(_ kind: StreamKind) -> PublishedStream? { streams.first { $0.kind == kind } }
}

/// A participant's endpoint, as far as it exists.
///
///     absent ─offer─▶ asked ─answered─▶ up ⇄ asked again
///        ▲              │ refused, late   │ closed, shard died
///        └──────────────┴─────────────────┘
struct MediaConnection: Sendable {
  /// An offer that a shard has not answered.
  struct PendingOffer: Sendable {
    var requestID: Int
    var sdp: String
    /// `nil`: nothing was said about streams.
    var streams: [StreamOnLine]?
    /// From a new peer connection; else a further offer of the one that is up.
    var isNew: Bool
    var deadline: MonotonicTime
  }

  /// `nil` while absent, or while no shard lives to ask.
  var endpoint: EndpointNumber?
  var isUp = false
  var pending: PendingOffer?
  /// The m-lines in which remote tracks are.
  var seats: [TrackNumber: String] = [:]
  /// An offer failed because no shard lived: the client has to be asked for another.
  var wantsReset = false
}
