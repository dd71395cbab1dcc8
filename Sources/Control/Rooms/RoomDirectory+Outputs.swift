import Logging
package import Signal

/// Recordings, livestreams and HLS over REST.
extension RoomDirectory {
  /// Begins an output in the session that goes on in a room, and waits until that is stored.
  package func startOutput(
    _ type: OutputType, room reference: String, _ request: StartOutputRequest,
    _ access: AccessToken
  ) async throws(ControlError) -> OutputRecord {
    let record = try await record(reference, access)
    guard let room = live[record.roomID], await room.hasSession else { throw .sessionNotFound }
    do {
      try request.check(type, configuration.outbound)
      try await request.fetchImages(from: images)
    } catch {
      throw .outputRefused(error)
    }
    let result = await room.startOutput(type, request, by: access)
    await room.settled()
    do {
      return try result.get()
    } catch {
      throw .outputRefused(error)
    }
  }

  /// Ends outputs of the session that goes on in a room, and waits until that is stored.
  @discardableResult
  package func stopOutputs(
    _ type: OutputType, room reference: String, _ selection: OutputSelection,
    _ access: AccessToken
  ) async throws(ControlError) -> [OutputRecord] {
    let record = try await record(reference, access)
    guard let room = live[record.roomID], await room.hasSession else { throw .sessionNotFound }
    let result = await room.stopOutputs(type, selection, by: access)
    await room.settled()
    do {
      return try result.get()
    } catch {
      throw .outputRefused(error)
    }
  }

  /// Which outputs of a type, newest first; rooms are named by id or custom id.
  package func outputs(
    _ type: OutputType, room reference: String?, session: String?, participantID: String? = nil,
    isLive: Bool = false, _ page: PageRequest, _ access: AccessToken
  ) async throws(ControlError) -> Page<JSONValue> {
    var filter = OutputFilter(
      type, sessionID: session.map { SessionID($0) }, participantID: participantID,
      isLive: isLive)
    if let reference = reference ?? access.roomID {
      filter.roomID = try await record(reference, access).roomID
    }
    let found = try await stored { [filter] () throws(StoreError) in
      try await store.outputs(tenant: access.tenant, filter, page)
    }
    return Page(found.elements.map(resource), pageInfo: PageInfo(page, total: found.total))
  }

  /// One output, if it is of this type and the token may see it.
  package func output(
    _ type: OutputType, _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> OutputRecord {
    let found = try await stored { () throws(StoreError) in
      try await store.output(id, tenant: access.tenant)
    }
    guard let found, found.type == type else { throw .outputNotFound }
    if access.roomID != nil {
      let room = try await stored { () throws(StoreError) in
        try await store.room(found.roomID.rawValue, tenant: access.tenant)
      }
      guard let room, access.isFor(room) else { throw .outputNotFound }
    }
    return found
  }

  /// Forgets an output that is over; its files are the caller's to remove.
  package func deleteOutput(
    _ type: OutputType, _ id: String, _ access: AccessToken
  ) async throws(ControlError) -> OutputRecord {
    let found = try await output(type, id, access)
    guard found.state.isOver else {
      throw .conflict("It goes on; stop it before it is deleted.")
    }
    let audit = AuditRecord(
      .outputDeleted, id, detail: "\(type.rawValue), session \(found.sessionID.rawValue)",
      by: access, at: time().wall)
    let deleted = try await stored { () throws(StoreError) in
      try await store.deleteOutput(id, tenant: access.tenant, audit)
    }
    guard let deleted else { throw .outputNotFound }
    return deleted
  }

  /// An output as REST shows it.
  package nonisolated func resource(_ output: OutputRecord) -> JSONValue {
    output.resource(publicURL: configuration.publicURL) { fileURL($0, of: output) }
  }

  /// The address of a file, which is readable for a while without a token.
  package nonisolated func fileURL(_ file: OutputFileRecord, of output: OutputRecord) -> String {
    configuration.publicURL
      + configuration.outputs.links.path(
        outputID: output.id, fileID: file.id, at: time().wall)
  }

  /// The file that a signed address names.
  package func outputFile(
    _ fileID: String, of outputID: String, expires: String?, signature: String?
  ) async throws(ControlError) -> UploadTask {
    guard let expires, let signature,
      configuration.outputs.links.permits(
        outputID: outputID, fileID: fileID, expires: expires, signature: signature,
        at: time().wall)
    else { throw .outputNotFound }
    let file = try await stored { () throws(StoreError) in
      try await store.outputFile(fileID, of: outputID)
    }
    guard let file else { throw .outputNotFound }
    return file
  }

  /// Takes what a composer says; `run` does so by itself.
  package func receive(_ news: ComposerNews) async {
    // A merge has a composer of its own, of which the room knows nothing.
    let isMerge = recovering[news.session.sessionID.rawValue]?.type == .merge
    if !isMerge, let room = live[news.session.roomID] {
      await room.receive(news)
    }
    // What an earlier server left behind is no room's any more.
    guard case .event(let event) = news.content else {
      endCaptures(of: news.session.sessionID)
      if case .gaveUp(let reason) = news.content { await giveUpRecovered(news.session, reason) }
      return
    }
    switch event {
    case .captured(let id, _, _, _), .captureFailed(let id, _, _): endCapture(id, event)
    case .stopped(let id, let files): await finishRecovered(id, .stopped, nil, nil, files)
    case .failed(let id, let code, let reason, let files):
      await finishRecovered(id, .failed, code, reason, files)
    case .ready, .started, .playable, .target, .warning, .pulse: break
    }
  }

  /// Has outputs made whole that an earlier server left behind; ask once, before anybody joins.
  package func recoverOutputs() async {
    guard let open = try? await store.openOutputs(), !open.isEmpty else { return }
    logger.notice("outputs are left from before", metadata: ["count": "\(open.count)"])
    for output in open {
      recovering[output.id] = output
      var specification = output.specification
      specification.attempt &+= 1
      composers.send(ComposerOrder(output.session, .finish(specification)))
    }
    // Merges end by themselves: an end is not waited for as long as they may take.
    for session in Set(open.filter { $0.type != .merge }.map(\.session)) {
      composers.send(ComposerOrder(session, .end))
    }
  }

  /// Waits until everything that rooms decided until now is stored.
  package func settled() async {
    for room in live.values { await room.settled() }
  }

  /// How long a stop waits for files to be finished; what is not is made whole by the next start.
  package static let finishPatience = Duration.seconds(10)

  /// Waits until no output is left, within `finishPatience`.
  func outputsFinished() async {
    guard usage.outputs.load.outputs > 0 else { return }
    let usage = usage
    // A stop is a cancellation, in which nobody can sleep; this one ends with its patience.
    await Task.detached {
      let clock = ContinuousClock()
      let limit = clock.now + Self.finishPatience
      while usage.outputs.load.outputs > 0, clock.now < limit {
        try? await Task.sleep(for: .milliseconds(20))
      }
    }.value
    await settled()
  }

  private func giveUpRecovered(_ session: ComposedSession, _ reason: String) async {
    for output in recovering.values where output.session == session {
      await finishRecovered(output.id, .failed, nil, reason, [])
    }
  }

  private func finishRecovered(
    _ id: String, _ state: OutputState, _ code: Int?, _ reason: String?, _ files: [OutputFile]
  ) async {
    guard var record = recovering.removeValue(forKey: id) else { return }
    if record.type == .merge { endMerge(record) }
    let now = time().wall
    record.state = state
    record.end = now
    record.errorCode = code ?? (state == .failed ? record.type.brokeOff.number : nil)
    record.error = reason
    record.files = OutputFileRecord.records(of: files, at: now)
    let change = OutputChange(
      record,
      .finished(state, errorCode: record.errorCode, error: reason, record.files),
      publicURL: configuration.publicURL, links: configuration.outputs.links, at: now)
    do {
      try await store.commit([.output(change)], at: now)
    } catch {
      logger.error("the store failed", metadata: ["reason": "\(error.reason)"])
    }
  }
}
