import Signal
package import Wire

/// What a bot sends and gets.
extension BotSession {
  /// Waits until media flows; false if the bot left before that, or joined without media.
  public func waitUntilConnected() async -> Bool {
    if isConnected || hasLeft || !hasMedia { return isConnected && !hasLeft }
    return await withCheckedContinuation { waiting.append($0) }
  }

  /// Sends a file, over and over, until `unpublish` or `leave`; replaces what was sent as `kind`.
  ///
  /// - Throws: `SignallingError` when the server refuses; `BotError` for sound as a picture or the other
  ///   way round, and from a bot that joined without media.
  public func publish(_ file: MediaFileSource, as kind: BotStreamKind) async throws {
    guard file.codec.isAudio == kind.isAudio else { throw BotError.wrongKind }
    try await publish(.file(FilePlayback(file)), as: kind)
  }

  package func publish(_ source: PacketSource, as kind: BotStreamKind) async throws {
    guard hasMedia else { throw BotError.noMedia }
    if publications[kind] != nil { try await unpublish(kind) }
    let taken = Set(publications.values.map(\.sender))
    let free = configuration.sending.indices.first {
      configuration.sending[$0] == source.codec && !taken.contains($0)
    }
    let sender: Int
    if let free {
      sender = free
    } else {
      sender = configuration.sending.count
      configuration.sending.append(source.codec)
      try await negotiate { connection in _ = connection.addSender(source.codec) }
    }
    let id = peer
    let mid = try await loop.perform { $0.peer(id)?.connection.mid(ofSender: sender) ?? "" }
    try await signalling.request(.streamEnable(StreamOnLine(kind: kind.signal, mid: mid)))
    publications[kind] = Publication(source: source, sender: sender)
    let current = peer
    loop.post { $0.publish(source, on: sender, of: current) }
  }

  /// Ends what is sent as `kind`.
  public func unpublish(_ kind: BotStreamKind) async throws {
    guard let publication = publications.removeValue(forKey: kind) else { return }
    let id = peer
    loop.post { $0.unpublish(publication.sender, of: id) }
    try await signalling.request(.streamDisable(kind: kind.signal))
  }

  /// Wants no larger layer of a remote stream than this.
  ///
  /// - Throws: `SignallingError`, when there is no such stream any more.
  public func setQuality(of streamID: String, _ quality: BotStreamQuality) async throws {
    try await signalling.request(.setQuality(streamID: streamID, quality.signal))
  }

  /// Stops the packets of a remote stream, or lets them come again.
  ///
  /// - Throws: `SignallingError`, when there is no such stream any more.
  public func setPaused(_ isPaused: Bool, streamID: String) async throws {
    try await signalling.request(
      isPaused ? .pauseStream(streamID: streamID) : .resumeStream(streamID: streamID))
  }

  /// Asks for a keyframe of what an m-line receives.
  package func requestKeyframe(mid: ShortToken) {
    let id = peer
    loop.post { $0.requestKeyframe(of: mid, to: id) }
  }

  /// What was sent and received so far.
  public func statistics() async -> BotStatistics {
    let id = peer
    let totals = try? await loop.perform { $0.peer(id)?.totals }
    return totals.map { BotStatistics($0) } ?? BotStatistics()
  }

  /// Names the connection, which changes when media is made anew.
  package var currentPeer: PeerID { peer }

  // MARK: Messages

  /// Sends a message to all who subscribed to the topic.
  ///
  /// - Parameter persist: keep it for those who subscribe later in the session.
  public func send(_ text: String, to topic: String, persist: Bool = false) async throws {
    try await signalling.request(
      .publish(PublishRequest(topic: topic, message: .string(text), persist: persist)))
  }

  /// Gets messages of a topic as events from now on; returns those that were kept.
  public func subscribe(to topic: String) async throws -> [BotMessage] {
    guard case .history(_, let messages) = try await signalling.request(.subscribe(topic: topic))
    else { throw SignallingError.unexpectedReply }
    return messages.map(BotMessage.init)
  }

  public func unsubscribe(from topic: String) async throws {
    try await signalling.request(.unsubscribe(topic: topic))
  }

  /// Drops the WebSocket as a failing network would; for tests of resuming.
  package func dropSocket() { signalling.dropSocket() }
}

/// What a bot was asked for and cannot do.
public enum BotError: Error, Equatable, Sendable {
  /// Sound as a picture, or a picture as sound.
  case wrongKind
  /// It joined with nothing to send and no seats.
  case noMedia
}
