import Signal

extension RoomState {
  /// Why a composer may not come in; `nil` if it may.
  func objection(
    toComposer request: JoinRequest, _ access: AccessToken
  ) -> (code: ErrorCode, message: String)? {
    guard let composed = access.composedSession, composed == session?.id else {
      return (.invalidMeetingID, "The session is over.")
    }
    guard request.mode == .receiveOnly, request.streams?.isEmpty ?? true else {
      return (.notPermitted, "Composers only watch: join with RECV_ONLY.")
    }
    return request.offer == nil ? (.invalidParameter, "'offer' is missing.") : nil
  }

  /// A composer is in: it is told of everybody, and nobody of it.
  mutating func completeHiddenJoin(
    _ key: ParticipantKey, id: Int, answer: String?, _ now: Moment
  ) {
    guard let composer = participants[key], let connection = composer.connection else { return }
    guard let session, session.id == composer.access.composedSession else {
      turnAway(connection, id: id, .invalidMeetingID, "The session is over.")
      return leave(key, .unknown, .silent, now)
    }
    participants[key]?.isJoined = true
    keysByResumeToken[composer.resumeToken] = key
    observers.append(key)
    let reply = JoinedReply(
      meetingID: roomID.rawValue, sessionID: session.id.rawValue,
      participantID: composer.participantID, resumeToken: composer.resumeToken,
      mode: composer.mode, answer: answer, streams: [],
      participants: joined.compactMap { participants[$0]?.description }
        + incoming.filter(\.isShown).map(\.description),
      activeSpeakerID: speakerID, presenterID: presenterID)
    participants[key]?.replies.discard(id)
    effects.append(
      .post(
        connection,
        OutboundFrame(head: "{\"id\":\(id),", body: SharedBody(ServerReply.joined(reply)))))
    subscribeToAll(key)
  }

  /// The session is over: composers leave, and finish their files.
  mutating func dismissObservers(_ now: Moment) {
    for key in observers { leave(key, .meetingEndAPI, .told(closeCode: 1000), now) }
    // Those on their way in find no session any more.
    for (key, participant) in participants where participant.isHidden && !participant.isJoined {
      turnAwayJoining(key, .invalidMeetingID, nil, now)
    }
  }
}
