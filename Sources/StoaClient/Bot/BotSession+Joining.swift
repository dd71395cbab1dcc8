import Signal
import Synchronization

extension BotSession {
  /// Joins a room; media connects in the background.
  ///
  /// - Parameters:
  ///   - token: as the application's server signs them.
  ///   - participantID: `nil` lets the server make one.
  ///   - publishing: what to send from the start.
  ///   - seats: streams (a camera with its microphone, or a screen) to receive at first; the bot adds
  ///     more when the server asks for them. 0 to receive nothing; with nothing to publish either, the
  ///     bot has no media at all, only messages.
  /// - Throws: `SignallingError`, or an error of the system when it has no sockets left.
  public static func join(
    server: ServerURL, token: String, room: String, name: String, participantID: String? = nil,
    publishing sources: [BotStreamKind: MediaFileSource] = [:], seats: Int = 4
  ) async throws -> BotSession {
    try await join(
      Plan(
        server: server, token: token, room: room, name: name, participantID: participantID,
        sources: sources.mapValues { .file(FilePlayback($0)) }, seats: seats),
      on: SharedLoop.loop())
  }

  /// Everything that decides how a bot joins.
  package struct Plan: Sendable {
    package var server: ServerURL
    package var token: String
    package var room: String
    package var name: String
    package var participantID: String?
    package var sources: [BotStreamKind: PacketSource]
    package var seats: Int
    package var verifyOneIn = 1
    /// See `PeerConnection.Configuration`.
    package var clockRate = 1.0
    package var receiver: (any PacketReceiver)?
    /// It will never publish.
    package var receivesOnly = false
    /// The sources wait until they are told to go on.
    package var startsPaused = false

    package init(
      server: ServerURL, token: String, room: String, name: String,
      participantID: String? = nil, sources: [BotStreamKind: PacketSource] = [:], seats: Int
    ) {
      self.server = server
      self.token = token
      self.room = room
      self.name = name
      self.participantID = participantID
      self.sources = sources
      self.seats = seats
    }

    var mode: ParticipantMode {
      if sources.isEmpty, seats == 0 { return .signallingOnly }
      return receivesOnly ? .receiveOnly : .sendAndReceive
    }

    /// Sources with their place among the sending lines, which are in the order of `kinds`.
    fileprivate func publications(_ kinds: [BotStreamKind]) -> [BotStreamKind: Publication] {
      var publications: [BotStreamKind: Publication] = [:]
      for (sender, kind) in kinds.enumerated() {
        publications[kind] = sources[kind].map { Publication(source: $0, sender: sender) }
      }
      return publications
    }
  }

  package static func join(_ plan: Plan, on loop: MediaLoop) async throws -> BotSession {
    let kinds = plan.sources.keys.sorted { $0.rawValue < $1.rawValue }
    let configuration = PeerConnection.Configuration(
      sending: kinds.compactMap { plan.sources[$0]?.codec }, seats: plan.seats,
      verifyOneIn: plan.verifyOneIn, clockRate: plan.clockRate)
    let signalling = try await SignallingClient.connect(to: plan.server)
    let (peerEvents, peerContinuation) = AsyncStream.makeStream(of: PeerEvent.self)
    let receiver = plan.receiver
    let opened: Opened
    do {
      opened = try await loop.perform { thread in
        let peer = thread.open(configuration, events: peerContinuation, receiver: receiver)
        return Opened(peer, on: thread)
      }
    } catch {
      signalling.close()
      throw error
    }
    let joined: JoinedReply
    do {
      joined = try await signalling.join(
        JoinRequest(
          token: plan.token, meetingID: plan.room, participantID: plan.participantID,
          name: plan.name, mode: plan.mode, offer: plan.mode.hasMedia ? opened.offer : nil,
          streams: zip(kinds, opened.mids).map { StreamOnLine(kind: $0.signal, mid: $1) },
          client: ClientDescription(sdk: "swift")))
      if let answer = joined.answer {
        try await loop.perform { try $0.accept(answer, for: opened.peer) }
      } else if plan.mode.hasMedia {
        throw SignallingError.unexpectedReply
      }
    } catch {
      signalling.close()
      loop.post { $0.close(opened.peer) }
      throw error
    }
    let publications = plan.publications(kinds)
    let isPaused = plan.startsPaused
    for publication in publications.values {
      loop.post { thread in
        thread.publish(publication.source, on: publication.sender, of: opened.peer)
        thread.setPaused(isPaused, sender: publication.sender, of: opened.peer)
      }
    }
    let bot = BotSession(
      joined: joined, signalling: signalling, loop: loop, configuration: configuration,
      peer: opened.peer, publications: publications, hasMedia: plan.mode.hasMedia)
    // Both live as long as the bot is in the room: the streams end when it leaves.
    Task { await bot.followMeeting() }
    Task { await bot.followMedia(peerEvents, of: opened.peer) }
    return bot
  }

  struct Opened: Sendable {
    var peer: PeerID
    var offer: String
    var mids: [String]

    init(_ peer: PeerID, on thread: MediaThread) {
      self.peer = peer
      let connection = thread.peer(peer)
      offer = connection?.connection.offer() ?? ""
      mids = connection?.mids ?? []
    }
  }
}

/// The media thread that bots share unless they are given one.
private enum SharedLoop {
  private static let shared = Mutex<MediaLoop?>(nil)

  static func loop() throws -> MediaLoop {
    try shared.withLock { shared in
      if let shared { return shared }
      let loop = try MediaLoop()
      shared = loop
      return loop
    }
  }
}
