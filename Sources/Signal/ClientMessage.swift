/// What a client sends over the WebSocket (docs/signalling.md).
package enum ClientMessage: Equatable, Sendable {
  case ping
  case join(id: Int, JoinRequest)
  case resume(id: Int, ResumeRequest)
  /// Any request of a participant that joined.
  case request(id: Int, ClientRequest)
}

/// A request of a participant that joined.
package enum ClientRequest: Equatable, Sendable {
  case offer(OfferRequest)
  case streamEnable(StreamOnLine)
  case streamDisable(kind: StreamKind)
  case setQuality(streamID: String, StreamQuality)
  case pauseStream(streamID: String)
  case resumeStream(streamID: String)
  case publish(PublishRequest)
  case subscribe(topic: String)
  case unsubscribe(topic: String)
  case remove(participantID: String)
  /// Lets a waiting guest in, or sends it away.
  case respondEntry(participantID: String, EntryDecision)
  /// Asks somebody to turn on its microphone or camera.
  case requestMedia(participantID: String, kind: StreamKind)
  /// Ends somebody's stream; everybody's but the sender's if `participantID` is absent.
  case disableMedia(participantID: String?, kind: StreamKind)
  case pin(PinRequest)
  case unpin(PinRequest)
  /// One's own mode if `participantID` is absent.
  case changeMode(ParticipantMode, participantID: String?)
  case switchRoom(SwitchRequest)
  case relayRequest(RelayRequest)
  case relayRespond(RelayResponse)
  case relayStop(destinationMeetingID: String)
  /// `nil` takes the key out of the store.
  case storeSet(key: String, value: String?)
  case storeGet(key: String)
  case storeObserve(key: String)
  case storeUnobserve(key: String)
  case report(QualityReport)
  /// A recording, livestream or HLS.
  case startOutput(OutputType, StartOutputRequest)
  /// All of the type if `outputID` is absent.
  case stopOutput(OutputType, outputID: String?)
  case leave
  case end
}

/// The first message of a new participant.
package struct JoinRequest: Codable, Equatable, Sendable {
  package var token: String
  package var meetingID: String
  /// Absent: the server makes one.
  package var participantID: String?
  package var name: String?
  package var mode: ParticipantMode?
  package var metaData: JSONValue?
  /// SDP; absent in `SIGNALLING_ONLY`.
  package var offer: String?
  package var streams: [StreamOnLine]?
  package var client: ClientDescription?

  package init(
    token: String, meetingID: String, participantID: String? = nil, name: String? = nil,
    mode: ParticipantMode? = nil, metaData: JSONValue? = nil, offer: String? = nil,
    streams: [StreamOnLine]? = nil, client: ClientDescription? = nil
  ) {
    self.token = token
    self.meetingID = meetingID
    self.participantID = participantID
    self.name = name
    self.mode = mode
    self.metaData = metaData
    self.offer = offer
    self.streams = streams
    self.client = client
  }

  private enum CodingKeys: String, CodingKey {
    case token, name, mode, metaData, offer, streams, client
    case meetingID = "meetingId"
    case participantID = "participantId"
  }
}

/// The first message of a participant whose socket dropped.
package struct ResumeRequest: Codable, Equatable, Sendable {
  package var resumeToken: String
  /// The last event this client has seen; 0 if none.
  package var seq: Int

  package init(resumeToken: String, seq: Int) {
    self.resumeToken = resumeToken
    self.seq = seq
  }
}

/// A further offer of a participant's peer connection.
package struct OfferRequest: Codable, Equatable, Sendable {
  package var sdp: String
  /// The offer is of a new peer connection; absent means no.
  package var reset: Bool?
  package var streams: [StreamOnLine]?

  package init(sdp: String, reset: Bool? = nil, streams: [StreamOnLine]? = nil) {
    self.sdp = sdp
    self.reset = reset
    self.streams = streams
  }
}

/// One stream on one m-line of an offer.
package struct StreamOnLine: Codable, Equatable, Sendable {
  package var kind: StreamKind
  package var mid: String

  package init(kind: StreamKind, mid: String) {
    self.kind = kind
    self.mid = mid
  }
}

/// One message for the subscribers of a topic.
package struct PublishRequest: Codable, Equatable, Sendable {
  package var topic: String
  package var message: JSONValue
  package var persist: Bool?
  /// Only these participants get it; absent means all.
  package var sendOnly: [String]?
  package var payload: JSONValue?

  package init(
    topic: String, message: JSONValue, persist: Bool? = nil, sendOnly: [String]? = nil,
    payload: JSONValue? = nil
  ) {
    self.topic = topic
    self.message = message
    self.persist = persist
    self.sendOnly = sendOnly
    self.payload = payload
  }
}

/// Which program a participant uses, as it says itself.
package struct ClientDescription: Codable, Equatable, Sendable {
  package var sdk: String?
  package var version: String?
  package var userAgent: String?

  package init(sdk: String? = nil, version: String? = nil, userAgent: String? = nil) {
    self.sdk = sdk
    self.version = version
    self.userAgent = userAgent
  }
}
