package import Signal

/// An output as the REST API shows it; every type has its own words.
extension OutputRecord {
  /// - Parameters:
  ///   - publicURL: what links start with.
  ///   - fileURL: makes the address of one of its files.
  package func resource(
    publicURL: String, fileURL: (OutputFileRecord) -> String
  ) -> JSONValue {
    var object = common(publicURL)
    let files = files.map { Self.resource(of: $0, fileURL($0)) }
    switch type {
    case .recording:
      object["fileId"] = files.first?.object?["id"] ?? .null
      object["file"] = files.first ?? .null
      object["files"] = .array(files)
    case .livestream: object["outputs"] = .array(targets)
    case .hls:
      let playback = JSONValue.string(Self.playbackURL(id, publicURL))
      object["downstreamUrl"] = playback
      object["playbackHlsUrl"] = playback
      object["livestreamUrl"] = .string(Self.livestreamURL(id, publicURL))
      object["duration"] = .integer(seconds)
      object["composerId"] = .string(id)
      object["mode"] = .string(
        (specification.composition?.mode ?? .videoAndAudio).rawValue)
    case .participantRecording:
      object["participantId"] = participantID.map { .string($0) } ?? .null
      object["file"] = files.first ?? .null
      object["files"] = .array(files)
    case .trackRecording:
      object["participantId"] = participantID.map { .string($0) } ?? .null
      if case .trackRecording(_, let kind, _) = specification.kind {
        object["kind"] = .string(kind.rawValue)
      }
      object["files"] = .array(files)
    case .compositeRecording:
      if case .compositeRecording(let participants, _, let format) = specification.kind {
        object["participants"] = .array(participants.map(Self.resource))
        object["fileFormat"] = .string(format.rawValue)
      }
      object["meetingId"] = .string(roomID.rawValue)
      object["fileId"] = files.first?.object?["id"] ?? .null
      object["file"] = files.first ?? .null
    case .merge:
      if case .merge(let left, let right) = specification.kind {
        object["channel1"] = Self.channel(left)
        object["channel2"] = Self.channel(right)
      }
      object["meetingId"] = .string(roomID.rawValue)
      object["file"] = files.first ?? .null
    }
    return .object(object)
  }

  private func common(_ publicURL: String) -> [String: JSONValue] {
    [
      "id": .string(id), "userId": .string(tenant.rawValue), "roomId": .string(roomID.rawValue),
      "sessionId": .string(sessionID.rawValue), "status": .string(state.rawValue),
      "createdAt": .string(createdAt.text), "updatedAt": .string((end ?? start ?? createdAt).text),
      "start": .string((start ?? createdAt).text), "end": end.map { .string($0.text) } ?? .null,
      "webhookUrl": webhookURL.map { .string($0) } ?? .null,
      "error": state == .failed
        ? [
          "code": errorCode.map { .integer(Int64($0)) } ?? .null,
          "message": .string(error ?? ""),
        ] : .null,
      "links": [
        "get_room": .string("\(publicURL)/v2/rooms/\(roomID.rawValue)"),
        "get_session": .string("\(publicURL)/v2/sessions/\(sessionID.rawValue)"),
      ],
    ]
  }

  /// Seconds, of what goes on as of its last change.
  private var seconds: Int64 {
    guard let start, let end else { return 0 }
    return max(0, end.milliseconds &- start.milliseconds) / 1_000
  }

  /// Stream keys are never shown.
  private var targets: [JSONValue] {
    guard case .rtmp(let targets) = specification.kind else { return [] }
    return targets.map { ["url": .string($0.url)] }
  }

  private static func resource(of participant: CompositeParticipant) -> JSONValue {
    [
      "participantId": .string(participant.participantID),
      "kind": .array(participant.kinds.map { .string($0.rawValue) }),
    ]
  }

  /// Each recording once, however many files it has.
  private static func channel(_ sources: [MergeSource]) -> JSONValue {
    var known: [String?] = []
    var entries: [JSONValue] = []
    for source in sources where !known.contains(source.recordingID) {
      known.append(source.recordingID)
      entries.append([
        "participantId": source.participantID.map { .string($0) } ?? .null,
        "recordingId": source.recordingID.map { .string($0) } ?? .null,
        "type": source.isTrack == true ? "track" : "participant",
      ])
    }
    return .array(entries)
  }

  private static func resource(of record: OutputFileRecord, _ url: String) -> JSONValue {
    let file = record.file
    let divisor = max(1, commonDivisor(file.width, file.height))
    let ratio: JSONValue =
      file.width > 0 ? .string("\(file.width / divisor):\(file.height / divisor)") : .null
    return [
      "id": .string(record.id),
      "meta": [
        "resolution": [
          "width": .integer(Int64(file.width)), "height": .integer(Int64(file.height)),
        ],
        "format": .string(file.format),
        "duration": .number(Double(file.durationMilliseconds) / 1_000),
      ],
      "filePath": .string(record.name), "size": .integer(file.size),
      "type": .string(file.kind == .audio ? "audio" : "video"),
      "userStorage": record.storage == .uploaded ? .string(record.remoteURL ?? "") : .null,
      "storage": .string(record.storage.rawValue),
      "createdAt": .string(record.createdAt.text), "updatedAt": .string(record.createdAt.text),
      "ratio": ratio, "fileUrl": .string(url),
    ]
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    b <= 0 ? a : commonDivisor(b, a % b)
  }
}
