internal import Signal
internal import StoaClient
internal import UDP
internal import Wire

/// Joins the room as a hidden participant, stays there, and tells the pipeline what happens.
final class RoomConnection: Sendable {
  /// What the pipeline wants of the room.
  enum Request: Sendable {
    case layer(LayerRequests.Request)
    case keyframe(ShortToken)
  }

  /// Requests not carried out yet; the oldest are dropped, and asked again where it matters.
  private static let maximumRequests = 256
  /// Between attempts to join: within the second in which a room comes back after its server did.
  private static let pause = Duration.milliseconds(700)
  /// Reasons after which the room is still there.
  private static let recoverable: Set<String> = ["WEBSOCKET_DISCONNECTED"]
  /// Seats asked for at first: a small meeting needs no second negotiation.
  private static let seats = 8

  /// Less than a tick, and little of the delay at which things are composed.
  private static let gathering = Nanoseconds.milliseconds(20)

  private let configuration: ComposerConfiguration
  private let inputs: Mailbox<ComposerInput>
  private let intake: PacketIntake
  private let loop: MediaLoop
  private let requests: AsyncStream<Request>
  private let continuation: AsyncStream<Request>.Continuation

  /// - Throws: when the process has no descriptor or thread left.
  init(
    _ configuration: ComposerConfiguration, inputs: Mailbox<ComposerInput>, intake: PacketIntake
  ) throws {
    self.configuration = configuration
    self.inputs = inputs
    self.intake = intake
    loop = try MediaLoop(name: "media", gathering: Self.gathering)
    (requests, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingNewest(Self.maximumRequests))
  }

  /// Asks the room for something, soon.
  func request(_ request: Request) { continuation.yield(request) }

  /// Stays in the room until it is over, or `leave`.
  func run() async {
    let current = CurrentSession()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.carryOut(current) }
      await stay(current)
      continuation.finish()
      await group.waitForAll()
    }
    loop.close()
  }

  /// Leaves the room; `run` ends.
  func leave() { continuation.finish() }

  private func stay(_ current: CurrentSession) async {
    while true {
      do {
        let session = try await join()
        guard await current.begin(session) else { return }
        inputs.post(.joined(session.participants, speaker: session.activeSpeakerID))
        var reason = ""
        for await event in session.events {
          if case .left(let why) = event { reason = why }
          inputs.post(.room(event))
        }
        guard Self.recoverable.contains(reason) else { return }
      } catch {
        inputs.post(.joinFailed("\(error)"))
      }
      guard await !current.isOver else { return }
      try? await Task.sleep(for: Self.pause)
    }
  }

  private func join() async throws -> BotSession {
    let http =
      configuration.signallingURL.hasPrefix("wss:")
      ? "https" + configuration.signallingURL.dropFirst(3)
      : "http" + configuration.signallingURL.dropFirst(2)
    guard let server = ServerURL(http) else {
      throw ComposerFailure("no URL of a server: \(configuration.signallingURL)")
    }
    var plan = BotSession.Plan(
      server: server, token: configuration.token, room: configuration.roomID, name: "composer",
      seats: Self.seats)
    plan.receivesOnly = true
    plan.receiver = intake
    return try await BotSession.join(plan, on: loop)
  }

  private func carryOut(_ current: CurrentSession) async {
    for await request in requests {
      guard let session = await current.session else { continue }
      switch request {
      case .keyframe(let mid): await session.requestKeyframe(mid: mid)
      case .layer(let request):
        // A stream that ended meanwhile is refused; nothing is lost by that.
        if request.layer == .none {
          try? await session.setPaused(true, streamID: request.streamID)
          continue
        }
        if request.previous == .none {
          try? await session.setPaused(false, streamID: request.streamID)
        }
        try? await session.setQuality(of: request.streamID, request.layer.quality)
      }
    }
    await current.end()
  }
}

/// The session that requests go to.
private actor CurrentSession {
  private(set) var session: BotSession?
  private(set) var isOver = false

  /// False if the room was to be left meanwhile.
  func begin(_ next: BotSession) async -> Bool {
    guard !isOver else {
      await next.leave()
      return false
    }
    session = next
    return true
  }

  func end() async {
    isOver = true
    await session?.leave()
    session = nil
  }
}

extension LayerRequests.Layer {
  /// What the server is asked for; `none` is asked for otherwise.
  var quality: BotStreamQuality {
    switch self {
    case .none, .low: .low
    case .med: .med
    case .high: .high
    }
  }
}
