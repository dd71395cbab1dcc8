package import Signal
import Wire

/// An output that is not over yet.
struct LiveOutput: Sendable {
  var record: OutputRecord
  /// Processor cores it is counted with.
  let cost: Double
  /// When it is called failed, if nothing happens before.
  var giveUpAt: MonotonicTime?
}

/// What concerns a room's outputs and comes from outside of it.
package enum OutputInput: Sendable, Equatable {
  case start(OutputType, StartOutputRequest, by: AccessToken)
  /// All of the type, or of those the one that is named by its id, participant or track.
  case stop(OutputType, OutputSelection, by: AccessToken)
  case news(ComposerNews)
}

/// Which outputs of a type are meant; what is `nil` is any.
package struct OutputSelection: Sendable, Equatable {
  package var outputID: String?
  package var participantID: String?
  package var trackKind: RecordedTrackKind?

  package init(
    outputID: String? = nil, participantID: String? = nil, trackKind: RecordedTrackKind? = nil
  ) {
    self.outputID = outputID
    self.participantID = participantID
    self.trackKind = trackKind
  }

  func includes(_ record: OutputRecord) -> Bool {
    if let outputID, outputID != record.id { return false }
    if let participantID, participantID != record.participantID { return false }
    guard let trackKind else { return true }
    if case .trackRecording(_, trackKind, _) = record.specification.kind { return true }
    return false
  }
}

extension RoomState {
  /// How long a composer may take to be ready and start an output.
  static let outputStart = Nanoseconds.seconds(30)
  /// How long files may take to be finished, restarts of the composer included.
  static let outputStop = Nanoseconds.seconds(90)

  mutating func handle(_ input: OutputInput, _ now: Moment) {
    switch input {
    case .start(let type, let request, let access):
      outputDecision = startOutput(type, request, by: access, now).map { [$0] }
    case .stop(let type, let selection, let access):
      outputDecision = stopOutputs(type, selection, by: access, now)
    case .news(let news): receive(news, now)
    }
  }

  // MARK: Requests of clients

  mutating func startOutput(
    _ type: OutputType, _ request: StartOutputRequest, _ id: Int, _ key: ParticipantKey,
    _ now: Moment
  ) {
    guard let access = participants[key]?.access else { return }
    switch startOutput(type, request, by: access, now) {
    case .success(let record): reply(.output(outputID: record.id), to: id, of: key)
    case .failure(let refusal): refuse(id, of: key, refusal.code, refusal.message)
    }
  }

  mutating func stopOutput(
    _ type: OutputType, _ outputID: String?, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard let access = participants[key]?.access else { return }
    switch stopOutputs(type, OutputSelection(outputID: outputID), by: access, now) {
    case .success: reply(.ok, to: id, of: key)
    case .failure(let refusal): refuse(id, of: key, refusal.code, refusal.message)
    }
  }

  /// What a newcomer is told; `nil` for nothing.
  var outputDescriptions: [OutputDescription]? {
    let known = outputs.filter {
      $0.record.type.isSignalled && $0.record.sessionID == session?.id
    }
    return known.isEmpty
      ? nil : known.map { $0.record.description(publicURL: configuration.publicURL) }
  }

  // MARK: Starting

  private mutating func startOutput(
    _ type: OutputType, _ request: StartOutputRequest, by access: AccessToken, _ now: Moment
  ) -> Result<OutputRecord, OutputRefusal> {
    guard let session, !joined.isEmpty else {
      return .failure(OutputRefusal(.invalidMeetingID, "Nobody is in the meeting."))
    }
    do {
      try request.check(type, configuration.outbound)
    } catch {
      return .failure(error)
    }
    if let refusal = collision(of: type, request) { return .failure(refusal) }

    var random = SystemRandomNumberGenerator()
    let id = RandomText.objectID(at: now.wall, using: &random)
    let settings = configuration.outputs
    let specification = OutputSpecification(
      id: id, kind: request.kind(type), composition: request.composition(type),
      folder: settings.folder(of: type, id, in: session.id), limits: settings.limits)
    let cost = specification.cost(beside: outputs.map(\.record.specification))
    if let refusal = usage.outputs.admit(access.apiKey, cost: cost) {
      return .failure(Self.refusal(refusal, type))
    }
    let record = OutputRecord(
      id: id, sessionID: session.id, roomID: roomID, tenant: tenant, apiKey: access.apiKey,
      type: type, specification: specification.withoutSecrets,
      participantID: request.participantID, webhookURL: request.webhookURL,
      bucketFolder: request.folder, createdAt: now.wall)
    outputs.append(
      LiveOutput(record: record, cost: cost, giveUpAt: now.monotonic + Self.outputStart))
    audit(.outputStarted, record, access, now)
    tell(of: record, .began(record), now)
    if let url = request.preSignedURL {
      effects.append(.store(.uploadTarget(outputID: id, url: url)))
    }
    effects.append(.compose(ComposerOrder(record.session, .start(specification))))
    if request.config.alsoRecords, type == .hls || type == .livestream {
      // The file is a wish beside the broadcast: refused, the broadcast goes on without it.
      var file = request
      file.config.alsoRecords = false
      file.targets = []
      _ = startOutput(.recording, file, by: access, now)
    }
    return .success(record)
  }

  /// Why one more of this type may not begin now.
  private func collision(of type: OutputType, _ request: StartOutputRequest) -> OutputRefusal? {
    let going = outputs.filter { $0.record.sessionID == session?.id }
    guard going.count < OutputSettings.maximumPerSession else {
      return OutputRefusal(type.limitReached, "The session has as many outputs as it may.")
    }
    let same = going.filter { $0.record.type == type }
    switch type {
    case .recording, .livestream, .hls:
      if !same.isEmpty, !allowsSeveral(type) { return OutputRefusal(type.previousProcessing) }
    case .participantRecording, .trackRecording:
      let selection = OutputSelection(
        participantID: request.participantID, trackKind: request.trackKind)
      if same.contains(where: { selection.includes($0.record) }) {
        return OutputRefusal(type.previousProcessing)
      }
      guard let id = request.participantID, joinedKey(id) != nil else {
        return OutputRefusal(.notFound, "There is no such participant in the session.")
      }
    case .compositeRecording, .merge: break
    }
    return nil
  }

  private func allowsSeveral(_ type: OutputType) -> Bool {
    switch type {
    case .recording: outputOptions?.multiComposition?.recording ?? false
    case .livestream: outputOptions?.multiComposition?.rtmp ?? false
    case .hls: outputOptions?.multiComposition?.hls ?? false
    case .participantRecording, .trackRecording, .compositeRecording, .merge: true
    }
  }

  static func refusal(
    _ refusal: OutputCapacity.Refusal, _ type: OutputType
  ) -> OutputRefusal {
    switch refusal {
    case .absent: OutputRefusal(type.startFailure, "This server composes nothing.")
    case .keyLimit: OutputRefusal(type.limitReached, retryAfterSeconds: 60)
    case .noCores:
      OutputRefusal(
        type.startFailure, "The server is busy composing; try again later.",
        retryAfterSeconds: 30)
    case .diskFull:
      OutputRefusal(
        type.startFailure, "The server's disk is nearly full.", retryAfterSeconds: 300)
    }
  }

  /// A session began: what its room starts by itself.
  mutating func autoStartOutputs(_ access: AccessToken, _ now: Moment) {
    guard let auto = outputOptions?.autoStart else { return }
    for (type, request) in [(OutputType.recording, auto.recording), (.hls, auto.hls)] {
      guard let request else { continue }
      if case .failure(let refusal) = startOutput(type, request, by: access, now) {
        note(
          "\(type.rawValue)-failed",
          [
            "code": .integer(Int64(refusal.code.number)), "reason": .string(refusal.message),
          ], now)
      }
    }
  }

  // MARK: Stopping

  private mutating func stopOutputs(
    _ type: OutputType, _ selection: OutputSelection, by access: AccessToken, _ now: Moment
  ) -> Result<[OutputRecord], OutputRefusal> {
    let meant = outputs.map(\.record).filter {
      $0.type == type && $0.sessionID == session?.id && selection.includes($0)
    }
    // Asked again while it winds down: that is what was asked for.
    guard !meant.isEmpty else { return .failure(OutputRefusal(type.stopFailure)) }
    var stopped: [OutputRecord] = []
    for id in meant.map(\.id) {
      guard let record = beginStop(id, now) else { continue }
      audit(.outputStopped, record, access, now)
      effects.append(.compose(ComposerOrder(record.session, .stop(outputID: id))))
      stopped.append(record)
    }
    return .success(stopped)
  }

  private mutating func beginStop(_ id: String, _ now: Moment) -> OutputRecord? {
    guard let index = outputs.firstIndex(where: { $0.record.id == id }),
      outputs[index].record.state != .stopping
    else { return nil }
    outputs[index].giveUpAt = now.monotonic + Self.outputStop
    return enter(.stopping, at: index, now)
  }

  /// The session is over: its outputs finish their files.
  mutating func endOutputs(of id: SessionID, _ now: Moment) {
    var composed: ComposedSession?
    for record in outputs.map(\.record) where record.sessionID == id {
      composed = record.session
      _ = beginStop(record.id, now)
    }
    if let composed { effects.append(.compose(ComposerOrder(composed, .end))) }
  }

  // MARK: What the composer says

  private mutating func receive(_ news: ComposerNews, _ now: Moment) {
    switch news.content {
    case .restarted(let attempt):
      note("composer-restarted", ["attempt": .integer(Int64(attempt))], now)
    case .gaveUp(let reason):
      for record in outputs.map(\.record) where record.sessionID == news.session.sessionID {
        fail(record.id, code: nil, reason, [], now)
      }
    case .event(let event): receive(event, of: news.session, now)
    }
  }

  private mutating func receive(
    _ event: ComposerEvent, of composed: ComposedSession, _ now: Moment
  ) {
    switch event {
    case .ready, .pulse, .captured, .captureFailed: break
    case .started(let id):
      guard let index = index(of: id), outputs[index].record.state == .starting else { return }
      begin(at: index, now)
    case .playable(let id):
      guard let index = index(of: id) else { return }
      if outputs[index].record.state == .starting { begin(at: index, now) }
      if outputs[index].record.state == .started { _ = enter(.playable, at: index, now) }
    case .stopped(let id, let files):
      finish(id, .stopped, code: nil, nil, files, now)
    case .failed(let id, let code, let reason, let files):
      fail(id, code: code, reason, files, now)
    case .target(let id, let target, let state, let reason):
      guard index(of: id) != nil else { return }
      note(
        "rtmp-target-changed",
        [
          "outputId": .string(id), "index": .integer(Int64(target)),
          "state": .string(state.rawValue), "reason": reason.map { .string($0) } ?? .null,
        ], now)
    case .warning(let id, let kind, let detail):
      guard index(of: id) != nil else { return }
      note(
        "output-warning",
        [
          "outputId": .string(id), "kind": .string(kind.rawValue), "detail": .string(detail),
        ], now)
    }
  }

  private func index(of id: String) -> Int? { outputs.firstIndex { $0.record.id == id } }

  private mutating func begin(at index: Int, _ now: Moment) {
    outputs[index].record.start = now.wall
    outputs[index].giveUpAt = nil
    _ = enter(.started, at: index, now)
  }

  private mutating func fail(
    _ id: String, code: Int?, _ reason: String, _ files: [OutputFile], _ now: Moment
  ) {
    guard let index = index(of: id) else { return }
    let record = outputs[index].record
    let known = code.flatMap { number in ErrorCode.allCases.first { $0.number == number } }
    let fallback = record.start == nil ? record.type.startFailure : record.type.brokeOff
    finish(id, .failed, code: (known ?? fallback).number, reason, files, now)
  }

  /// Looks at outputs that were given up to now to do something.
  mutating func giveUpOutputs(_ now: Moment) {
    for output in outputs {
      guard let limit = output.giveUpAt, limit <= now.monotonic else { continue }
      let record = output.record
      effects.append(.compose(ComposerOrder(record.session, .stop(outputID: record.id))))
      fail(record.id, code: nil, "The composer did not answer in time.", [], now)
    }
  }

  // MARK: Changing

  private mutating func enter(
    _ state: OutputState, at index: Int, _ now: Moment
  ) -> OutputRecord {
    outputs[index].record.state = state
    let record = outputs[index].record
    tell(of: record, .entered(state), now)
    return record
  }

  private mutating func finish(
    _ id: String, _ state: OutputState, code: Int?, _ reason: String?, _ files: [OutputFile],
    _ now: Moment
  ) {
    guard let index = index(of: id) else { return }
    var record = outputs[index].record
    record.state = state
    record.end = now.wall
    record.errorCode = code
    record.error = reason
    record.files = OutputFileRecord.records(of: files, at: now.wall)
    let output = outputs.remove(at: index)
    usage.outputs.release(record.apiKey, cost: output.cost)
    tell(of: record, .finished(state, errorCode: code, error: reason, record.files), now)
    if !outputs.contains(where: { $0.record.sessionID == record.sessionID }) {
      effects.append(.compose(ComposerOrder(record.session, .end)))
    }
  }

  private mutating func tell(
    of record: OutputRecord, _ content: OutputChange.Content, _ now: Moment
  ) {
    effects.append(
      .store(
        .output(
          OutputChange(
            record, content, publicURL: configuration.publicURL,
            links: configuration.outputs.links, at: now.wall))))
    guard record.type.isSignalled, record.sessionID == session?.id else { return }
    broadcast(
      .outputChanged(record.description(publicURL: configuration.publicURL)), now)
  }

  private mutating func audit(
    _ action: AuditRecord.Action, _ record: OutputRecord, _ access: AccessToken, _ now: Moment
  ) {
    effects.append(
      .store(
        .audited(
          AuditRecord(
            action, record.id,
            detail: "\(record.type.rawValue), session \(record.sessionID.rawValue)", by: access,
            at: now.wall))))
  }
}

extension OutputFileRecord {
  /// Records of what a composer finished.
  static func records(of files: [OutputFile], at now: Timestamp) -> [OutputFileRecord] {
    var random = SystemRandomNumberGenerator()
    return files.map {
      OutputFileRecord(
        id: RandomText.objectID(at: now, using: &random), file: $0, createdAt: now)
    }
  }
}

extension RandomText {
  /// 24 hex digits, the seconds first, so that they sort by time; the rest are 64 random bits.
  static func objectID(
    at now: Timestamp, using random: inout some RandomNumberGenerator
  ) -> String {
    let seconds = String(UInt32(truncatingIfNeeded: now.milliseconds / 1_000), radix: 16)
    return String(repeating: "0", count: 8 - seconds.count) + seconds + hex(16, using: &random)
  }
}
