/// A session with those who are in it now, as `…/participants/active` shows it.
package struct ActiveSessionResource: Encodable, Equatable, Sendable {
  package var id: String
  package var apiKey: String
  package var start: Timestamp
  package var end: Timestamp?
  package var participants: [ActiveParticipantResource]
  package var region: String
  package var hlsLog: [TimelogResource]
  package var roomId: String
  package var status: SessionResource.Status
  package var links: SessionLinks

  package init(
    id: String, apiKey: String, start: Timestamp, end: Timestamp?,
    participants: [ActiveParticipantResource], roomId: String, status: SessionResource.Status,
    links: SessionLinks
  ) {
    self.id = id
    self.apiKey = apiKey
    self.start = start
    self.end = end
    self.participants = participants
    region = "local"  // one machine; the field is there because clients read it
    hlsLog = []
    self.roomId = roomId
    self.status = status
    self.links = links
  }

  private enum CodingKeys: String, CodingKey {
    case id = "_id"
    case apiKey, start, end, participants, region, hlsLog, roomId, status, links
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(apiKey, forKey: .apiKey)
    try values.encode(start, forKey: .start)
    try values.encode(end, forKey: .end)
    try values.encode(participants, forKey: .participants)
    try values.encode(region, forKey: .region)
    try values.encode(hlsLog, forKey: .hlsLog)
    try values.encode(roomId, forKey: .roomId)
    try values.encode(status, forKey: .status)
    try values.encode(links, forKey: .links)
  }
}

/// A participant who is in a session now.
package struct ActiveParticipantResource: Encodable, Equatable, Sendable {
  /// When each kind of stream was on.
  package struct Events: Encodable, Equatable, Sendable {
    package var mic: [TimelogResource]
    package var webcam: [TimelogResource]
    package var screenShare: [TimelogResource]
    package var screenShareAudio: [TimelogResource]

    package init(
      mic: [TimelogResource] = [], webcam: [TimelogResource] = [],
      screenShare: [TimelogResource] = [], screenShareAudio: [TimelogResource] = []
    ) {
      self.mic = mic
      self.webcam = webcam
      self.screenShare = screenShare
      self.screenShareAudio = screenShareAudio
    }
  }

  /// The program the participant uses, as it says itself.
  package struct DeviceInfo: Encodable, Equatable, Sendable {
    package var sdkType: String?
    package var sdkVersion: String?
    /// `desktop`, `mobile` or `tablet`.
    package var platform: String?
    package var userAgent: String?
    /// What `userAgent` says; `nil` without one.
    package var browserUserAgent: BrowserUserAgent?

    package init(_ client: ClientDescription) {
      sdkType = client.sdk
      sdkVersion = client.version
      userAgent = client.userAgent
      let parsed = client.userAgent.map { UserAgent($0) }
      platform = parsed?.platform?.rawValue
      browserUserAgent = parsed.map(BrowserUserAgent.init)
    }
  }

  /// A browser by name, its system, and the kind of machine it runs on.
  package struct BrowserUserAgent: Encodable, Equatable, Sendable {
    package struct System: Encodable, Equatable, Sendable { package var name: String? }
    package struct Machine: Encodable, Equatable, Sendable { package var type: String? }

    package var browser: UserAgent.Product?
    package var os: System
    package var platform: Machine

    package init(_ agent: UserAgent) {
      browser = agent.browser
      os = System(name: agent.system)
      platform = Machine(type: agent.platform?.rawValue)
    }
  }

  /// A mode and when the participant had it.
  package struct ModeChange: Encodable, Equatable, Sendable {
    package var mode: ParticipantMode
    package var timelog: [TimelogResource]
    package var id: String

    package init(mode: ParticipantMode, timelog: [TimelogResource], id: String) {
      self.mode = mode
      self.timelog = timelog
      self.id = id
    }

    private enum CodingKeys: String, CodingKey {
      case mode, timelog
      case id = "_id"
    }
  }

  package var id: String
  package var participantId: String
  package var name: String
  package var events: Events
  package var timelog: [TimelogResource]
  package var initTime: Timestamp
  package var deviceInfo: DeviceInfo
  package var changeModeHistory: [ModeChange]
  package var mode: ParticipantMode

  package init(
    id: String, participantId: String, name: String, events: Events, timelog: [TimelogResource],
    initTime: Timestamp, deviceInfo: DeviceInfo, changeModeHistory: [ModeChange],
    mode: ParticipantMode
  ) {
    self.id = id
    self.participantId = participantId
    self.name = name
    self.events = events
    self.timelog = timelog
    self.initTime = initTime
    self.deviceInfo = deviceInfo
    self.changeModeHistory = changeModeHistory
    self.mode = mode
  }

  private enum CodingKeys: String, CodingKey {
    case id = "_id"
    case participantId, name, events, timelog, initTime, deviceInfo, changeModeHistory, mode
  }
}
