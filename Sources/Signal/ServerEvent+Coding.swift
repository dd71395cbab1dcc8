private typealias Field = ServerMessageField

/// Encodes the message without its `seq`, so that one encoding serves all who get it.
extension ServerEvent: Encodable {
  init?(_ type: String, _ values: KeyedDecodingContainer<ServerMessageField>) throws {
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
    default:
      guard let event = try Self.ofPlatform(type, values) else { return nil }
      self = event
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
    case .entryRequested(let participantID, let name):
      try values.encode("entry-requested", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(name, forKey: .name)
    case .entryResponded(let participantID, let decision, let respondedBy):
      try values.encode("entry-responded", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(decision, forKey: .decision)
      try values.encode(respondedBy, forKey: .respondedBy)
    case .entryWithdrawn(let participantID):
      try values.encode("entry-withdrawn", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
    case .mediaRequested(let kind, let requestedBy):
      try values.encode("media-requested", forKey: .type)
      try values.encode(kind, forKey: .kind)
      try values.encode(requestedBy, forKey: .requestedBy)
    case .mediaDisabled(let kind, let disabledBy):
      try values.encode("media-disabled", forKey: .type)
      try values.encode(kind, forKey: .kind)
      try values.encode(disabledBy, forKey: .disabledBy)
    case .pinChanged(let participantID, let state, let pinnedBy):
      try values.encode("pin-changed", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(state, forKey: .state)
      try values.encode(pinnedBy, forKey: .pinnedBy)
    case .participantModeChanged(let participantID, let mode):
      try values.encode("participant-mode-changed", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(mode, forKey: .mode)
    case .relayRequested(let participantID, let meetingID, let displayName, let kinds):
      try values.encode("relay-requested", forKey: .type)
      try values.encode(participantID, forKey: .participantID)
      try values.encode(meetingID, forKey: .meetingID)
      try values.encode(displayName, forKey: .displayName)
      try values.encode(kinds, forKey: .kinds)
    case .relayResponded(let meetingID, let decision, let decidedBy):
      try values.encode("relay-responded", forKey: .type)
      try values.encode(meetingID, forKey: .meetingID)
      try values.encode(decision, forKey: .decision)
      try values.encode(decidedBy, forKey: .decidedBy)
    case .relayStarted(let meetingID):
      try values.encode("relay-started", forKey: .type)
      try values.encode(meetingID, forKey: .meetingID)
    case .relayStopped(let meetingID, let reason):
      try values.encode("relay-stopped", forKey: .type)
      try values.encode(meetingID, forKey: .meetingID)
      try values.encode(reason, forKey: .reason)
    case .storeChanged(let key, let value, let updatedBy):
      try values.encode("store-changed", forKey: .type)
      try values.encode(key, forKey: .key)
      try values.encode(value, forKey: .value)
      try values.encode(updatedBy, forKey: .updatedBy)
    case .outputChanged(let output):
      try values.encode("\(output.kind.rawValue)-state-changed", forKey: .type)
      try values.encode(output.outputID, forKey: .outputID)
      try values.encode(output.status, forKey: .status)
      try values.encodeIfPresent(output.startedAt, forKey: .startedAt)
      try values.encodeIfPresent(output.playbackHLSURL, forKey: .playbackHLSURL)
      try values.encodeIfPresent(output.livestreamURL, forKey: .livestreamURL)
      try values.encodeIfPresent(output.downstreamURL, forKey: .downstreamURL)
      try values.encodeIfPresent(output.error, forKey: .error)
    }
  }

  /// The events of lobby, moderation, relays and store; `nil` for another type.
  private static func ofPlatform(
    _ type: String, _ values: KeyedDecodingContainer<Field>
  ) throws -> ServerEvent? {
    func text(_ key: Field) throws -> String { try values.decode(String.self, forKey: key) }
    func kind() throws -> StreamKind { try values.decode(StreamKind.self, forKey: .kind) }
    return switch type {
    case "entry-requested":
      .entryRequested(participantID: try text(.participantID), name: try text(.name))
    case "entry-responded":
      .entryResponded(
        participantID: try text(.participantID),
        try values.decode(EntryDecision.self, forKey: .decision),
        respondedBy: try text(.respondedBy))
    case "entry-withdrawn": .entryWithdrawn(participantID: try text(.participantID))
    case "media-requested":
      .mediaRequested(kind: try kind(), requestedBy: try text(.requestedBy))
    case "media-disabled": .mediaDisabled(kind: try kind(), disabledBy: try text(.disabledBy))
    case "pin-changed":
      .pinChanged(
        participantID: try text(.participantID),
        try values.decode(PinState.self, forKey: .state), pinnedBy: try text(.pinnedBy))
    case "participant-mode-changed":
      .participantModeChanged(
        participantID: try text(.participantID),
        try values.decode(ParticipantMode.self, forKey: .mode))
    case "relay-requested":
      .relayRequested(
        participantID: try text(.participantID), meetingID: try text(.meetingID),
        displayName: try text(.displayName),
        kinds: try values.decode([StreamKind].self, forKey: .kinds))
    case "relay-responded":
      .relayResponded(
        meetingID: try text(.meetingID),
        try values.decode(RelayDecision.self, forKey: .decision),
        decidedBy: try text(.decidedBy))
    case "relay-started": .relayStarted(meetingID: try text(.meetingID))
    case "relay-stopped":
      .relayStopped(
        meetingID: try text(.meetingID),
        try values.decode(RelayStopReason.self, forKey: .reason))
    case "store-changed":
      .storeChanged(
        key: try text(.key), value: try values.decodeIfPresent(String.self, forKey: .value),
        updatedBy: try text(.updatedBy))
    case "recording-state-changed": .outputChanged(try output(.recording, values))
    case "livestream-state-changed": .outputChanged(try output(.livestream, values))
    case "hls-state-changed": .outputChanged(try output(.hls, values))
    default: nil
    }
  }

  private static func output(
    _ kind: OutputType, _ values: KeyedDecodingContainer<Field>
  ) throws -> OutputDescription {
    func text(_ key: Field) throws -> String? {
      try values.decodeIfPresent(String.self, forKey: key)
    }
    var output = OutputDescription(
      outputID: try values.decode(String.self, forKey: .outputID), kind: kind, state: .starting)
    output.status = try values.decode(String.self, forKey: .status)
    output.startedAt = try values.decodeIfPresent(Int64.self, forKey: .startedAt)
    output.playbackHLSURL = try text(.playbackHLSURL)
    output.livestreamURL = try text(.livestreamURL)
    output.downstreamURL = try text(.downstreamURL)
    output.error = try values.decodeIfPresent(
      OutputDescription.Failure.self, forKey: .error)
    return output
  }
}
