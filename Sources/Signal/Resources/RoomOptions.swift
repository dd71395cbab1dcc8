/// Where the events of a room are sent.
package struct RoomWebhook: Codable, Hashable, Sendable {
  /// An http or https URL.
  package var endPoint: String
  /// Names of events, a `*` at the end standing for any rest; empty for all.
  package var events: [String]

  package init(endPoint: String, events: [String] = []) {
    self.endPoint = endPoint
    self.events = events
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    endPoint = try values.decode(String.self, forKey: .endPoint)
    events = try values.decodeIfPresent([String].self, forKey: .events) ?? []
  }

  private enum CodingKeys: String, CodingKey { case endPoint, events }

  /// Whether events of this type are asked for.
  package func wants(_ type: String) -> Bool {
    events.isEmpty
      || events.contains { $0.hasSuffix("*") ? type.hasPrefix($0.dropLast()) : type == $0 }
  }
}

/// How long a session of a room may last, and what happens then.
package struct AutoCloseConfig: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case sessionEnds = "session-ends"
    case sessionEndAndDeactivate = "session-end-and-deactivate"
  }

  package var type: Kind
  /// Minutes.
  package var duration: Int

  /// Minutes of a day of work.
  package static let defaultDuration = 480
  /// Minutes: up to a week.
  package static let durations = 1...10_080

  package init(type: Kind = .sessionEnds, duration: Int = defaultDuration) {
    self.type = type
    self.duration = duration
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    type = try values.decodeIfPresent(Kind.self, forKey: .type) ?? .sessionEnds
    duration = try values.decodeIfPresent(Int.self, forKey: .duration) ?? Self.defaultDuration
  }

  private enum CodingKeys: String, CodingKey { case type, duration }
}

/// What a room says of its outputs when it is made.
package struct RoomOutputOptions: Codable, Equatable, Sendable {
  /// What begins with each session.
  package struct AutoStart: Codable, Equatable, Sendable {
    package var recording: StartOutputRequest?
    package var hls: StartOutputRequest?

    package init(recording: StartOutputRequest? = nil, hls: StartOutputRequest? = nil) {
      self.recording = recording
      self.hls = hls
    }
  }

  /// Of which kinds a session may have several at a time.
  package struct MultiComposition: Codable, Equatable, Sendable {
    package var recording: Bool?
    package var hls: Bool?
    package var rtmp: Bool?

    package init(recording: Bool? = nil, hls: Bool? = nil, rtmp: Bool? = nil) {
      self.recording = recording
      self.hls = hls
      self.rtmp = rtmp
    }
  }

  package var autoStart: AutoStart?
  package var multiComposition: MultiComposition?

  package init(autoStart: AutoStart? = nil, multiComposition: MultiComposition? = nil) {
    self.autoStart = autoStart
    self.multiComposition = multiComposition
  }
}
