import Signal

/// Two sides of a session as left and right of one file, over REST.
extension RoomDirectory {
  /// Files of one merge; a track recording has one for each time it was on.
  private static let maximumSources = 500

  /// Begins a merge of recordings that are over, and returns when that is stored.
  ///
  /// A composer of its own does it, and does it again if it dies or the server does.
  package func startMerge(
    _ request: MergeRequest, _ access: AccessToken
  ) async throws(ControlError) -> OutputRecord {
    let session = try await record(session: request.sessionId, access)
    guard drain == nil else { throw .draining }
    let common = StartOutputRequest(webhookURL: request.webhookUrl, folder: request.dirPath)
    do {
      try request.check()
      try common.check(.merge, configuration.outbound)
    } catch {
      throw .outputRefused(error)
    }
    let left = try await sources(request.channel1, of: request, session.sessionID, access)
    let right = try await sources(request.channel2, of: request, session.sessionID, access)
    guard left.count + right.count <= Self.maximumSources else {
      throw .invalidParameter("A merge has at most \(Self.maximumSources) files.")
    }
    let earliest = (left + right).map(\.offsetMilliseconds).min() ?? 0
    let place = { (sources: [MergeSource]) in
      sources.map { source in
        var source = source
        source.offsetMilliseconds -= earliest
        return source
      }
    }
    let now = time().wall
    var random = SystemRandomNumberGenerator()
    let id = RandomText.objectID(at: now, using: &random)
    let specification = OutputSpecification(
      id: id, kind: .merge(left: place(left), right: place(right)),
      folder: configuration.outputs.folder(of: .merge, id, in: session.sessionID),
      limits: configuration.outputs.limits)
    let cost = specification.cost(beside: [])
    if let refusal = usage.outputs.admit(access.apiKey, cost: cost) {
      throw .outputRefused(RoomState.refusal(refusal, .merge))
    }
    let record = OutputRecord(
      id: id, sessionID: session.sessionID, roomID: session.roomID, tenant: access.tenant,
      apiKey: access.apiKey, type: .merge, specification: specification,
      webhookURL: common.webhookURL, bucketFolder: common.folder, createdAt: now)
    mergeCosts[id] = cost
    recovering[id] = record
    do {
      try await store.commit(
        [
          .output(
            OutputChange(
              record, .began(record), publicURL: configuration.publicURL,
              links: configuration.outputs.links, at: now)),
          .audited(
            AuditRecord(
              .outputStarted, id, detail: "merge, session \(session.sessionID.rawValue)",
              by: access, at: now)),
        ], at: now)
    } catch {
      recovering[id] = nil
      releaseMerge(record)
      throw .storeUnavailable
    }
    composers.send(ComposerOrder(record.session, .finish(specification)))
    return record
  }

  /// Lets a merge's composer go, which has nothing else to do.
  func endMerge(_ record: OutputRecord) {
    composers.send(ComposerOrder(record.session, .end))
    releaseMerge(record)
  }

  private func releaseMerge(_ record: OutputRecord) {
    guard let cost = mergeCosts.removeValue(forKey: record.id) else { return }
    usage.outputs.release(record.apiKey, cost: cost)
  }

  // MARK: Sources

  /// The files that are meant, with the Unix time of their beginning as their offset.
  private func sources(
    _ entries: [MergeRequest.Entry], of request: MergeRequest, _ session: SessionID,
    _ access: AccessToken
  ) async throws(ControlError) -> [MergeSource] {
    var sources: [MergeSource] = []
    for entry in entries {
      let source = entry.type ?? request.type ?? .participant
      let recordings = try await recordings(entry, source, session, access)
      for recording in recordings {
        guard recording.state.isOver else {
          throw .conflict("Recording \(recording.id) goes on; stop it before it is merged.")
        }
        for file in recording.files {
          guard file.storage != .uploaded else {
            throw .conflict(
              "The file of recording \(recording.id) is in your storage and no longer here.")
          }
          let begin = file.file.startedAt ?? (recording.start ?? recording.createdAt).milliseconds
          sources.append(
            MergeSource(
              path: file.file.path, offsetMilliseconds: begin,
              participantID: recording.participantID, recordingID: recording.id,
              isTrack: source == .track))
        }
      }
    }
    return sources
  }

  /// Recordings with sound of one participant.
  private func recordings(
    _ entry: MergeRequest.Entry, _ source: MergeRequest.Source, _ session: SessionID,
    _ access: AccessToken
  ) async throws(ControlError) -> [OutputRecord] {
    let filter = OutputFilter(
      source.type, sessionID: session, participantID: entry.participantId)
    let found = try await stored { () throws(StoreError) in
      try await store.outputs(tenant: access.tenant, filter, .largest)
    }
    let meant = found.elements.filter { recording in
      if let id = entry.recordingId, !id.isEmpty, id != recording.id { return false }
      if case .trackRecording(_, let kind, _) = recording.specification.kind {
        return kind == .audio || kind == .screenAudio
      }
      return true
    }
    guard meant.contains(where: { !$0.state.isOver || !$0.files.isEmpty }) else {
      let what = source == .track ? "track recording with sound" : "participant recording"
      throw .outputRefused(
        OutputRefusal(
          .notFound,
          "The session has no \(what) of participant '\(entry.participantId.prefix(64))'"
            + (entry.recordingId.map { " with the id '\($0.prefix(64))'." } ?? ".")))
    }
    return meant
  }
}
