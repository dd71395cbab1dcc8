package import Logging
package import SFU
import Signal
import Synchronization
import Wire

/// All rooms of this server that somebody is in, and the way to all others.
package actor RoomDirectory {
  package nonisolated let configuration: ControlConfiguration
  package nonisolated let verifier: TokenVerifier
  nonisolated let store: any Store
  nonisolated let time: TimeSource
  /// For inspection: which shards live, and what is in use.
  package nonisolated let registry = ShardRegistry()
  /// What each key uses; for quotas.
  package nonisolated let usage: KeyUsage
  package nonisolated let metrics = SignallingMetrics()

  private let media: any MediaPlane
  nonisolated let composers: any ComposerPlane
  let images: any ImageSource
  nonisolated let logger: Logger
  /// Messages between rooms.
  struct RelayQueue: Sendable {
    var waiting = FIFO<RelayEnvelope>()
    var isBusy = false
  }
  nonisolated let relayQueue = Mutex(RelayQueue())
  private let lastConnection = Mutex<UInt64>(0)

  var live: [RoomID: Room] = [:]
  /// Outputs that an earlier server left behind, and merges, until they are whole.
  var recovering: [String: OutputRecord] = [:]
  /// What merges that began here count as, by their ids.
  var mergeCosts: [String: Double] = [:]
  var captures: [String: PendingCapture] = [:]
  private var isStopped = false
  private var current = DirectoryStatus()
  private var lastHeartbeat: MonotonicTime?
  /// `nil` unless the server is being stopped.
  var drain: Drain?
  /// The last that each shard told of itself.
  package private(set) var statistics: [ShardNumber: ShardStatistics] = [:]
  var insights = DirectoryInsights()

  /// How often timers are looked at: a quarter of a second is little beside the shortest, 5 s.
  package static let tickInterval = Duration.milliseconds(250)
  /// A crash is dated by the last sign of life, so it is off by this at most.
  static let heartbeat = Nanoseconds.seconds(5)

  package init(
    configuration: ControlConfiguration, store: any Store, verifier: TokenVerifier,
    media: any MediaPlane, composers: any ComposerPlane = NoComposers(),
    images: any ImageSource = NoImages(), time: @escaping TimeSource, logger: Logger
  ) {
    self.composers = composers
    self.images = images
    self.configuration = configuration
    usage = KeyUsage(
      limits: configuration.quotas, outputs: OutputCapacity(configuration.outputs))
    self.store = store
    self.verifier = verifier
    self.media = media
    self.time = time
    self.logger = logger
  }

  /// Serves media events and timers until cancelled, then does `shutdown`.
  package func run() async {
    let events = media.events
    let news = composers.news
    // Not in the group: composers finish their files, and say so, while the rest has stopped.
    let hearing = Task { for await news in news { await self.receive(news) } }
    await withTaskGroup { group in
      group.addTask {
        for await event in events { await self.receive(event) }
      }
      group.addTask {
        while (try? await Task.sleep(for: Self.tickInterval)) != nil { await self.tick() }
      }
      await group.waitForAll()
    }
    await shutdown()
    hearing.cancel()
  }

  /// Closes every connection (1001) and every session, and takes no more.
  package func shutdown() async {
    isStopped = true
    for room in live.values {
      await room.stop()
      await room.settled()
      insights.append(await room.takeInsights())
    }
    await storeInsights()
    await outputsFinished()
    live = [:]
    current.rooms = 0
    current.participants = 0
    endDrain()
  }

  /// How much is going on, for metrics and `/readyz`; as of the last tick.
  package func status() -> DirectoryStatus {
    var status = current
    status.liveShards = registry.liveShards
    status.shards = media.shards
    status.isDraining = drain != nil
    return status
  }

  /// Rooms that are held in memory, somebody in them or not.
  package var liveRooms: Int { live.count }

  /// Takes one event of the media plane; `run` does so by itself.
  package func receive(_ event: MediaPlaneEvent) async {
    switch event {
    case .shard(let shard, .statistics(let reading)): statistics[shard] = reading
    case .shard(_, .quality(let qualities)): await receive(qualities)
    case .shard(_, let event):
      guard let id = registry.room(of: event), let room = live[id] else { return }
      await room.receive(event)
    case .ready(let shard):
      // A shard that starts anew without having been reported dead has lost its rooms as well.
      if !registry.setLive(true, shard) { await bury(shard, revived: true) }
      logger.info("shard ready", metadata: ["shard": "\(shard.rawValue)"])
      for room in live.values { await room.shardReady() }
    case .died(let shard):
      logger.error("shard died", metadata: ["shard": "\(shard.rawValue)"])
      statistics[shard] = nil
      await bury(shard, revived: false)
    }
  }

  private func bury(_ shard: ShardNumber, revived: Bool) async {
    _ = registry.setLive(false, shard)
    if revived { _ = registry.setLive(true, shard) }
    for room in live.values { await room.shardDied(shard) }
  }

  /// Looks at all timers; `run` does so by itself.
  package func tick() async {
    let now = time()
    let isDue = lastHeartbeat.map { $0 + Self.heartbeat <= now.monotonic } ?? true
    var status = DirectoryStatus()
    var hasSession = false
    for (id, room) in live {
      let pulse = await room.tick()
      status.participants += pulse.participants
      if pulse.participants > 0 { status.rooms += 1 }
      hasSession = hasSession || pulse.hasSession
      if isDue || pulse.participants == 0 { insights.append(await room.takeInsights()) }
      if pulse.participants == 0, await room.retire(), live[id] === room { live[id] = nil }
    }
    current = status
    endDrainIfDue(hasSession: hasSession)

    await noticeKeys(now)
    guard isDue, hasSession || !insights.isEmpty else { return await thinInsights() }
    lastHeartbeat = now.monotonic
    await storeInsights()
    await thinInsights()
  }

  nonisolated func makeConnectionID() -> ConnectionID {
    lastConnection.withLock { last in
      last &+= 1
      return ConnectionID(last)
    }
  }

  /// Lets a socket into a room; what comes of it goes to its outbox.
  func join(
    _ request: JoinRequest, id: Int, connection: ConnectionID, outbox: Outbox
  ) async throws(SignallingRefusal) -> Room {
    let access = try admit(request)
    let record = try await destination(request.meetingID, access)
    return try await enter(record, request, id: id, access, connection, outbox, arrival: nil)
  }

  /// Lets somebody of another room in; what comes of it is reported to `arrival`.
  func switchRoom(
    _ traveller: Traveller, _ move: SwitchRequest, id: Int, from origin: Room,
    connection: ConnectionID, outbox: Outbox, arrival: Arrival
  ) async throws(SignallingRefusal) -> Room {
    let request = traveller.join(move)
    let access =
      if move.token == nil { try stillValid(traveller.access) } else { try admit(request) }
    let record = try await destination(move.meetingID, access)
    guard record.roomID != origin.roomID else {
      throw SignallingRefusal(.invalidParameter, "The participant is in this meeting already.")
    }
    guard access.permissions.contains(.allowJoin) else {
      throw SignallingRefusal(
        .notPermitted, "The token lets ask only; leave, and ask with a new join.")
    }
    return try await enter(record, request, id: id, access, connection, outbox, arrival: arrival)
  }

  /// The room that a token's bearer means.
  func destination(
    _ reference: String, _ access: AccessToken
  ) async throws(SignallingRefusal) -> RoomRecord {
    let record: RoomRecord?
    do {
      record = try await store.room(reference, tenant: access.tenant)
    } catch {
      throw SignallingRefusal(.internalError)
    }
    // A token for one room gets the same answer for all others, whether they exist or not.
    guard record.map(access.isFor) ?? access.isFor(room: RoomID(reference)) else {
      throw SignallingRefusal(.invalidToken, "The token is for another meeting.")
    }
    guard let record, !record.isDisabled else { throw SignallingRefusal(.invalidMeetingID) }
    return record
  }

  private func enter(
    _ record: RoomRecord, _ request: JoinRequest, id: Int, _ access: AccessToken,
    _ connection: ConnectionID, _ outbox: Outbox, arrival: Arrival?
  ) async throws(SignallingRefusal) -> Room {
    var request = request
    request.participantID = request.participantID ?? access.participantID
    // A room may retire just before it is asked; the next one is fresh.
    for _ in 0..<8 {
      let room = try await liveRoom(record)
      // A session that ends just now lets one more begin: the drain's limit bounds that one too.
      if drain != nil, await !room.hasSession { throw Self.drainRefusal }
      let isIn = await room.join(
        request, id: id, access, connection: connection, outbox: outbox, arrival: arrival)
      if isIn {
        // The key may have been revoked since it was asked for, and the room been looked at.
        if !verifier.ring.holds(access.apiKey) { await room.expel(bearersOf: [access.apiKey]) }
        return room
      }
      if live[record.roomID] === room { live[record.roomID] = nil }
    }
    throw SignallingRefusal(.internalError)
  }

  /// Judges the token of a join by itself.
  func admit(_ request: JoinRequest) throws(SignallingRefusal) -> AccessToken {
    let access: AccessToken
    do {
      access = try verifier.verify(request.token, at: time().wall)
    } catch {
      throw SignallingRefusal(error)
    }
    do {
      try access.require(.join)
    } catch {
      throw SignallingRefusal(error)
    }
    if let asked = request.participantID, !access.isFor(participantID: asked) {
      throw SignallingRefusal(.invalidToken, "The token is for another participant.")
    }
    return access
  }

  /// A token that let its bearer in earlier, as long as it is valid.
  func stillValid(_ access: AccessToken) throws(SignallingRefusal) -> AccessToken {
    let leeway = AccessToken.leewaySeconds &* 1_000
    guard verifier.ring.holds(access.apiKey) else { throw SignallingRefusal(.invalidAPIKey) }
    guard access.expiresAt.milliseconds &+ leeway > time().wall.milliseconds else {
      throw SignallingRefusal(.invalidToken, "The token has expired; switch with another.")
    }
    return access
  }

  private func liveRoom(_ record: RoomRecord) async throws(SignallingRefusal) -> Room {
    if isStopped { throw SignallingRefusal(.internalError, "The server stops.") }
    if let room = live[record.roomID] { return room }
    if drain != nil { throw Self.drainRefusal }
    let bans: [String: Timestamp]
    let fresh: RoomRecord?
    do {
      bans = try await store.bans(room: record.roomID, at: time().wall)
      fresh = try await store.room(record.roomID.rawValue, tenant: record.tenant)
    } catch {
      throw SignallingRefusal(.internalError)
    }
    // Others may have been here while the store was asked.
    if isStopped { throw SignallingRefusal(.internalError, "The server stops.") }
    if let room = live[record.roomID] { return room }
    let room = Room(
      fresh ?? record, bans: bans, configuration: configuration, registry: registry,
      usage: usage, store: store, media: media, composers: composers, time: time,
      logger: logger,
      post: { [weak self] envelope in self?.post(envelope) })
    live[record.roomID] = room
    return room
  }

  /// Gives a participant a new socket; what comes of it goes to its outbox.
  func resume(
    _ request: ResumeRequest, id: Int, connection: ConnectionID, outbox: Outbox
  ) async throws(SignallingRefusal) -> Room {
    let name = request.resumeToken.split(separator: ".", maxSplits: 1).first.map(String.init)
    guard let name, let room = live[RoomID(name)] else { throw SignallingRefusal(.resumeExpired) }
    await room.resume(request, id: id, connection: connection, outbox: outbox)
    return room
  }
}

/// What the directory holds at one moment.
package struct DirectoryStatus: Sendable, Equatable {
  /// Rooms with somebody in them.
  package var rooms = 0
  package var participants = 0
  package var liveShards = 0
  package var shards = 0
  /// Whether the server waits for its sessions to end, and takes no new ones.
  package var isDraining = false

  package init() {}
}
