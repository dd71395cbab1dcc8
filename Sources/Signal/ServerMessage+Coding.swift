/// The names of a server message's fields.
enum ServerMessageField: String, CodingKey {
  case type, id, seq, sdp, timestamp, topic, messages, participant, reason, stream, kind, mid
  case count, message, state, name, decision, mode, kinds, displayName, key, value
  case respondedBy, requestedBy, disabledBy, pinnedBy, decidedBy, updatedBy
  case status, error
  case outputID = "outputId"
  case playbackHLSURL = "playbackHlsUrl"
  case startedAt
  case livestreamURL = "livestreamUrl"
  case downstreamURL = "downstreamUrl"
  case streamID = "streamId"
  case participantID = "participantId"
  case messageID = "messageId"
  case meetingID = "meetingId"
}

private typealias Field = ServerMessageField

extension ServerMessage: Codable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Field.self)
    let type = try values.decode(String.self, forKey: .type)
    if type == "pong" {
      self = .pong
    } else if type == "error" {
      self = .error(try ErrorMessage(from: decoder))
    } else if type == "waiting" {
      self = .waiting(
        id: try values.decode(Int.self, forKey: .id),
        participantID: try values.decode(String.self, forKey: .participantID))
    } else if type == "entry-responded", !values.contains(.seq) {
      self = .admission(
        participantID: try values.decode(String.self, forKey: .participantID),
        try values.decode(EntryDecision.self, forKey: .decision))
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
    case .waiting(let id, let participantID):
      try values.encode("waiting", forKey: .type)
      try values.encode(id, forKey: .id)
      try values.encode(participantID, forKey: .participantID)
    case .admission(let participantID, let decision):
      try values.encode("entry-responded", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(decision, forKey: .decision)
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
    case "store-value":
      self = .storeValue(
        key: try values.decode(String.self, forKey: .key),
        value: try values.decodeIfPresent(String.self, forKey: .value))
    case "output":
      self = .output(outputID: try values.decode(String.self, forKey: .outputID))
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
    case .storeValue(let key, let value):
      try values.encode("store-value", forKey: .type)
      try values.encode(key, forKey: .key)
      try values.encode(value, forKey: .value)  // null is said, not left out
    case .output(let outputID):
      try values.encode("output", forKey: .type)
      try values.encode(outputID, forKey: .outputID)
    case .ok: try values.encode("ok", forKey: .type)
    }
  }
}
