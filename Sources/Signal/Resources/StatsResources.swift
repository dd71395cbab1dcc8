/// One sample of how good a call was, as the REST API shows it; sent and received are the participant's.
package struct SampleResource: Encodable, Equatable, Sendable {
  /// Estimates of what people would say, 0 to 5; `nil` when nothing flowed.
  package struct Score: Encodable, Equatable, Sendable {
    package var audio: Double?
    package var video: Double?

    package init(audio: Double?, video: Double?) {
      self.audio = audio
      self.video = video
    }

    private enum CodingKeys: String, CodingKey { case audio, video }

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(audio, forKey: .audio)  // null is said, not left out
      try values.encode(video, forKey: .video)
    }
  }

  /// The end of what it covers.
  package var time: Timestamp
  package var recvAudioPacketLost: Int
  package var recvVideoPacketLost: Int
  package var sendAudioPacketLost: Int
  package var sendVideoPacketLost: Int
  /// Milliseconds; `nil` if not measured.
  package var averageAudioRtt: Double?
  package var averageVideoRtt: Double?
  package var averageAudioJitter: Double?
  package var averageVideoJitter: Double?
  /// kbit/s.
  package var averageSendAudioBitrate: Double
  package var averageSendVideoBitrate: Double
  package var averageRecvAudioBitrate: Double
  package var averageRecvVideoBitrate: Double
  package var qualityScore: Score

  package init(
    time: Timestamp, recvAudioPacketLost: Int, recvVideoPacketLost: Int, sendAudioPacketLost: Int,
    sendVideoPacketLost: Int, averageAudioRtt: Double?, averageVideoRtt: Double?,
    averageAudioJitter: Double?, averageVideoJitter: Double?, averageSendAudioBitrate: Double,
    averageSendVideoBitrate: Double, averageRecvAudioBitrate: Double,
    averageRecvVideoBitrate: Double, qualityScore: Score
  ) {
    self.time = time
    self.recvAudioPacketLost = recvAudioPacketLost
    self.recvVideoPacketLost = recvVideoPacketLost
    self.sendAudioPacketLost = sendAudioPacketLost
    self.sendVideoPacketLost = sendVideoPacketLost
    self.averageAudioRtt = averageAudioRtt
    self.averageVideoRtt = averageVideoRtt
    self.averageAudioJitter = averageAudioJitter
    self.averageVideoJitter = averageVideoJitter
    self.averageSendAudioBitrate = averageSendAudioBitrate
    self.averageSendVideoBitrate = averageSendVideoBitrate
    self.averageRecvAudioBitrate = averageRecvAudioBitrate
    self.averageRecvVideoBitrate = averageRecvVideoBitrate
    self.qualityScore = qualityScore
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case time, recvAudioPacketLost, recvVideoPacketLost, sendAudioPacketLost, sendVideoPacketLost
    case averageAudioRtt, averageVideoRtt, averageAudioJitter, averageVideoJitter
    case averageSendAudioBitrate, averageSendVideoBitrate, averageRecvAudioBitrate
    case averageRecvVideoBitrate, qualityScore
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(time, forKey: .time)
    try values.encode(recvAudioPacketLost, forKey: .recvAudioPacketLost)
    try values.encode(recvVideoPacketLost, forKey: .recvVideoPacketLost)
    try values.encode(sendAudioPacketLost, forKey: .sendAudioPacketLost)
    try values.encode(sendVideoPacketLost, forKey: .sendVideoPacketLost)
    try values.encode(averageAudioRtt, forKey: .averageAudioRtt)
    try values.encode(averageVideoRtt, forKey: .averageVideoRtt)
    try values.encode(averageAudioJitter, forKey: .averageAudioJitter)
    try values.encode(averageVideoJitter, forKey: .averageVideoJitter)
    try values.encode(averageSendAudioBitrate, forKey: .averageSendAudioBitrate)
    try values.encode(averageSendVideoBitrate, forKey: .averageSendVideoBitrate)
    try values.encode(averageRecvAudioBitrate, forKey: .averageRecvAudioBitrate)
    try values.encode(averageRecvVideoBitrate, forKey: .averageRecvVideoBitrate)
    try values.encode(qualityScore, forKey: .qualityScore)
  }

  /// The samples as a table (RFC 4180); both scores get a column, what was not measured stays empty.
  package static func csv(_ samples: [SampleResource]) -> [UInt8] {
    let columns = CodingKeys.allCases.dropLast().map(\.rawValue) + ["audioScore", "videoScore"]
    var text = columns.joined(separator: ",") + "\r\n"
    func field(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
    for sample in samples {
      let fields = [
        sample.time.text, "\(sample.recvAudioPacketLost)", "\(sample.recvVideoPacketLost)",
        "\(sample.sendAudioPacketLost)", "\(sample.sendVideoPacketLost)",
        field(sample.averageAudioRtt), field(sample.averageVideoRtt),
        field(sample.averageAudioJitter), field(sample.averageVideoJitter),
        field(sample.averageSendAudioBitrate), field(sample.averageSendVideoBitrate),
        field(sample.averageRecvAudioBitrate), field(sample.averageRecvVideoBitrate),
        field(sample.qualityScore.audio), field(sample.qualityScore.video),
      ]
      text += fields.joined(separator: ",") + "\r\n"
    }
    return Array(text.utf8)
  }
}

/// `GET /v2/sessions/{sessionId}/stats`.
package struct SessionStatsResource: Encodable, Equatable, Sendable {
  package var sessionId: String
  package var meetingId: String
  package var stats: [SampleResource]

  package init(sessionId: String, meetingId: String, stats: [SampleResource]) {
    self.sessionId = sessionId
    self.meetingId = meetingId
    self.stats = stats
  }
}

/// `GET /v2/sessions/{sessionId}/participants/{participantId}/stats`.
package struct ParticipantStatsResource: Encodable, Equatable, Sendable {
  /// The browser.
  package struct Device: Encodable, Equatable, Sendable {
    package var deviceName: String?
    package var deviceVersion: String?
  }

  package struct SDK: Encodable, Equatable, Sendable {
    package var sdkName: String?
    package var sdkVersion: String?
  }

  /// Always unknown: addresses are not looked up.
  package struct Location: Encodable, Equatable, Sendable {
    package var country: String?
    package var city: String?
    package var region: String?

    private enum CodingKeys: String, CodingKey { case country, city, region }

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(country, forKey: .country)
      try values.encode(city, forKey: .city)
      try values.encode(region, forKey: .region)
    }
  }

  /// `asn` and `org` are always unknown, likewise.
  package struct Network: Encodable, Equatable, Sendable {
    package var asn: Int?
    package var org: String?
    /// As the client told.
    package var type: NetworkType?

    private enum CodingKeys: String, CodingKey { case asn, org, type }

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(asn, forKey: .asn)
      try values.encode(org, forKey: .org)
      try values.encode(type, forKey: .type)
    }
  }

  /// How many videos of which height the participant was shown.
  package struct Resolutions: Encodable, Equatable, Sendable {
    /// In the order of the keys.
    package var counts: [Int]
    package var time: Timestamp

    package init(counts: [Int], time: Timestamp) {
      self.counts = counts
      self.time = time
    }

    private enum CodingKeys: String, CodingKey {
      case lines180 = "180"
      case lines360 = "360"
      case lines720 = "720"
      case lines1080 = "1080"
      case lines1440 = "1440"
      case lines2160 = "2160"
      case time
    }
    private static let keys: [CodingKeys] = [
      .lines180, .lines360, .lines720, .lines1080, .lines1440, .lines2160,
    ]

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      for (key, count) in zip(Self.keys, counts) { try values.encode(count, forKey: key) }
      try values.encode(time, forKey: .time)
    }
  }

  package struct Summary: Encodable, Equatable, Sendable {
    /// Of the first join; `nil` if media never connected.
    package var joinMilliseconds: Int?
    package var reconnects: Int
    package var freezes: Int
    package var freezeMilliseconds: Int
    package var audioScore: Double?
    package var videoScore: Double?

    package init(
      joinMilliseconds: Int?, reconnects: Int, freezes: Int, freezeMilliseconds: Int,
      audioScore: Double?, videoScore: Double?
    ) {
      self.joinMilliseconds = joinMilliseconds
      self.reconnects = reconnects
      self.freezes = freezes
      self.freezeMilliseconds = freezeMilliseconds
      self.audioScore = audioScore
      self.videoScore = videoScore
    }

    private enum CodingKeys: String, CodingKey {
      case joinMilliseconds, reconnects, freezes, freezeMilliseconds, audioScore, videoScore
    }

    package func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(joinMilliseconds, forKey: .joinMilliseconds)
      try values.encode(reconnects, forKey: .reconnects)
      try values.encode(freezes, forKey: .freezes)
      try values.encode(freezeMilliseconds, forKey: .freezeMilliseconds)
      try values.encode(audioScore, forKey: .audioScore)
      try values.encode(videoScore, forKey: .videoScore)
    }
  }

  package var sessionId: String
  package var meetingId: String
  package var participantId: String
  package var participantName: String
  package var deviceInfo: Device
  package var sdkInfo: SDK
  package var location = Location()
  package var network: Network
  package var stats: [SampleResource]
  package var resolutionUsage: [Resolutions]
  package var summary: Summary

  package init(
    sessionId: String, meetingId: String, participantId: String, participantName: String,
    browser: UserAgent.Product?, client: ClientDescription, network: NetworkType?,
    stats: [SampleResource], resolutionUsage: [Resolutions], summary: Summary
  ) {
    self.sessionId = sessionId
    self.meetingId = meetingId
    self.participantId = participantId
    self.participantName = participantName
    deviceInfo = Device(deviceName: browser?.name, deviceVersion: browser?.version)
    sdkInfo = SDK(sdkName: client.sdk, sdkVersion: client.version)
    self.network = Network(type: network)
    self.stats = stats
    self.resolutionUsage = resolutionUsage
    self.summary = summary
  }
}
