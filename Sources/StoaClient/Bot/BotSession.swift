import Signal

/// A participant without a face: it joins a room, publishes files, counts what it gets, and exchanges
/// messages.
///
///     let bot = try await BotSession.join(server: url, token: token, room: id, name: "Bot")
///     try await bot.publish(MediaFileSource(contentsOf: "clip.ivf"), as: .video)
///     for await event in bot.events { … }
///
/// It stays until `leave`, also across a dropped WebSocket or a media server that was replaced.
public actor BotSession {
  /// Events waiting to be taken; older ones are dropped when nobody takes them.
  private static let maximumWaiting = 4_096

  struct Publication: Sendable {
    var source: PacketSource
    /// Position among the connection's sending lines.
    var sender: Int
  }

  public nonisolated let participantID: String
  public nonisolated let roomID: String
  /// Who was there when the bot came.
  public nonisolated let participants: [BotParticipant]
  /// Who spoke when the bot came.
  public nonisolated let activeSpeakerID: String?
  /// What happens; ends with `left`.
  public nonisolated let events: AsyncStream<BotEvent>
  let continuation: AsyncStream<BotEvent>.Continuation
  let signalling: SignallingClient
  let loop: MediaLoop
  var configuration: PeerConnection.Configuration
  var peer: PeerID
  var publications: [BotStreamKind: Publication]
  /// It joined with a connection for media.
  let hasMedia: Bool
  var isConnected = false
  var waiting: [CheckedContinuation<Bool, Never>] = []
  var hasLeft = false
  var isNegotiating = false
  var negotiationQueue: [CheckedContinuation<Void, Never>] = []

  // MARK: Begin and end

  init(
    joined: JoinedReply, signalling: SignallingClient, loop: MediaLoop,
    configuration: PeerConnection.Configuration, peer: PeerID,
    publications: [BotStreamKind: Publication], hasMedia: Bool
  ) {
    participantID = joined.participantID
    roomID = joined.meetingID
    participants = joined.participants.map(BotParticipant.init)
    activeSpeakerID = joined.activeSpeakerID
    (events, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingNewest(Self.maximumWaiting))
    self.signalling = signalling
    self.loop = loop
    self.configuration = configuration
    self.peer = peer
    self.publications = publications
    self.hasMedia = hasMedia
  }

  /// Leaves the room and ends the events.
  public func leave() async {
    guard !hasLeft else { return }
    _ = try? await signalling.request(.leave)
    finish(reason: "MANUAL_LEAVE_CALLED")
  }

  func finish(reason: String) {
    guard !hasLeft else { return }
    hasLeft = true
    signalling.close()
    let id = peer
    loop.post { $0.close(id) }
    continuation.yield(.left(reason: reason))
    continuation.finish()
    for waiter in waiting { waiter.resume(returning: false) }
    waiting = []
  }
}
