import Control
import SFU
import Signal
import Wire

/// One room in virtual time: performs its effects at once and keeps what everybody was told.
struct RoomHarness {
  let registry = ShardRegistry()
  let usage: KeyUsage
  var state: RoomState
  var now = Moment(
    monotonic: MonotonicTime(nanoseconds: 0), wall: Timestamp(milliseconds: 1_700_000_000_000))
  var received: [ConnectionID: [ServerMessage]] = [:]
  var closes: [ConnectionID: UInt16] = [:]
  var commands: [ShardCommand] = []
  var changes: [StoreChange] = []
  var orders: [ComposerOrder] = []
  /// What was told to other rooms, and which relays wait for their destination to be found.
  var relayed: [RelayMessage] = []
  var sought: [Relay] = []
  /// Offers are answered (or refused) at once, as a shard with nothing else to do would.
  var answersOffers = true
  var refusal: String?
  private var lastConnection: UInt64 = 0

  static let roomID = RoomID("aaaa-bbbb-cccc")

  init(
    participantsPerRoom: Int = 100, pubSub: PubSubLimits = .standard,
    signalling: SignallingLimits = .standard, quotas: QuotaLimits = .none, shards: Int = 1,
    outputs: OutputSettings = OutputSettings(dataFolder: "/data"),
    outputOptions: RoomOutputOptions? = nil
  ) throws {
    let configuration = try ControlConfiguration(
      participantsPerRoom: participantsPerRoom, pubSub: pubSub, signalling: signalling,
      quotas: quotas, outputs: outputs)
    let time = now.wall
    let room = RoomRecord(
      objectID: String(repeating: "0", count: 24), roomID: Self.roomID, tenant: TenantID("t"),
      customRoomID: nil, outputOptions: outputOptions, createdAt: time, updatedAt: time)
    usage = KeyUsage(limits: quotas, outputs: OutputCapacity(outputs))
    state = RoomState(
      room, bans: [:], configuration: configuration, registry: registry, usage: usage)
    for shard in 0..<shards { registry.markLive(ShardNumber(shard)) }
  }

  static func access(
    _ permissions: Set<Permission> = [.allowJoin, .allowMod], validFor seconds: Int64 = 3600,
    key: String = "key"
  ) -> AccessToken {
    AccessToken(
      apiKey: key, tenant: TenantID("t"), permissions: permissions, roles: [], roomID: nil,
      participantID: nil, expiresAt: Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1_000))
  }

  mutating func advance(_ milliseconds: Int64) {
    now.monotonic = now.monotonic + .milliseconds(milliseconds)
    now.wall.milliseconds += milliseconds
    input(.tick)
  }

  mutating func makeConnection() -> ConnectionID {
    lastConnection += 1
    return ConnectionID(lastConnection)
  }

  /// Joins with a microphone and a camera, unless told otherwise.
  @discardableResult
  mutating func join(
    _ participantID: String?, mode: ParticipantMode = .sendAndReceive,
    streams: [StreamOnLine]? = [.init(kind: .audio, mid: "0"), .init(kind: .video, mid: "1")],
    access: AccessToken = access()
  ) -> ConnectionID {
    let connection = makeConnection()
    let request = JoinRequest(
      token: "", meetingID: Self.roomID.rawValue, participantID: participantID,
      name: participantID?.uppercased(), mode: mode,
      offer: mode.hasMedia ? "offer of \(participantID ?? "?")" : nil,
      streams: mode.mayPublish ? streams : nil)
    input(.join(request, id: 1, access, connection: connection))
    return connection
  }

  mutating func request(_ request: ClientRequest, id: Int, _ connection: ConnectionID) {
    input(.request(request, id: id, connection: connection))
  }

  mutating func input(_ input: RoomInput) {
    var inputs = [input]
    while !inputs.isEmpty {
      for effect in state.handle(inputs.removeFirst(), at: now) {
        switch effect {
        case .post(let connection, let frame):
          guard let message = try? SignalJSON.decode(ServerMessage.self, from: frame.bytes) else {
            fatalError("not a message: \(String(decoding: frame.bytes, as: UTF8.self))")
          }
          received[connection, default: []].append(message)
        case .close(let connection, let code, _, _): closes[connection] = code
        case .store(let change): changes.append(change)
        case .compose(let order): orders.append(order)
        case .relay(let message, _): relayed.append(message)
        case .findRelay(let relay, _, _): sought.append(relay)
        case .arrived, .travel: break
        case .shard(_, let command):
          commands.append(command)
          if let answer = answer(to: command) { inputs.append(.shard(answer)) }
        }
      }
    }
  }

  private func answer(to command: ShardCommand) -> ShardEvent? {
    guard answersOffers else { return nil }
    switch command {
    case .connect(let endpoint, _, let offer), .renegotiate(let endpoint, let offer):
      if let refusal { return .refused(endpoint, reason: refusal) }
      return .answered(endpoint, answer: "answer to \(offer)")
    default: return nil
    }
  }

  // MARK: What was told

  func joined(_ connection: ConnectionID) -> JoinedReply? {
    for case .reply(_, .joined(let reply)) in received[connection, default: []] { return reply }
    return nil
  }

  func events(_ connection: ConnectionID) -> [ServerEvent] {
    received[connection, default: []].compactMap { message in
      if case .event(_, let event) = message { event } else { nil }
    }
  }

  func sequence(_ connection: ConnectionID) -> [Int] {
    received[connection, default: []].compactMap { message in
      if case .event(let seq, _) = message { seq } else { nil }
    }
  }

  func answers(_ connection: ConnectionID, to id: Int) -> [ServerMessage] {
    received[connection, default: []].filter { message in
      switch message {
      case .reply(let answered, _): answered == id
      case .error(let error): error.id == id
      case .pong, .event, .waiting, .admission: false
      }
    }
  }

  func errorCode(_ connection: ConnectionID, to id: Int?) -> Int? {
    for case .error(let error) in received[connection, default: []] where error.id == id {
      return error.code
    }
    return nil
  }

  /// The endpoint numbers of `connect` commands, oldest first.
  var endpoints: [EndpointNumber] {
    commands.compactMap { command in
      if case .connect(let endpoint, _, _) = command { endpoint } else { nil }
    }
  }

  /// Track numbers in the order of their `publish` commands.
  var tracks: [TrackNumber] {
    commands.compactMap { command in
      if case .publish(let track, _, _, _) = command { track } else { nil }
    }
  }

  mutating func forgetWhatWasTold() {
    received = [:]
    commands = []
    changes = []
    orders = []
    relayed = []
  }
}

/// A small generator with a seed (SplitMix64), so that a failing run can be repeated.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
