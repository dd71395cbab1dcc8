private enum Field: String, CodingKey {
  case type, id, seq, sdp, timestamp, topic, messages, participant, reason, stream, kind, mid
  case count, message, state
  case streamID = "streamId"
  case participantID = "participantId"
  case messageID = "messageId"
}

extension ServerMessage: Codable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Field.self)
    let type = try values.decode(String.self, forKey: .type)
    if type == "pong" {
      self = .pong
    } else if type == "error" {
      self = .error(try ErrorMessage(from: decoder))
    } else if let reply = try ServerReply(type, values, decoder) {
      self = .reply(id: try values.decode(Int.self, forKey: .id), reply)
    } else if let event = try ServerEvent(type, values) {
      self = .event(seq: try values.decode(Int.self, forKey: .seq), event)
    } else {
      throw SignalDecodingError(id: nil, message: "unknown message type '\(type.prefix(40))'")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Field.self)
    switch self {
    case .pong: try values.encode("pong", forKey: .type)
    case .reply(let id, let reply):
      try values.encode(id, forKey: .id)
      try reply.encode(to: encoder)
    case .event(let seq, let event):
      try values.encode(seq, forKey: .seq)
      try event.encode(to: encoder)
    case .error(let error):
      try values.encode("error", forKey: .type)
      try error.encode(to: encoder)
    }
  }
}

/// Encodes the message without its `id`, so that one encoding serves a cache of answers.
extension ServerReply: Encodable {
  fileprivate init?(
    _ type: String, _ values: KeyedDecodingContainer<Field>, _ decoder: any Decoder
  ) throws {
    switch type {
    case "joined": self = .joined(try JoinedReply(from: decoder))
    case "resumed": self = .resumed(seq: try values.decode(Int.self, forKey: .seq))
    case "answer": self = .answer(sdp: try values.decode(String.self, forKey: .sdp))
    case "stream": self = .stream(streamID: try values.decode(String.self, forKey: .streamID))
    case "published":
      self = .published(
        messageID: try values.decode(String.self, forKey: .messageID),
        timestamp: try values.decode(Int64.self, forKey: .timestamp))
    case "history":
      self = .history(
        topic: try values.decode(String.self, forKey: .topic),
        messages: try values.decode([PubSubMessage].self, forKey: .messages))
    case "ok": self = .ok
    default: return nil
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Field.self)
    switch self {
    case .joined(let joined):
      try values.encode("joined", forKey: .type)
      try joined.encode(to: encoder)
    case .resumed(let seq):
      try values.encode("resumed", forKey: .type)
      try values.encode(seq, forKey: .seq)
    case .answer(let sdp):
      try values.encode("answer", forKey: .type)
      try values.encode(sdp, forKey: .sdp)
    case .stream(let streamID):
      try values.encode("stream", forKey: .type)
      try values.encode(streamID, forKey: .streamID)
    case .published(let messageID, let timestamp):
      try values.encode("published", forKey: .type)
      try values.encode(messageID, forKey: .messageID)
      try values.encode(timestamp, forKey: .timestamp)
    case .history(let topic, let messages):
      try values.encode("history", forKey: .type)
      try values.encode(topic, forKey: .topic)
      try values.encode(messages, forKey: .messages)
    case .ok: try values.encode("ok", forKey: .type)
    }
  }
}

/// Encodes the message without its `seq`, so that one encoding serves all who get it.
extension ServerEvent: Encodable {
  fileprivate init?(_ type: String, _ values: KeyedDecodingContainer<Field>) throws {
    func text(_ key: Field) throws -> String { try values.decode(String.self, forKey: key) }
    switch type {
    case "participant-joined":
      self = .participantJoined(
        try values.decode(ParticipantDescription.self, forKey: .participant))
    case "participant-left":
      self = .participantLeft(
        participantID: try text(.participantID),
        reason: try values.decode(LeaveReason.self, forKey: .reason))
    case "stream-enabled":
      self = .streamEnabled(
        participantID: try text(.participantID),
        try values.decode(StreamDescription.self, forKey: .stream))
    case "stream-disabled":
      self = .streamDisabled(
        participantID: try text(.participantID),
        StreamDescription(
          streamID: try text(.streamID), kind: try values.decode(StreamKind.self, forKey: .kind)))
    case "stream-seated":
      self = .streamSeated(streamID: try text(.streamID), mid: try text(.mid))
    case "stream-unseated":
      self = .streamUnseated(streamID: try text(.streamID), mid: try text(.mid))
    case "seats-needed": self = .seatsNeeded(count: try values.decode(Int.self, forKey: .count))
    case "media-reset": self = .mediaReset
    case "speaker-changed":
      self = .speakerChanged(
        participantID: try values.decodeIfPresent(String.self, forKey: .participantID))
    case "presenter-changed":
      self = .presenterChanged(
        participantID: try values.decodeIfPresent(String.self, forKey: .participantID))
    case "pubsub": self = .pubsub(try values.decode(PubSubMessage.self, forKey: .message))
    case "media-state":
      self = .mediaState(try values.decode(MediaState.self, forKey: .state))
    case "meeting-left":
      self = .meetingLeft(reason: try values.decode(LeaveReason.self, forKey: .reason))
    default: return nil
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Field.self)
    switch self {
    case .participantJoined(let participant):
      try values.encode("participant-joined", forKey: .type)
      try values.encode(participant, forKey: .participant)
    case .participantLeft(let participantID, let reason):
      try values.encode("participant-left", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(reason, forKey: .reason)
    case .streamEnabled(let participantID, let stream):
      try values.encode("stream-enabled", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(stream, forKey: .stream)
    case .streamDisabled(let participantID, let stream):
      try values.encode("stream-disabled", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(stream.streamID, forKey: .streamID)
      try values.encode(stream.kind, forKey: .kind)
    case .streamSeated(let streamID, let mid):
      try values.encode("stream-seated", forKey: .type)
      try values.encode(streamID, forKey: .streamID)
      try values.encode(mid, forKey: .mid)
    case .streamUnseated(let streamID, let mid):
      try values.encode("stream-unseated", forKey: .type)
      try values.encode(streamID, forKey: .streamID)
      try values.encode(mid, forKey: .mid)
    case .seatsNeeded(let count):
      try values.encode("seats-needed", forKey: .type)
      try values.encode(count, forKey: .count)
    case .mediaReset: try values.encode("media-reset", forKey: .type)
    case .speakerChanged(let participantID):
      try values.encode("speaker-changed", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
    case .presenterChanged(let participantID):
      try values.encode("presenter-changed", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
    case .pubsub(let message):
      try values.encode("pubsub", forKey: .type)
      try values.encode(message, forKey: .message)
    case .mediaState(let state):
      try values.encode("media-state", forKey: .type)
      try values.encode(state, forKey: .state)
    case .meetingLeft(let reason):
      try values.encode("meeting-left", forKey: .type)
      try values.encode(reason, forKey: .reason)
    }
  }
}
