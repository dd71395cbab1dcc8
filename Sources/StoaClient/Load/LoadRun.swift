import UDP
import Wire

/// Joins the bots of a plan, measures for a while, and leaves.
package actor LoadRun {
  /// Joins under way at a time; a server that is slower than they come is waited for.
  private static let maximumJoining = 64
  /// What is on its way may arrive, and what was lost be repaired.
  private static let drain = Duration.milliseconds(700)
  private static let maximumErrors = 10

  /// What is shown while a run goes on.
  package enum Progress: Sendable {
    case joining(connected: Int, of: Int)
    /// All subscribers get something; from now on it is measured.
    case ready
    case measuring(LoadReport)
  }

  private let plan: LoadPlan
  private let loops: [MediaLoop]
  private var participants: [LoadParticipant] = []
  private var errors: [String] = []
  private var joinTimes = LatencyHistogram()
  private var connectTimes = LatencyHistogram()
  private var startsPaused = false

  /// - Throws: as `MediaLoop`.
  package init(_ plan: LoadPlan) throws {
    self.plan = plan
    loops = try (0..<max(plan.threads, 1)).map { try MediaLoop(name: "stoa-load-\($0)") }
  }

  /// Does it all.
  ///
  /// - Parameters:
  ///   - gate: awaited between joining and sending, and for when to stop; `nil` sends at once, and
  ///     stops after the plan's time.
  ///   - progress: told of what goes on, once a second while measuring.
  /// - Throws: `SignallingError` when no room can be made.
  package func run(
    gate: AsyncStream<Void>? = nil, progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> LoadReport {
    let rooms = try await makeRooms()
    startsPaused = gate != nil
    await joinAll(rooms, progress: progress)
    var report = LoadReport()
    if let gate {
      progress(.ready)
      await followGate(gate)
    } else if !participants.isEmpty {
      await waitForMedia()
      if plan.stopsReceivers { await stopReceivers() }
      progress(.ready)
      report = await measure(progress: progress)
    }
    fill(&report)
    await leaveAll()
    for loop in loops { loop.close() }
    return report
  }

  // MARK: Joining

  private func makeRooms() async throws -> [String] {
    switch plan.rooms {
    case .existing(let id): return [id]
    case .new(let count):
      let service = RoomService(server: plan.server, token: plan.token)
      var rooms: [String] = []
      for _ in 0..<count { rooms.append(try await service.createRoom()) }
      return rooms
    }
  }

  /// Begins joins at the planned rate, publishers of all rooms first.
  private func joinAll(
    _ rooms: [String], progress: @escaping @Sendable (Progress) -> Void
  ) async {
    var plans: [(room: String, isPublisher: Bool)] = []
    for _ in 0..<plan.publishers { plans += rooms.map { ($0, true) } }
    for _ in 0..<plan.subscribers { plans += rooms.map { ($0, false) } }
    let clock = ContinuousClock()
    let start = clock.now
    await withTaskGroup(of: LoadParticipant?.self) { group in
      var underWay = 0
      for (number, next) in plans.enumerated() {
        if underWay >= Self.maximumJoining, let joined = await group.next() {
          note(joined)
          underWay -= 1
        }
        let due = start + .seconds(Double(number) / plan.joinsPerSecond)
        try? await clock.sleep(until: due)
        underWay += 1
        group.addTask { await self.join(next.room, isPublisher: next.isPublisher, number: number) }
        progress(.joining(connected: participants.count, of: plans.count))
      }
      for await joined in group {
        note(joined)
        progress(.joining(connected: participants.count, of: plans.count))
      }
    }
  }

  private func note(_ participant: LoadParticipant?) {
    guard let participant else { return }
    participants.append(participant)
    joinTimes.record(participant.joinTime)
    connectTimes.record(participant.connectTime)
  }

  private func noteError(_ error: String) {
    if errors.count < Self.maximumErrors, !errors.contains(error) { errors.append(error) }
  }

  private func join(_ room: String, isPublisher: Bool, number: Int) async -> LoadParticipant? {
    let receiver = LoadReceiver()
    let loop = loops[number % loops.count]
    let others = plan.publishers - (isPublisher ? 1 : 0)
    var joining = BotSession.Plan(
      server: plan.server, token: plan.token, room: room, name: "load \(number)",
      sources: isPublisher ? sources(number) : [:], seats: others)
    joining.verifyOneIn = plan.verifyOneIn
    joining.clockRate = isPublisher ? plan.clockRate : 1
    joining.receiver = receiver
    joining.startsPaused = startsPaused
    joining.receivesOnly = !isPublisher
    let start = MonotonicTime.now
    do {
      let bot = try await BotSession.join(joining, on: loop)
      let joinTime = MonotonicTime.now - start
      guard await bot.waitUntilConnected() else {
        noteError("left before media was connected")
        return nil
      }
      return LoadParticipant(
        bot: bot, receiver: receiver, loop: loop,
        source: isPublisher ? UInt32(number) : nil, videoSender: plan.audio == nil ? 0 : 1,
        joinTime: joinTime, connectTime: MonotonicTime.now - start)
    } catch {
      noteError("\(error)")
      return nil
    }
  }

  private func sources(_ number: Int) -> [BotStreamKind: PacketSource] {
    var sources: [BotStreamKind: PacketSource] = [:]
    switch plan.video {
    case .synthetic(let flow, let packetSize):
      sources[.video] = .synthetic(
        SyntheticVideo(flow, packetSize: packetSize, source: UInt32(number)))
    case .file(let file): sources[.video] = .file(FilePlayback(file))
    }
    if let audio = plan.audio { sources[.audio] = .file(FilePlayback(audio)) }
    return sources
  }

  /// Until all get something, or ten seconds: those who do not are seen in the report.
  private func waitForMedia() async {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(10)
    while clock.now < limit {
      let isQuiet = participants.contains { participant in
        let expected = plan.publishers - (participant.source == nil ? 0 : 1)
        return expected > 0 && participant.receiver.packets == 0
      }
      if !isQuiet { return }
      try? await Task.sleep(for: .milliseconds(50))
    }
    noteError("some participants got nothing within 10 s")
  }

  private func stopReceivers() async {
    for participant in participants where participant.source == nil {
      let id = await participant.bot.currentPeer
      participant.loop.post { $0.stopReceiving(id) }
    }
  }

  /// Each element begins or ends sending.
  private func followGate(_ gate: AsyncStream<Void>) async {
    var isSending = false
    for await _ in gate {
      isSending.toggle()
      await setSending(isSending)
    }
  }

  private func setSending(_ isSending: Bool) async {
    for participant in participants where participant.source != nil {
      let id = await participant.bot.currentPeer
      let sender = participant.videoSender
      participant.loop.post { $0.setPaused(!isSending, sender: sender, of: id) }
    }
  }

  // MARK: Measuring

  private struct Totals {
    var sent = SendCounters()
    var received = ReceiveSummary()
    var connected = 0
    var worstLag = Nanoseconds.zero
    /// Stamped packets by source.
    var stamped: [UInt32: UInt64] = [:]
  }

  private func totals() async -> Totals {
    var totals = Totals()
    for participant in participants {
      let reading = await participant.reading()
      totals.sent.add(reading.totals.sent)
      totals.received.add(reading.totals.received)
      totals.connected += reading.isConnected ? 1 : 0
      totals.worstLag = max(totals.worstLag, reading.worstLag)
      if let source = participant.source { totals.stamped[source] = reading.stamped }
    }
    return totals
  }

  private func measure(progress: @escaping @Sendable (Progress) -> Void) async -> LoadReport {
    let before = await totals()
    for participant in participants { participant.receiver.restart() }
    let cpu = ProcessClock.cpu
    let start = MonotonicTime.now
    let clock = ContinuousClock()
    let end = clock.now + .seconds(plan.seconds)
    while clock.now < end {
      try? await clock.sleep(until: min(clock.now + .seconds(1), end))
      if Task.isCancelled { break }
      let now = await totals()
      progress(.measuring(report(from: before, to: now, since: start)))
    }
    let after = await totals()
    var result = report(from: before, to: after, since: start)
    result.clientCPUSeconds = ProcessClock.cpu - cpu
    result.disconnected = participants.count - after.connected
    result.worstSendDelay = after.worstLag.inMilliseconds
    guard !plan.stopsReceivers else { return result }
    // What was sent last may still arrive.
    await setSending(false)
    let sent = await totals()
    try? await Task.sleep(for: Self.drain)
    let drained = await totals()
    count(sent, drained, before: before, in: &result)
    return result
  }

  private func report(
    from before: Totals, to after: Totals, since start: MonotonicTime
  ) -> LoadReport {
    var report = LoadReport()
    fill(&report)
    report.seconds = Double((MonotonicTime.now - start).count) / 1e9
    report.packetsSent = after.sent.packets - before.sent.packets
    report.sentBitsPerSecond =
      Double(after.sent.bytes - before.sent.bytes) * 8 / report.seconds
    let received = after.received.counters
    let earlier = before.received.counters
    report.packetsReceived = received.packets - earlier.packets
    report.receivedBitsPerSecond = Double(received.bytes - earlier.bytes) * 8 / report.seconds
    report.packetsLost = after.received.lost - before.received.lost
    report.packetsRepaired = received.repaired - earlier.repaired
    report.duplicates = received.duplicates - earlier.duplicates
    var latency = LatencyHistogram()
    for participant in participants { latency.add(participant.receiver.measurement.latency) }
    report.latency = LoadReport.Percentiles(latency)
    return report
  }

  /// Counts losses by stamps, which also tell of packets missing at the end.
  private func count(
    _ sent: Totals, _ drained: Totals, before: Totals, in report: inout LoadReport
  ) {
    report.packetsLost = drained.received.lost - before.received.lost
    report.packetsRepaired =
      drained.received.counters.repaired - before.received.counters.repaired
    guard case .synthetic = plan.video, plan.verifyOneIn == 1 else { return }
    report.packetsLost = 0
    for participant in participants {
      for tally in participant.receiver.measurement.tallies {
        let end = max(sent.stamped[tally.source] ?? 0, tally.last + 1)
        report.packetsLost += Int64(end - tally.first) - Int64(tally.count)
      }
    }
  }

  private func fill(_ report: inout LoadReport) {
    report.participants = plan.participantCount
    report.connected = participants.count
    report.errors = errors
    report.join = LoadReport.Percentiles(joinTimes)
    report.connect = LoadReport.Percentiles(connectTimes)
  }

  // MARK: Leaving

  private func leaveAll() async {
    await withTaskGroup(of: Void.self) { group in
      for (index, participant) in participants.enumerated() {
        if index >= Self.maximumJoining { await group.next() }
        group.addTask { await participant.bot.leave() }
      }
    }
  }
}
