/// A message that is an object with a type, but cannot be carried out.
package struct SignalDecodingError: Error, Equatable, Sendable {
  /// The number of the request, if it had one, so that it can be answered.
  package var id: Int?
  package var message: String

  package init(id: Int?, message: String) {
    self.id = id
    self.message = message
  }
}

extension ClientMessage: Codable {
  private enum CodingKeys: String, CodingKey {
    case type, id, kind, mid, topic, quality, decision, mode, key, value
    case streamID = "streamId"
    case participantID = "participantId"
    case destinationMeetingID = "destinationMeetingId"
    case outputID = "outputId"
  }

  private enum Name: String {
    case ping, join, resume, offer, publish, subscribe, unsubscribe, remove, pin, unpin, report,
      leave, end
    case streamEnable = "stream-enable"
    case streamDisable = "stream-disable"
    case setQuality = "set-quality"
    case pauseStream = "pause-stream"
    case resumeStream = "resume-stream"
    case respondEntry = "respond-entry"
    case requestMedia = "request-media"
    case disableMedia = "disable-media"
    case changeMode = "change-mode"
    case switchRoom = "switch"
    case relayRequest = "relay-request"
    case relayRespond = "relay-respond"
    case relayStop = "relay-stop"
    case storeSet = "store-set"
    case storeGet = "store-get"
    case storeObserve = "store-observe"
    case storeUnobserve = "store-unobserve"
    case recordingStart = "recording-start"
    case recordingStop = "recording-stop"
    case livestreamStart = "livestream-start"
    case livestreamStop = "livestream-stop"
    case hlsStart = "hls-start"
    case hlsStop = "hls-stop"
  }

  /// Reads one message, strict about the types of the fields it knows.
  ///
  /// - Throws: `SignalDecodingError` when the message has a `type` but cannot be understood,
  ///   another error when it is no such message at all.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let type = try values.decode(String.self, forKey: .type)
    let id = try? values.decode(Int.self, forKey: .id)
    guard let name = Name(rawValue: type) else {
      throw SignalDecodingError(id: id, message: "unknown message type '\(type.prefix(40))'")
    }
    if name == .ping {
      self = .ping
      return
    }
    guard let id, id > 0 || name == .resume else {
      throw SignalDecodingError(id: nil, message: "'id' must be a whole number above 0")
    }
    do {
      switch name {
      case .ping: self = .ping
      case .join: self = .join(id: id, try JoinRequest(from: decoder))
      case .resume: self = .resume(id: id, try ResumeRequest(from: decoder))
      default: self = .request(id: id, try Self.request(name, values, decoder))
      }
    } catch {
      throw SignalDecodingError(id: id, message: "\(type): \(SignalJSON.explanation(of: error))")
    }
  }

  private static func request(
    _ name: Name, _ values: KeyedDecodingContainer<CodingKeys>, _ decoder: any Decoder
  ) throws -> ClientRequest {
    func text(_ key: CodingKeys) throws -> String { try values.decode(String.self, forKey: key) }
    func optionalText(_ key: CodingKeys) throws -> String? {
      try values.decodeIfPresent(String.self, forKey: key)
    }
    return switch name {
    case .ping, .join, .resume:
      throw SignalDecodingError(id: nil, message: "not a request")
    case .offer: .offer(try OfferRequest(from: decoder))
    case .streamEnable: .streamEnable(try StreamOnLine(from: decoder))
    case .streamDisable: .streamDisable(kind: try values.decode(StreamKind.self, forKey: .kind))
    case .setQuality:
      .setQuality(
        streamID: try text(.streamID), try values.decode(StreamQuality.self, forKey: .quality))
    case .pauseStream: .pauseStream(streamID: try text(.streamID))
    case .resumeStream: .resumeStream(streamID: try text(.streamID))
    case .publish: .publish(try PublishRequest(from: decoder))
    case .subscribe: .subscribe(topic: try text(.topic))
    case .unsubscribe: .unsubscribe(topic: try text(.topic))
    case .remove: .remove(participantID: try text(.participantID))
    case .respondEntry:
      .respondEntry(
        participantID: try text(.participantID),
        try values.decode(EntryDecision.self, forKey: .decision))
    case .requestMedia:
      .requestMedia(
        participantID: try text(.participantID),
        kind: try values.decode(StreamKind.self, forKey: .kind))
    case .disableMedia:
      .disableMedia(
        participantID: try optionalText(.participantID),
        kind: try values.decode(StreamKind.self, forKey: .kind))
    case .pin: .pin(try PinRequest(from: decoder))
    case .unpin: .unpin(try PinRequest(from: decoder))
    case .changeMode:
      .changeMode(
        try values.decode(ParticipantMode.self, forKey: .mode),
        participantID: try optionalText(.participantID))
    case .switchRoom: .switchRoom(try SwitchRequest(from: decoder))
    case .relayRequest: .relayRequest(try RelayRequest(from: decoder))
    case .relayRespond: .relayRespond(try RelayResponse(from: decoder))
    case .relayStop: .relayStop(destinationMeetingID: try text(.destinationMeetingID))
    case .storeSet: .storeSet(key: try text(.key), value: try optionalText(.value))
    case .storeGet: .storeGet(key: try text(.key))
    case .storeObserve: .storeObserve(key: try text(.key))
    case .storeUnobserve: .storeUnobserve(key: try text(.key))
    case .report: .report(try QualityReport(from: decoder))
    case .recordingStart: .startOutput(.recording, try StartOutputRequest(from: decoder))
    case .livestreamStart: .startOutput(.livestream, try StartOutputRequest(from: decoder))
    case .hlsStart: .startOutput(.hls, try StartOutputRequest(from: decoder))
    case .recordingStop: .stopOutput(.recording, outputID: try optionalText(.outputID))
    case .livestreamStop: .stopOutput(.livestream, outputID: try optionalText(.outputID))
    case .hlsStop: .stopOutput(.hls, outputID: try optionalText(.outputID))
    case .leave: .leave
    case .end: .end
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .ping:
      try values.encode(Name.ping.rawValue, forKey: .type)
    case .join(let id, let join):
      try values.encode(Name.join.rawValue, forKey: .type)
      try values.encode(id, forKey: .id)
      try join.encode(to: encoder)
    case .resume(let id, let resume):
      try values.encode(Name.resume.rawValue, forKey: .type)
      try values.encode(id, forKey: .id)
      try resume.encode(to: encoder)
    case .request(let id, let request):
      try values.encode(id, forKey: .id)
      try Self.encode(request, &values, encoder)
    }
  }

  private static func encode(
    _ request: ClientRequest, _ values: inout KeyedEncodingContainer<CodingKeys>,
    _ encoder: any Encoder
  ) throws {
    let name: Name
    switch request {
    case .offer(let offer):
      name = .offer
      try offer.encode(to: encoder)
    case .streamEnable(let stream):
      name = .streamEnable
      try stream.encode(to: encoder)
    case .streamDisable(let kind):
      name = .streamDisable
      try values.encode(kind, forKey: .kind)
    case .setQuality(let streamID, let quality):
      name = .setQuality
      try values.encode(streamID, forKey: .streamID)
      try values.encode(quality, forKey: .quality)
    case .pauseStream(let streamID):
      name = .pauseStream
      try values.encode(streamID, forKey: .streamID)
    case .resumeStream(let streamID):
      name = .resumeStream
      try values.encode(streamID, forKey: .streamID)
    case .publish(let publish):
      name = .publish
      try publish.encode(to: encoder)
    case .subscribe(let topic):
      name = .subscribe
      try values.encode(topic, forKey: .topic)
    case .unsubscribe(let topic):
      name = .unsubscribe
      try values.encode(topic, forKey: .topic)
    case .remove(let participantID):
      name = .remove
      try values.encode(participantID, forKey: .participantID)
    case .respondEntry(let participantID, let decision):
      name = .respondEntry
      try values.encode(participantID, forKey: .participantID)
      try values.encode(decision, forKey: .decision)
    case .requestMedia(let participantID, let kind):
      name = .requestMedia
      try values.encode(participantID, forKey: .participantID)
      try values.encode(kind, forKey: .kind)
    case .disableMedia(let participantID, let kind):
      name = .disableMedia
      try values.encodeIfPresent(participantID, forKey: .participantID)
      try values.encode(kind, forKey: .kind)
    case .pin(let pin):
      name = .pin
      try pin.encode(to: encoder)
    case .unpin(let pin):
      name = .unpin
      try pin.encode(to: encoder)
    case .changeMode(let mode, let participantID):
      name = .changeMode
      try values.encode(mode, forKey: .mode)
      try values.encodeIfPresent(participantID, forKey: .participantID)
    case .switchRoom(let move):
      name = .switchRoom
      try move.encode(to: encoder)
    case .relayRequest(let relay):
      name = .relayRequest
      try relay.encode(to: encoder)
    case .relayRespond(let response):
      name = .relayRespond
      try response.encode(to: encoder)
    case .relayStop(let destination):
      name = .relayStop
      try values.encode(destination, forKey: .destinationMeetingID)
    case .storeSet(let key, let value):
      name = .storeSet
      try values.encode(key, forKey: .key)
      try values.encode(value, forKey: .value)  // null is said, not left out
    case .storeGet(let key):
      name = .storeGet
      try values.encode(key, forKey: .key)
    case .storeObserve(let key):
      name = .storeObserve
      try values.encode(key, forKey: .key)
    case .storeUnobserve(let key):
      name = .storeUnobserve
      try values.encode(key, forKey: .key)
    case .report(let report):
      name = .report
      try report.encode(to: encoder)
    case .startOutput(let type, let request):
      name =
        switch type {
        case .livestream: .livestreamStart
        case .hls: .hlsStart
        case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
          .recordingStart
        }
      try request.encode(to: encoder)
    case .stopOutput(let type, let outputID):
      name =
        switch type {
        case .livestream: .livestreamStop
        case .hls: .hlsStop
        case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
          .recordingStop
        }
      try values.encodeIfPresent(outputID, forKey: .outputID)
    case .leave: name = .leave
    case .end: name = .end
    }
    try values.encode(name.rawValue, forKey: .type)
  }
}
