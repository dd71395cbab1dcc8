package import SFU
package import Signal
import Wire

/// One room as a value: takes inputs, answers with effects, knows no clock, socket or disk.
///
/// A session lasts from the first participant to the last; what belongs to it is in `session`.
package struct RoomState: Sendable {
  /// What lasts as long as a session.
  struct Session: Sendable {
    let id: SessionID
    let startedAt: MonotonicTime
    var history: PubSubHistory
    var store = RealtimeStore()
    var lastStream = 0
    var lastMessage = 0
    /// Who shares a screen, in the order they began; the last is the presenter.
    var sharing: [ParticipantKey] = []
    var presenter: ParticipantKey?
    var speaker: ParticipantKey?
    var tally: SessionTally
  }

  let roomID: RoomID
  let customRoomID: String?
  let tenant: TenantID
  let configuration: ControlConfiguration
  let registry: ShardRegistry
  let usage: KeyUsage
  var limits: SignallingLimits { configuration.signalling }

  let autoClose: AutoCloseConfig?
  let outputOptions: RoomOutputOptions?
  /// `nil`: everybody with a token.
  let allowedParticipantIDs: Set<String>?
  var isDisabled: Bool
  /// Who was removed, and until when their tokens would let them in.
  var bans: [String: Timestamp]
  /// What the store is too far behind for.
  package enum Backlog: Sendable {
    case none
    /// Nothing more may be promised to persist.
    case refusesPersistence
    /// So much waits to be told that nothing more may be said.
    case refusesAll
  }
  package var backlog = Backlog.none
  /// What is left of the room's messages per second.
  var publishing: TokenBucket

  var session: Session?
  /// The room's name in the shards, from its first media connection to its last participant.
  var number: RoomNumber?
  var shard: ShardNumber?

  var participants: [ParticipantKey: Participant] = [:]
  /// Those who have joined, in that order.
  var joined: [ParticipantKey] = []
  /// Composers, which nobody sees.
  var observers: [ParticipantKey] = []
  /// Recordings, livestreams and HLS that are not over, oldest first; also of earlier sessions.
  var outputs: [LiveOutput] = []
  /// What became of the last `output` input.
  package var outputDecision: Result<[OutputRecord], OutputRefusal>?
  /// Who comes from another room, until it is decided whether it gets in.
  var arriving: Set<ConnectionID> = []
  /// Those who wait to be let in, in the order they came.
  var guests: [Guest] = []
  /// Who is subscribed to each topic.
  var subscribers: [String: [ParticipantKey]] = [:]
  var keysByConnection: [ConnectionID: ParticipantKey] = [:]
  var keysByEndpoint: [EndpointNumber: ParticipantKey] = [:]
  var keysByResumeToken: [String: ParticipantKey] = [:]
  var tracks: [TrackNumber: (owner: ParticipantKey, streamID: String)] = [:]
  /// Relays to other rooms, and from them.
  var outgoing: [OutgoingRelay] = []
  var incoming: [IncomingRelay] = []
  private var lastKey = 0

  /// Participants for whom no event more can be remembered.
  var unreachable: [ParticipantKey] = []
  var effects: [RoomEffect] = []
  /// Measured, and not stored yet.
  var insights = RoomInsights()

  package init(
    _ room: RoomRecord, bans: [String: Timestamp], configuration: ControlConfiguration,
    registry: ShardRegistry, usage: KeyUsage = KeyUsage(limits: .standard)
  ) {
    self.usage = usage
    publishing = TokenBucket(rate: configuration.quotas.roomMessagesPerSecond)
    roomID = room.roomID
    customRoomID = room.customRoomID
    tenant = room.tenant
    isDisabled = room.isDisabled
    autoClose = room.autoClose
    outputOptions = room.outputOptions
    allowedParticipantIDs = room.allowedParticipantIDs.map { Set($0) }
    self.bans = bans
    self.configuration = configuration
    self.registry = registry
  }

  /// Takes one input; the caller carries out the effects, in order.
  package mutating func handle(_ input: RoomInput, at now: Moment) -> [RoomEffect] {
    switch input {
    case .join(let request, let id, let access, let connection):
      join(request, id: id, access, connection, now)
    case .arrive(let request, let id, let access, let connection):
      arriving.insert(connection)
      join(request, id: id, access, connection, now)
    case .switchRefused(let id, let connection, let refusal):
      switchRefused(id, connection, refusal)
    case .depart(let connection, let reason): depart(connection, reason, now)
    case .resume(let request, let id, let connection):
      resume(request, id: id, connection, now)
    case .request(let request, let id, let connection):
      receive(request, id: id, connection, now)
    case .disconnected(let connection): disconnected(connection, now)
    case .overflowed(let connection): overflowed(connection, now)
    case .shard(let event): receive(event, now)
    case .relay(let message, let other): receive(message, from: other, now)
    case .move(let shard): move(to: shard, now)
    case .shardReady: shardReady(now)
    case .shardDied(let shard): shardDied(shard, now)
    case .end(let end, let reason): endSession(end, reason, closeCode: 1000, now)
    case .remove(let participantID, let reason): remove(participantID, reason, now)
    case .setDisabled(let disabled): setDisabled(disabled, now)
    case .keysRevoked(let keys): expel(bearersOf: keys, now)
    case .output(let input): handle(input, now)
    case .stop: stop(now)
    case .tick: tick(now)
    }
    while let key = unreachable.popLast() { leave(key, .webSocketDisconnected, .silent, now) }
    updateRelays()
    releaseIfEmpty()
    defer { effects.removeAll() }
    return effects
  }

  /// Nobody is here, on the way or at the door.
  package var isEmpty: Bool { participants.isEmpty && guests.isEmpty && outputs.isEmpty }
  package var participantCount: Int { joined.count }
  package var sessionID: SessionID? { session?.id }

  /// The endpoint of a participant who has joined; for inspection.
  package func endpoint(of participantID: String) -> EndpointNumber? {
    joinedKey(participantID).flatMap { participants[$0]?.media.endpoint }
  }

  /// Everybody who hears what happens, composers included.
  var listeners: [ParticipantKey] { joined + observers }

  func joinedKey(_ participantID: String) -> ParticipantKey? {
    joined.first { participants[$0]?.participantID == participantID }
  }

  mutating func makeKey() -> ParticipantKey {
    lastKey += 1
    return ParticipantKey(rawValue: lastKey)
  }

  /// Sends an event to those who have joined.
  mutating func broadcast(
    _ event: ServerEvent, except excluded: ParticipantKey? = nil, _ now: Moment
  ) {
    let body = SharedBody(event)
    for key in listeners where key != excluded { send(body, to: key, now) }
  }

  /// Sends an event to those who have joined with a permission.
  mutating func broadcast(_ event: ServerEvent, to permission: Permission, _ now: Moment) {
    let body = SharedBody(event)
    for key in joined where participants[key]?.access.permissions.contains(permission) == true {
      send(body, to: key, now)
    }
  }

  /// Puts something that happened into the session's event log, if there is a session.
  mutating func note(_ type: String, _ data: JSONValue, _ now: Moment) {
    guard let session else { return }
    effects.append(.store(.happened(session.id, type: type, data: data, at: now.wall)))
  }

  mutating func send(_ event: ServerEvent, to key: ParticipantKey, _ now: Moment) {
    send(SharedBody(event), to: key, now)
  }

  mutating func send(_ body: SharedBody, to key: ParticipantKey, _ now: Moment) {
    switch participants[key]?.deliver(body, at: now.monotonic) {
    case .write(let connection, let frame): effects.append(.post(connection, frame))
    case .full: unreachable.append(key)
    case .remembered, nil: break
    }
  }

  /// Answers a request, now and whenever it is repeated.
  mutating func reply(_ reply: ServerReply, to id: Int, of key: ParticipantKey) {
    answer(id, of: key, with: .body(SharedBody(reply)))
  }

  mutating func refuse(
    _ id: Int, of key: ParticipantKey, _ code: ErrorCode, _ message: String? = nil
  ) {
    let error = ServerMessage.error(ErrorMessage(id: nil, code, message))
    answer(id, of: key, with: .body(SharedBody(error)))
  }

  mutating func answer(_ id: Int, of key: ParticipantKey, with answer: ReplyCache.Answer) {
    participants[key]?.replies.answer(id, with: answer)
    post(answer, to: id, of: key)
  }

  /// Writes an answer to the socket, without taking notice of it.
  mutating func post(_ answer: ReplyCache.Answer, to id: Int, of key: ParticipantKey) {
    guard let participant = participants[key], let connection = participant.connection else {
      return
    }
    let body =
      switch answer {
      case .body(let body): body
      case .history(let topic, let ordinal):
        historyBody(topic, for: participant.participantID, through: ordinal)
      }
    effects.append(.post(connection, OutboundFrame(head: "{\"id\":\(id),", body: body)))
  }

  /// Turns a socket away that belongs to no participant.
  mutating func turnAway(
    _ connection: ConnectionID, id: Int?, _ code: ErrorCode, _ message: String? = nil
  ) {
    if arriving.remove(connection) != nil {  // it stays where it is
      return effects.append(.arrived(connection, SignallingRefusal(code, message)))
    }
    effects.append(
      .post(connection, OutboundFrame(.error(ErrorMessage(id: id, code, message)))))
    close(connection, code)
  }

  mutating func close(_ connection: ConnectionID, _ code: ErrorCode, discarding: Bool = false) {
    effects.append(
      .close(
        connection, code: UInt16(truncatingIfNeeded: code.number), reason: code.name,
        discarding: discarding))
  }

  private mutating func tick(_ now: Moment) {
    let limits = limits
    for key in participants.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      participants[key]?.mailbox.forget(before: now.monotonic - limits.eventMemory)
      guard let participant = participants[key] else { continue }
      if let gone = participant.disconnectedAt, gone + limits.resumeWindow <= now.monotonic {
        leave(key, .webSocketDisconnected, .silent, now)
      } else if let pending = participant.media.pending, pending.deadline <= now.monotonic {
        offerTimedOut(key, now)
      }
    }
    bans = bans.filter { $0.value > now.wall }
    giveUpOutputs(now)
    closeIfDue(now)
  }
}
