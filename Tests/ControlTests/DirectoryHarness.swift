import Control
import Logging
import SFU
import Signal
import Synchronization
import Wire

/// Shards that take every command; the test answers for them.
final class ScriptedMediaPlane: MediaPlane {
  private let commands = Mutex<[(shard: ShardNumber, command: ShardCommand)]>([])
  let shards = 2
  var events: AsyncStream<MediaPlaneEvent> { AsyncStream { $0.finish() } }

  func send(_ command: ShardCommand, to shard: ShardNumber) {
    commands.withLock { $0.append((shard, command)) }
  }

  /// What was sent since the last time.
  func take() -> [(shard: ShardNumber, command: ShardCommand)] {
    commands.withLock { commands in
      defer { commands = [] }
      return commands
    }
  }
}

/// A clock that stands still until it is moved.
final class HandClock: Sendable {
  private let moment: Mutex<Moment>
  init(_ start: Moment) { moment = Mutex(start) }
  var now: Moment { moment.withLock { $0 } }

  func advance(_ milliseconds: Int64) {
    moment.withLock { moment in
      moment.monotonic = moment.monotonic + .milliseconds(milliseconds)
      moment.wall.milliseconds += milliseconds
    }
  }
}

/// A server without sockets: a real store, real tokens, the text of real frames, a clock by hand.
struct DirectoryHarness {
  static let start = Moment(
    monotonic: MonotonicTime(nanoseconds: 0), wall: Timestamp(milliseconds: 1_700_000_000_000))

  let clock: HandClock
  let media = ScriptedMediaPlane()
  let composers = ScriptedComposers()
  let store: SQLiteStore
  let signer: TokenSigner
  /// Of another tenant.
  let otherSigner: TokenSigner
  let directory: RoomDirectory

  /// The key "key" is an admin, "other" is not, and belongs to another tenant.
  init(
    path: String? = nil, at start: Moment = start, signalling: SignallingLimits = .standard,
    quotas: QuotaLimits = .standard, outputs: OutputSettings = OutputSettings()
  ) async throws {
    let clock = HandClock(start)
    self.clock = clock
    if let path {
      store = try await SQLiteStore(path: path, now: start)
    } else {
      store = try await SQLiteStore(inMemory: start)
    }
    let keys = [
      try APIKey(key: "key", secret: "a-secret-that-is-at-least-32-bytes-long"),
      try APIKey(key: "other", secret: "another-secret-that-is-also-32-bytes"),
    ]
    signer = try await TokenSigner(keys[0])
    otherSigner = try await TokenSigner(keys[1])
    let tenants = try await store.tenants(forKeys: keys.map(\.key), at: start.wall)
    directory = RoomDirectory(
      configuration: try ControlConfiguration(
        publicURL: "https://stoa.test/", signalling: signalling, quotas: quotas,
        outputs: outputs),
      store: store, verifier: try await TokenVerifier(keys: keys, tenants: tenants), media: media,
      composers: composers,
      time: { clock.now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    await directory.receive(.ready(ShardNumber(0)))
    await directory.receive(.ready(ShardNumber(1)))
  }

  func token(
    permissions: [Permission]? = nil, roles: [TokenRole] = [], roomID: String? = nil,
    participantID: String? = nil
  ) throws -> String {
    try signer.token(
      permissions: permissions, roles: roles, roomID: roomID, participantID: participantID,
      validFor: 3600, at: clock.now.wall)
  }

  func access(roomID: String? = nil) throws -> AccessToken {
    try directory.authorize(header: token(roomID: roomID))
  }

  func makeRoom(_ customRoomID: String? = nil) async throws -> String {
    try await directory.createRoom(CreateRoomRequest(customRoomId: customRoomID), access()).roomId
  }

  /// Answers the offers that wait, as shards would.
  func answerOffers() async {
    for (shard, command) in media.take() {
      switch command {
      case .connect(let endpoint, _, _), .renegotiate(let endpoint, _):
        await directory.receive(.shard(shard, .answered(endpoint, answer: "v=0")))
      default: break
      }
    }
  }

  func connect() -> TestSocket { TestSocket(SignallingConnection(directory: directory)) }

  /// A socket whose participant has joined.
  func join(
    _ room: String, _ participantID: String, mode: ParticipantMode = .sendAndReceive
  ) async throws -> TestSocket {
    let socket = connect()
    await socket.send(
      .join(
        id: 1,
        JoinRequest(
          token: try token(), meetingID: room, participantID: participantID, mode: mode,
          offer: mode.hasMedia ? "v=0" : nil)))
    await answerOffers()
    return socket
  }
}

/// The far end of one socket: sends text, reads what the server wrote.
struct TestSocket {
  let connection: SignallingConnection
  init(_ connection: SignallingConnection) { self.connection = connection }

  func send(_ message: ClientMessage) async {
    await connection.receive(SignalJSON.encode(message))
  }

  func send(_ text: String) async { await connection.receive(Array(text.utf8)) }

  /// The next thing written; waits for it.
  func read(count: Int = 1) async throws -> [Control.Outbox.Item] {
    var items: [Control.Outbox.Item] = []
    while items.count < count {
      try Task.checkCancellation()
      items += await connection.outbox.next()
    }
    return items
  }

  /// Reads until a message answers the request, and gives all messages up to it.
  func messages(through isLast: (ServerMessage) -> Bool) async throws -> [ServerMessage] {
    var messages: [ServerMessage] = []
    while true {
      try Task.checkCancellation()  // the time limit of a test
      for item in await connection.outbox.next() {
        switch item {
        case .text(let frame):
          messages.append(try SignalJSON.decode(ServerMessage.self, from: frame.bytes))
        case .close: return messages
        }
      }
      if messages.contains(where: isLast) { return messages }
    }
  }

  /// Reads until the server closes, and gives its code.
  func closeCode() async throws -> UInt16 {
    while true {
      try Task.checkCancellation()
      for case .close(let code, _) in await connection.outbox.next() { return code }
    }
  }

  func joined() async throws -> JoinedReply? {
    let messages = try await messages { if case .reply(1, _) = $0 { true } else { false } }
    for case .reply(1, .joined(let reply)) in messages { return reply }
    return nil
  }
}

extension TokenVerifier {
  /// Knows keys that have a tenant; the first of them is an admin's.
  init(keys: [APIKey], tenants: [String: TenantID]) async throws {
    var entries: [String: KeyRing.Entry] = [:]
    for key in keys {
      guard let tenant = tenants[key.key] else { continue }
      entries[key.key] = try await KeyRing.Entry(key, tenant: tenant, isAdmin: entries.isEmpty)
    }
    self.init(ring: KeyRing(configured: entries))
  }
}

extension RoomDirectory {
  nonisolated func authorize(header: String?) throws(ControlError) -> AccessToken {
    try authorize(header: header, for: .showRoom)
  }
}

extension Store {
  func create(_ room: RoomRecord) async throws -> RoomRecord {
    guard let made = try await create(room, limit: 0) else { throw StoreError(reason: "a limit") }
    return made
  }

  func setDisabled(
    _ isDisabled: Bool, room: String, tenant: TenantID, at now: Timestamp
  ) async throws -> RoomRecord? {
    try await setDisabled(isDisabled, room: room, tenant: tenant, at: now, nil)
  }
}
