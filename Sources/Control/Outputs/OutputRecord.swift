package import Signal

/// An output as it is stored; there is no secret in it.
package struct OutputRecord: Sendable, Equatable {
  /// 24 hexadecimal digits.
  package var id: String
  package var sessionID: SessionID
  package var roomID: RoomID
  package var tenant: TenantID
  package var apiKey: String
  package var type: OutputType
  package var state: OutputState
  /// Stream keys are left out.
  package var specification: OutputSpecification
  package var participantID: String?
  /// Gets this output's events, besides the room's webhook.
  package var webhookURL: String?
  /// A prefix in the bucket.
  package var bucketFolder: String?
  package var createdAt: Timestamp
  package var start: Timestamp?
  package var end: Timestamp?
  /// Why it failed, by the numbers of the surface.
  package var errorCode: Int?
  package var error: String?
  package var files: [OutputFileRecord]

  package init(
    id: String, sessionID: SessionID, roomID: RoomID, tenant: TenantID, apiKey: String,
    type: OutputType, state: OutputState = .starting, specification: OutputSpecification,
    participantID: String? = nil, webhookURL: String? = nil, bucketFolder: String? = nil,
    createdAt: Timestamp, start: Timestamp? = nil, end: Timestamp? = nil, errorCode: Int? = nil,
    error: String? = nil, files: [OutputFileRecord] = []
  ) {
    self.id = id
    self.sessionID = sessionID
    self.roomID = roomID
    self.tenant = tenant
    self.apiKey = apiKey
    self.type = type
    self.state = state
    self.specification = specification
    self.participantID = participantID
    self.webhookURL = webhookURL
    self.bucketFolder = bucketFolder
    self.createdAt = createdAt
    self.start = start
    self.end = end
    self.errorCode = errorCode
    self.error = error
    self.files = files
  }

  /// Whose composer has it; a merge has one of its own, since its session may go on.
  package var session: ComposedSession {
    ComposedSession(
      sessionID: type == .merge ? SessionID(id) : sessionID, roomID: roomID, tenant: tenant)
  }

  /// As the clients of its meeting see it.
  package func description(publicURL: String) -> OutputDescription {
    let hasURLs = type == .hls && state != .starting && !state.isOver
    let failure = errorCode.map { number in
      let code =
        ErrorCode.allCases.first { $0.number == number }
        ?? (start == nil ? type.startFailure : type.brokeOff)
      return OutputDescription.Failure(code, error)
    }
    return OutputDescription(
      outputID: id, kind: type, state: state,
      startedAt: state.isOver ? nil : start?.milliseconds,
      playbackHLSURL: hasURLs ? Self.playbackURL(id, publicURL) : nil,
      livestreamURL: hasURLs ? Self.livestreamURL(id, publicURL) : nil,
      error: state == .failed ? failure : nil)
  }

  /// Live with rewinding, later all of it.
  package static func playbackURL(_ id: String, _ publicURL: String) -> String {
    "\(publicURL)/hls/\(id)/index.m3u8"
  }

  /// The live edge alone.
  package static func livestreamURL(_ id: String, _ publicURL: String) -> String {
    "\(publicURL)/hls/\(id)/live.m3u8"
  }
}

/// A finished file of an output as it is stored.
package struct OutputFileRecord: Sendable, Equatable {
  /// Where the bytes are.
  package enum Storage: String, Sendable, CaseIterable {
    /// In the data folder.
    case local
    /// In the data folder; somebody else's storage gets it.
    case uploading
    /// In somebody else's storage, which has confirmed it.
    case uploaded
    /// In the data folder: the storage refused it for good.
    case refused
  }

  /// 24 hexadecimal digits.
  package var id: String
  package var file: OutputFile
  package var createdAt: Timestamp
  package var storage: Storage
  /// Where it was uploaded to, without what signs it.
  package var remoteURL: String?

  package init(
    id: String, file: OutputFile, createdAt: Timestamp, storage: Storage = .local,
    remoteURL: String? = nil
  ) {
    self.id = id
    self.file = file
    self.createdAt = createdAt
    self.storage = storage
    self.remoteURL = remoteURL
  }

  /// The last part of its path.
  package var name: String {
    file.path.split(separator: "/").last.map(String.init) ?? file.path
  }
}

extension OutputSpecification {
  /// The same without stream keys, and without URLs of pictures, which can be signed.
  package var withoutSecrets: OutputSpecification {
    var copy = self
    copy.composition?.logoURL = nil
    copy.composition?.backgroundURL = nil
    if case .compositeRecording(let participants, let watermarks, let format) = kind {
      copy.kind = .compositeRecording(
        participants: participants, watermarks: watermarks.map { Watermark(text: $0.text) },
        format: format)
    }
    if case .rtmp(let targets) = kind {
      copy.kind = .rtmp(
        targets: targets.map { RTMPTarget(url: $0.url, streamKey: "", address: nil) })
    }
    return copy
  }
}
