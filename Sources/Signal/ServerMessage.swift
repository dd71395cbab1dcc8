/// What the server sends over the WebSocket (docs/signalling.md).
package enum ServerMessage: Equatable, Sendable {
  case pong
  /// The join `id` waits for somebody in the meeting to let the guest in.
  case waiting(id: Int, participantID: String)
  /// What was decided about a waiting guest, told to that guest; the answer to its join follows.
  case admission(participantID: String, EntryDecision)
  /// The one answer to the request `id`, unless that is an `error`.
  case reply(id: Int, ServerReply)
  /// What happened, numbered without gaps for each participant.
  case event(seq: Int, ServerEvent)
  /// A refusal: of the request whose id it has, or of the connection.
  case error(ErrorMessage)
}

/// The answer to a request that was carried out.
package enum ServerReply: Equatable, Sendable {
  case joined(JoinedReply)
  /// All events up to `seq` follow, unless the client has them.
  case resumed(seq: Int)
  case answer(sdp: String)
  case stream(streamID: String)
  case published(messageID: String, timestamp: Int64)
  case history(topic: String, messages: [PubSubMessage])
  /// `nil`: the store has no such key.
  case storeValue(key: String, value: String?)
  case output(outputID: String)
  case ok
}

/// What happened in the meeting.
package enum ServerEvent: Equatable, Sendable {
  case participantJoined(ParticipantDescription)
  case participantLeft(participantID: String, reason: LeaveReason)
  case streamEnabled(participantID: String, StreamDescription)
  case streamDisabled(participantID: String, StreamDescription)
  case streamSeated(streamID: String, mid: String)
  case streamUnseated(streamID: String, mid: String)
  case seatsNeeded(count: Int)
  case mediaReset
  case speakerChanged(participantID: String?)
  case presenterChanged(participantID: String?)
  case pubsub(PubSubMessage)
  case mediaState(MediaState)
  /// A guest waits to be let in.
  case entryRequested(participantID: String, name: String)
  case entryResponded(participantID: String, EntryDecision, respondedBy: String)
  /// A guest waits no more: it gave up.
  case entryWithdrawn(participantID: String)
  /// Somebody asks this participant to turn on its microphone or camera.
  case mediaRequested(kind: StreamKind, requestedBy: String)
  /// Somebody ended a stream of this participant.
  case mediaDisabled(kind: StreamKind, disabledBy: String)
  case pinChanged(participantID: String, PinState, pinnedBy: String)
  case participantModeChanged(participantID: String, ParticipantMode)
  /// A participant of another meeting asks to be seen here.
  case relayRequested(
    participantID: String, meetingID: String, displayName: String, kinds: [StreamKind])
  case relayResponded(meetingID: String, RelayDecision, decidedBy: String)
  case relayStarted(meetingID: String)
  case relayStopped(meetingID: String, RelayStopReason)
  case storeChanged(key: String, value: String?, updatedBy: String)
  case outputChanged(OutputDescription)
  /// The last event of a participant.
  case meetingLeft(reason: LeaveReason)
}

/// What a new participant is told.
package struct JoinedReply: Codable, Equatable, Sendable {
  package var meetingID: String
  package var sessionID: String
  package var participantID: String
  package var resumeToken: String
  package var mode: ParticipantMode
  /// SDP; absent in `SIGNALLING_ONLY`.
  package var answer: String?
  /// The participant's own streams.
  package var streams: [StreamDescription]
  /// The others.
  package var participants: [ParticipantDescription]
  package var activeSpeakerID: String?
  package var presenterID: String?
  /// What goes on, oldest first; absent for nothing.
  package var outputs: [OutputDescription]?

  package init(
    meetingID: String, sessionID: String, participantID: String, resumeToken: String,
    mode: ParticipantMode, answer: String?, streams: [StreamDescription],
    participants: [ParticipantDescription], activeSpeakerID: String?, presenterID: String?,
    outputs: [OutputDescription]? = nil
  ) {
    self.outputs = outputs
    self.meetingID = meetingID
    self.sessionID = sessionID
    self.participantID = participantID
    self.resumeToken = resumeToken
    self.mode = mode
    self.answer = answer
    self.streams = streams
    self.participants = participants
    self.activeSpeakerID = activeSpeakerID
    self.presenterID = presenterID
  }

  private enum CodingKeys: String, CodingKey {
    case mode, answer, streams, participants, resumeToken, outputs
    case meetingID = "meetingId"
    case sessionID = "sessionId"
    case participantID = "participantId"
    case activeSpeakerID = "activeSpeakerId"
    case presenterID = "presenterId"
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(meetingID, forKey: .meetingID)
    try values.encode(sessionID, forKey: .sessionID)
    try values.encode(participantID, forKey: .participantID)
    try values.encode(resumeToken, forKey: .resumeToken)
    try values.encode(mode, forKey: .mode)
    try values.encodeIfPresent(answer, forKey: .answer)
    try values.encode(streams, forKey: .streams)
    try values.encode(participants, forKey: .participants)
    try values.encode(activeSpeakerID, forKey: .activeSpeakerID)  // null is said, not left out
    try values.encode(presenterID, forKey: .presenterID)
    try values.encodeIfPresent(outputs, forKey: .outputs)
  }
}

/// A participant as the others see it.
package struct ParticipantDescription: Codable, Equatable, Sendable {
  package var participantID: String
  package var displayName: String
  package var mode: ParticipantMode
  package var metaData: JSONValue
  package var streams: [StreamDescription]
  /// Absent: nothing is pinned.
  package var pin: PinState?
  /// The meeting it really is in; absent for the participants of this one.
  package var relayedFrom: String?

  package init(
    participantID: String, displayName: String, mode: ParticipantMode, metaData: JSONValue,
    streams: [StreamDescription], pin: PinState? = nil, relayedFrom: String? = nil
  ) {
    self.participantID = participantID
    self.displayName = displayName
    self.mode = mode
    self.metaData = metaData
    self.streams = streams
    self.pin = pin
    self.relayedFrom = relayedFrom
  }

  private enum CodingKeys: String, CodingKey {
    case participantID = "participantId"
    case displayName, mode, metaData, streams, pin, relayedFrom
  }
}

/// A stream as the others see it.
package struct StreamDescription: Codable, Equatable, Sendable {
  package var streamID: String
  package var kind: StreamKind

  package init(streamID: String, kind: StreamKind) {
    self.streamID = streamID
    self.kind = kind
  }

  private enum CodingKeys: String, CodingKey {
    case streamID = "streamId"
    case kind
  }
}

/// One message of a topic.
package struct PubSubMessage: Codable, Equatable, Sendable {
  package var messageID: String
  package var topic: String
  package var message: JSONValue
  package var payload: JSONValue?
  package var senderID: String
  package var senderName: String
  /// Milliseconds since 1970.
  package var timestamp: Int64

  package init(
    messageID: String, topic: String, message: JSONValue, payload: JSONValue?, senderID: String,
    senderName: String, timestamp: Int64
  ) {
    self.messageID = messageID
    self.topic = topic
    self.message = message
    self.payload = payload
    self.senderID = senderID
    self.senderName = senderName
    self.timestamp = timestamp
  }

  private enum CodingKeys: String, CodingKey {
    case topic, message, payload, senderName, timestamp
    case messageID = "messageId"
    case senderID = "senderId"
  }
}

/// A refusal; `id` is that of the request, absent when it answers none.
package struct ErrorMessage: Codable, Equatable, Sendable {
  package var id: Int?
  package var code: Int
  package var name: String
  package var message: String

  package init(id: Int?, _ code: ErrorCode, _ message: String? = nil) {
    self.id = id
    self.code = code.number
    name = code.name
    self.message = message ?? code.defaultMessage
  }
}
