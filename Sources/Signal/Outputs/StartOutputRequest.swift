/// The body of all requests, REST and signalling, that begin an output.
package struct StartOutputRequest: Equatable, Sendable {
  /// Where a livestream goes, as it was asked for.
  package struct Target: Codable, Equatable, Sendable {
    package var url: String
    /// A secret.
    package var streamKey: String

    package init(url: String, streamKey: String) {
      self.url = url
      self.streamKey = streamKey
    }
  }

  /// A watermark as it was asked for.
  package struct WatermarkRequest: Codable, Equatable, Sendable {
    package var imageUrl: String?
    package var text: String?

    package init(imageUrl: String? = nil, text: String? = nil) {
      self.imageUrl = imageUrl
      self.text = text
    }
  }

  package var config: OutputConfig
  package var webhookURL: String?
  /// A prefix in the bucket: `awsDirPath`, `bucketDirPath` or `dirPath`.
  package var folder: String?
  /// A secret: whoever has it may write there.
  package var preSignedURL: String?
  /// A page to be recorded in place of the meeting.
  package var templateURL: String?
  package var fileFormat: RecordingFormat?
  /// Livestreams.
  package var targets: [Target]
  /// Participant and track recordings.
  package var participantID: String?
  package var trackKind: RecordedTrackKind?
  /// Composite recordings.
  package var participants: [CompositeParticipant]
  package var watermarks: [WatermarkRequest]

  package init(
    config: OutputConfig = OutputConfig(), webhookURL: String? = nil, folder: String? = nil,
    preSignedURL: String? = nil, templateURL: String? = nil, fileFormat: RecordingFormat? = nil,
    targets: [Target] = [], participantID: String? = nil, trackKind: RecordedTrackKind? = nil,
    participants: [CompositeParticipant] = [], watermarks: [WatermarkRequest] = []
  ) {
    self.config = config
    self.webhookURL = webhookURL
    self.folder = folder
    self.preSignedURL = preSignedURL
    self.templateURL = templateURL
    self.fileFormat = fileFormat
    self.targets = targets
    self.participantID = participantID
    self.trackKind = trackKind
    self.participants = participants
    self.watermarks = watermarks
  }
}

extension StartOutputRequest: Codable {
  private enum CodingKeys: String, CodingKey {
    case config, webhookUrl, awsDirPath, bucketDirPath, dirPath, preSignedUrl, templateUrl
    case fileFormat, outputs, participantId, kind, participants, watermarks
  }
  private struct Composite: Decodable {
    var participantId: String
    var kind: [RecordedTrackKind]?
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ keys: CodingKeys...) throws -> String? {
      for key in keys {
        if let text = try values.decodeIfPresent(String.self, forKey: key), !text.isEmpty {
          return text
        }
      }
      return nil
    }
    self.init(
      config: try values.decodeIfPresent(OutputConfig.self, forKey: .config) ?? OutputConfig(),
      webhookURL: try text(.webhookUrl),
      folder: try text(.awsDirPath, .bucketDirPath, .dirPath),
      preSignedURL: try text(.preSignedUrl), templateURL: try text(.templateUrl),
      fileFormat: try values.decodeIfPresent(RecordingFormat.self, forKey: .fileFormat),
      targets: try values.decodeIfPresent([Target].self, forKey: .outputs) ?? [],
      participantID: try text(.participantId))
    // A list here, one word for a track.
    if let kind = try? values.decodeIfPresent(RecordedTrackKind.self, forKey: .kind) {
      trackKind = kind
    } else if values.contains(.kind), try !values.decodeNil(forKey: .kind) {
      trackKind = try values.decode(RecordedTrackKind.self, forKey: .kind)
    }
    participants = try (values.decodeIfPresent([Composite].self, forKey: .participants) ?? [])
      .map {
        CompositeParticipant(
          participantID: $0.participantId, kinds: $0.kind ?? [.audio, .video])
      }
    watermarks =
      try values.decodeIfPresent([WatermarkRequest].self, forKey: .watermarks) ?? []
  }

  /// For clients of ours; writes what `init(from:)` reads, but for the composition's defaults.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    let drawn = config.composition
    var settings: [String: JSONValue] = [
      "layout": [
        "type": .string(drawn.layout.rawValue), "priority": .string(drawn.priority.rawValue),
        "gridSize": .integer(Int64(drawn.gridSize)),
      ],
      "theme": .string(drawn.theme.rawValue), "mode": .string(drawn.mode.rawValue),
      "quality": .string(drawn.quality.rawValue),
      "orientation": .string(drawn.orientation.rawValue),
      "recording": ["enabled": .bool(config.alsoRecords)],
    ]
    if let url = drawn.logoURL { settings["logo"] = ["url": .string(url)] }
    var background: [String: JSONValue] = [:]
    if let url = drawn.backgroundURL { background["url"] = .string(url) }
    if let color = drawn.backgroundColor { background["color"] = .string(color) }
    if !background.isEmpty { settings["background"] = .object(background) }
    if config != OutputConfig() { try values.encode(JSONValue.object(settings), forKey: .config) }
    try values.encodeIfPresent(webhookURL, forKey: .webhookUrl)
    try values.encodeIfPresent(folder, forKey: .awsDirPath)
    try values.encodeIfPresent(preSignedURL, forKey: .preSignedUrl)
    try values.encodeIfPresent(templateURL, forKey: .templateUrl)
    try values.encodeIfPresent(fileFormat, forKey: .fileFormat)
    if !targets.isEmpty { try values.encode(targets, forKey: .outputs) }
    try values.encodeIfPresent(participantID, forKey: .participantId)
    try values.encodeIfPresent(trackKind, forKey: .kind)
    if !participants.isEmpty {
      let list = participants.map { entry -> JSONValue in
        [
          "participantId": .string(entry.participantID),
          "kind": .array(entry.kinds.map { .string($0.rawValue) }),
        ]
      }
      try values.encode(list, forKey: .participants)
    }
    if !watermarks.isEmpty { try values.encode(watermarks, forKey: .watermarks) }
  }
}
