import Signal

/// What happens to a bot, and how it answers: more seats, new media.
extension BotSession {
  /// Between attempts to get media back.
  private static let resetPause = Duration.seconds(1)

  func followMeeting() async {
    for await event in signalling.events { await take(event) }
    finish(reason: "WEBSOCKET_DISCONNECTED")
  }

  private func take(_ event: ServerEvent) async {
    switch event {
    case .participantJoined(let participant):
      continuation.yield(.participantJoined(BotParticipant(participant)))
    case .participantLeft(let id, let reason):
      continuation.yield(.participantLeft(id: id, reason: reason.message))
    case .streamEnabled(let id, let stream):
      continuation.yield(.streamEnabled(participantID: id, BotStream(stream)))
    case .streamDisabled(let id, let stream):
      continuation.yield(.streamDisabled(participantID: id, BotStream(stream)))
    case .pubsub(let message): continuation.yield(.message(BotMessage(message)))
    case .speakerChanged(let id): continuation.yield(.speakerChanged(participantID: id))
    case .presenterChanged(let id): continuation.yield(.presenterChanged(participantID: id))
    case .outputChanged: break  // a bot records nothing
    case .seatsNeeded(let count):
      guard configuration.seats > 0, count > configuration.seats else { return }
      configuration.seats = count
      try? await negotiate { $0.addSeats(upTo: count) }
    case .mediaReset:
      guard hasMedia else { return }
      continuation.yield(.mediaLost("the server lost it"))
      await resetMedia()
    case .streamSeated(let id, let mid):
      continuation.yield(.streamSeated(streamID: id, mid: mid))
    case .streamUnseated(let id, let mid):
      continuation.yield(.streamUnseated(streamID: id, mid: mid))
    case .pinChanged(let id, let state, _):
      continuation.yield(.pinChanged(participantID: id, BotPin(state)))
    case .participantModeChanged(let id, let mode):
      continuation.yield(.modeChanged(participantID: id, maySend: mode.mayPublish))
    case .meetingLeft(let reason): finish(reason: reason.message)
    case .mediaState, .entryRequested, .entryResponded, .entryWithdrawn, .mediaRequested,
      .mediaDisabled,
      .relayRequested, .relayResponded, .relayStarted, .relayStopped, .storeChanged:
      break
    }
  }

  func followMedia(_ events: AsyncStream<PeerEvent>, of id: PeerID) async {
    for await event in events {
      guard id == peer, !hasLeft else { return }
      switch event {
      case .connected:
        isConnected = true
        continuation.yield(.mediaConnected)
        for waiter in waiting { waiter.resume(returning: true) }
        waiting = []
      case .failed(let reason): await mediaLost(reason)
      case .closed: await mediaLost("closed by the server")
      }
    }
  }

  private func mediaLost(_ reason: String) async {
    isConnected = false
    continuation.yield(.mediaLost(reason))
    try? await Task.sleep(for: Self.resetPause)
    if !hasLeft { await resetMedia() }
  }

  // MARK: Negotiation

  /// Changes the connection and tells the server.
  func negotiate(
    _ change: @escaping @Sendable (inout PeerConnection) -> Void
  ) async throws {
    await takeTurn()
    defer { endTurn() }
    let id = peer
    let offer = try await loop.perform { thread in
      guard let peer = thread.peer(id) else { return "" }
      change(&peer.connection)
      return peer.connection.offer()
    }
    let reply = try await signalling.request(.offer(OfferRequest(sdp: offer)))
    guard case .answer(let answer) = reply else { throw SignallingError.unexpectedReply }
    try await loop.perform { try $0.accept(answer, for: id) }
  }

  /// Makes a new connection in place of one that is gone, with the same streams.
  private func resetMedia() async {
    await takeTurn()
    defer { endTurn() }
    isConnected = false
    let old = peer
    let configuration = configuration
    let (events, continuation) = AsyncStream.makeStream(of: PeerEvent.self)
    do {
      let opened = try await loop.perform { thread in
        Opened(thread.reopen(old, configuration, events: continuation), on: thread)
      }
      peer = opened.peer
      Task { await followMedia(events, of: opened.peer) }  // ends with the connection
      let streams = publications.compactMap { kind, publication in
        opened.mids.indices.contains(publication.sender)
          ? StreamOnLine(kind: kind.signal, mid: opened.mids[publication.sender]) : nil
      }
      let reply = try await signalling.request(
        .offer(OfferRequest(sdp: opened.offer, reset: true, streams: streams)))
      guard case .answer(let answer) = reply else { throw SignallingError.unexpectedReply }
      try await loop.perform { try $0.accept(answer, for: opened.peer) }
    } catch {
      continuation.yield(.failed("\(error)"))  // `followMedia` tries again
    }
  }

  private func takeTurn() async {
    while isNegotiating { await withCheckedContinuation { negotiationQueue.append($0) } }
    isNegotiating = true
  }

  private func endTurn() {
    isNegotiating = false
    let queue = negotiationQueue
    negotiationQueue = []
    for next in queue { next.resume() }
  }
}
