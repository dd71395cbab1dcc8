import SFU
import Signal
import Wire

extension RoomState {
  /// Bytes a participant's metadata may have: every new participant gets everybody's.
  private static let maximumMetaData = 16 * 1024

  mutating func join(
    _ request: JoinRequest, id: Int, _ access: AccessToken, _ connection: ConnectionID,
    _ now: Moment
  ) {
    var random = SystemRandomNumberGenerator()
    let participantID = request.participantID ?? RandomText.alphanumeric(8, using: &random)
    let problem =
      access.isComposer
      ? objection(toComposer: request, access) : objection(to: request, participantID, now)
    if let (code, message) = problem {
      return turnAway(connection, id: id, code, message)
    }
    if access.permissions.contains(.askJoin) {
      wait(request, id: id, access, participantID, connection, now)
    } else {
      admit(request, id: id, access, participantID, connection, now)
    }
  }

  /// Begins to let in who may come in; what spoke against it was judged before.
  mutating func admit(
    _ request: JoinRequest, id: Int, _ access: AccessToken, _ participantID: String,
    _ connection: ConnectionID, _ now: Moment
  ) {
    var random = SystemRandomNumberGenerator()
    let mode = request.mode ?? .sendAndReceive
    let isReturning = participants.values.contains { $0.participantID == participantID }
    guard access.isComposer || usage.enter(access.apiKey, isReturning: isReturning) else {
      return turnAway(
        connection, id: id, .quotaExceeded, "The API key has too many participants in rooms.")
    }

    let key = makeKey()
    var participant = Participant(
      key: key, participantID: participantID,
      name: request.name ?? participantID, mode: mode, metaData: request.metaData ?? [:],
      client: request.client ?? ClientDescription(),
      objectID: RandomText.hex(24, using: &random), access: access,
      // The room's id lets any part of the server find the room; the rest is the secret: 32
      // characters of 36 are 165 random bits.
      resumeToken: "\(roomID.rawValue).\(RandomText.alphanumeric(32, using: &random))",
      connection: connection, mailbox: EventMailbox(limits: limits),
      replies: ReplyCache(limits: limits),
      publishing: TokenBucket(rate: configuration.quotas.messagesPerSecond))
    if !access.isComposer { participant.mark = registry.live.mark(.participant) }
    _ = participant.replies.receive(id)
    participant.insights.askedAt = now.monotonic
    keysByConnection[connection] = key
    if let offer = request.offer, mode.hasMedia {
      participant.insights.offeredMode = mode
      participant.media.pending = .init(
        requestID: id, sdp: offer, streams: request.streams ?? [], isNew: true,
        deadline: now.monotonic + limits.mediaAnswer)
      participants[key] = participant
      askShard(key)
    } else {
      participants[key] = participant
      completeJoin(key, id: id, answer: nil, streams: [], now)
    }
  }

  /// Why this participant may not join; `nil` if it may.
  func objection(
    to request: JoinRequest, _ participantID: String, _ now: Moment
  ) -> (code: ErrorCode, message: String)? {
    let mode = request.mode ?? .sendAndReceive
    if isDisabled { return (.invalidMeetingID, "The meeting is disabled.") }
    if !ParticipantIDRule.allows(participantID) {
      return (.invalidParticipantID, ErrorCode.invalidParticipantID.defaultMessage)
    }
    if let until = bans[participantID], until > now.wall {
      return (.notPermitted, "This participant was removed from the meeting.")
    }
    if allowedParticipantIDs?.contains(participantID) == false {
      return (.notPermitted, "This participant id is not among those allowed in the meeting.")
    }
    let present = Set(participants.values.lazy.filter { !$0.isHidden }.map(\.participantID))
    if !present.contains(participantID), present.count >= configuration.participantsPerRoom {
      return (
        .maximumParticipantsReached, ErrorCode.maximumParticipantsReached.defaultMessage
      )
    }
    if let name = request.name, name.utf8.count > 256 {
      return (.invalidParameter, "'name' has more than 256 bytes.")
    }
    if let metaData = request.metaData, metaData.byteCount > Self.maximumMetaData {
      return (.invalidParameter, "'metaData' has more than \(Self.maximumMetaData) bytes.")
    }
    for text in [request.client?.sdk, request.client?.version, request.client?.userAgent] {
      if let text, text.utf8.count > 1_024 {
        return (.invalidParameter, "'client' has a text of more than 1024 bytes.")
      }
    }
    if mode.hasMedia, request.offer == nil {
      return (.invalidParameter, "'offer' is missing; only SIGNALLING_ONLY goes without.")
    }
    if let streams = request.streams, !streams.isEmpty {
      if !mode.mayPublish { return (.notPermitted, "This mode does not send streams.") }
      if let message = Self.objection(to: streams) { return (.invalidParameter, message) }
    }
    return nil
  }

  /// What is wrong with a list of streams: each kind and each m-line at most once.
  static func objection(to streams: [StreamOnLine]) -> String? {
    if Set(streams.map(\.kind)).count < streams.count { return "'streams' has a kind twice." }
    if Set(streams.map(\.mid)).count < streams.count { return "'streams' has a mid twice." }
    // 16 is as long as a mid can be in an RTP header extension of one byte (RFC 8285 §4.2).
    return streams.allSatisfy { (1...16).contains($0.mid.utf8.count) }
      ? nil : "A 'mid' has 1 to 16 bytes."
  }

  /// The offer is answered, or there is none: the participant is in.
  mutating func completeJoin(
    _ key: ParticipantKey, id: Int, answer: String?, streams: [StreamOnLine], _ now: Moment
  ) {
    guard let newcomer = participants[key], let connection = newcomer.connection else { return }
    if newcomer.isHidden { return completeHiddenJoin(key, id: id, answer: answer, now) }
    let beginsSession = session == nil
    startSessionIfNeeded(newcomer.access, now)
    guard let session else { return }
    if let relay = shownRelay(newcomer.participantID) { endIncoming(at: relay, .failed, now) }
    if let older = joinedKey(newcomer.participantID) {
      leave(older, .duplicateParticipant, .expelled(.duplicateParticipant), endsSession: false, now)
    }
    effects.append(
      .store(
        .participantJoined(
          session.id,
          .init(
            objectID: newcomer.objectID, participantID: newcomer.participantID,
            name: newcomer.name, mode: newcomer.mode, client: newcomer.client), at: now.wall)))
    for stream in streams { addStream(stream, of: key, now) }
    participants[key]?.isJoined = true
    keysByResumeToken[newcomer.resumeToken] = key
    let presenterChanged = choosePresenter()

    let others =
      joined.compactMap { participants[$0]?.description }
      + incoming.filter(\.isShown).map(\.description)
    joined.append(key)
    noteJoined(key, now)
    guard let participant = participants[key] else { return }
    let joinedReply = JoinedReply(
      meetingID: roomID.rawValue, sessionID: session.id.rawValue,
      participantID: participant.participantID, resumeToken: participant.resumeToken,
      mode: participant.mode, answer: answer, streams: participant.streams.map(\.description),
      participants: others, activeSpeakerID: speakerID, presenterID: presenterID,
      outputs: outputDescriptions)
    participants[key]?.replies.discard(id)  // whoever did not hear of it joins anew
    if arriving.remove(connection) != nil { effects.append(.arrived(connection, nil)) }
    effects.append(
      .post(
        connection,
        OutboundFrame(head: "{\"id\":\(id),", body: SharedBody(ServerReply.joined(joinedReply)))))

    broadcast(.participantJoined(participant.description), except: key, now)
    if presenterChanged {
      broadcast(.presenterChanged(participantID: presenterID), except: key, now)
    }
    introduceGuests(to: key, now)
    introduceRelays(to: key, now)
    publishAll(of: key)
    subscribeToAll(key)
    if beginsSession { autoStartOutputs(participant.access, now) }
  }

  private mutating func startSessionIfNeeded(_ access: AccessToken, _ now: Moment) {
    guard session == nil else { return }
    var random = SystemRandomNumberGenerator()
    // Like the ids of the surface this implements: the seconds first, so that ids sort by time.
    let seconds = String(UInt32(truncatingIfNeeded: now.wall.milliseconds / 1_000), radix: 16)
    let id = SessionID(
      String(repeating: "0", count: 8 - seconds.count) + seconds
        + RandomText.hex(16, using: &random))
    session = Session(
      id: id, startedAt: now.monotonic, history: PubSubHistory(limits: configuration.pubSub),
      tally: SessionTally(start: now.wall))
    effects.append(
      .store(
        .sessionStarted(id, room: roomID, tenant: tenant, apiKey: access.apiKey, at: now.wall)))
  }

  mutating func resume(
    _ request: ResumeRequest, id: Int, _ connection: ConnectionID, _ now: Moment
  ) {
    guard let key = keysByResumeToken[request.resumeToken],
      let frames = participants[key]?.mailbox.replay(after: request.seq),
      let lastSeq = participants[key]?.mailbox.lastSeq
    else { return turnAway(connection, id: id, .resumeExpired) }

    if let older = participants[key]?.connection {
      keysByConnection[older] = nil
      turnAway(older, id: nil, .replaced)
    }
    keysByConnection[connection] = key
    noteReconnect(of: key)
    participants[key]?.connection = connection
    participants[key]?.disconnectedAt = nil
    effects.append(
      .post(
        connection,
        OutboundFrame(head: "{\"id\":\(id),", body: SharedBody(ServerReply.resumed(seq: lastSeq)))))
    for frame in frames { effects.append(.post(connection, frame)) }
  }
}

/// What a participant id may be: it stands in URLs, logs and other people's pages.
package enum ParticipantIDRule {
  package static func allows(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
      && id.unicodeScalars.allSatisfy { scalar in
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
      }
  }
}
