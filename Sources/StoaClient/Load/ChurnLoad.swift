import Signal
import UDP
import Wire

/// Rooms that open, fill, empty and end, one after the other: what a server keeps of them is a leak.
///
/// Most participants come without media; every few rooms one has a media connection. They leave in
/// every way there is: politely, by the end of the session, by a cut that is resumed, and without a
/// word.
package struct ChurnLoad: Sendable {
  package struct Plan: Sendable {
    package var server: ServerURL
    package var token: String
    package var rooms = 20_000
    package var joinsPerRoom = 5
    /// Rooms open at a time.
    package var concurrency = 8
    /// One participant with media in every so many rooms; 0 for none.
    package var mediaEvery = 20
    /// One participant who goes without a word in every so many rooms; 0 for none.
    package var killEvery = 20

    package init(server: ServerURL, token: String) {
      self.server = server
      self.token = token
    }
  }

  package struct Report: Sendable, Codable, Equatable {
    package var rooms = 0
    package var joins = 0
    package var mediaJoins = 0
    package var resumes = 0
    package var kills = 0
    package var failures = 0
    /// Different reasons; ten at most.
    package var errors: [String] = []
    package var seconds = 0.0
    /// From opening the WebSocket to the answer to `join`, in milliseconds.
    package var join = LoadReport.Percentiles()

    package init() {}
  }

  private struct Tally: Sendable {
    var report = Report()
    var join = LatencyHistogram()

    mutating func fail(_ error: any Error) {
      report.failures += 1
      let text = "\(error)"
      if report.errors.count < 10, !report.errors.contains(text) { report.errors.append(text) }
    }
  }

  private let plan: Plan
  private let loop: MediaLoop
  private let tally = Shared(Tally())

  /// - Throws: as `MediaLoop`.
  package init(_ plan: Plan) throws {
    self.plan = plan
    loop = try MediaLoop(name: "stoa-load")
  }

  /// Does it all.
  ///
  /// - Parameter progress: told how many rooms are through, after each hundredth of them.
  package func run(progress: @escaping @Sendable (Int) -> Void) async -> Report {
    let start = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<plan.rooms {
        if number >= plan.concurrency { await group.next() }
        group.addTask { await room(number) }
        if number > 0, number % max(plan.rooms / 100, 1) == 0 { progress(number) }
      }
    }
    loop.close()
    var report = tally.value.report
    report.join = .init(tally.value.join)
    report.seconds = RESTLoad.seconds(ContinuousClock.now - start)
    return report
  }

  private func room(_ number: Int) async {
    do {
      let room = try await RoomService(server: plan.server, token: plan.token).createRoom()
      var members: [SignallingClient] = []
      for member in 0..<plan.joinsPerRoom {
        members.append(try await join(room, "member-\(member)"))
      }
      if Self.isTurn(number, plan.mediaEvery) { try await joinWithMedia(room) }
      try await talk(members)
      if number % 10 == 3, let member = members.first { try await resume(member) }
      if Self.isTurn(number, plan.killEvery), let member = members.popLast() {
        member.close()  // without `leave`: the server waits for it to resume, in vain
        tally.change { $0.report.kills += 1 }
      }
      try await end(members, byOne: number.isMultiple(of: 2))
      tally.change { $0.report.rooms += 1 }
    } catch {
      tally.change { $0.fail(error) }
    }
  }

  private func join(_ room: String, _ name: String) async throws -> SignallingClient {
    let start = MonotonicTime.now
    let client = try await SignallingClient.connect(to: plan.server)
    _ = try await client.join(
      JoinRequest(
        token: plan.token, meetingID: room, participantID: name, mode: .signallingOnly))
    let spent = MonotonicTime.now - start
    tally.change { tally in
      tally.join.record(spent)
      tally.report.joins += 1
    }
    return client
  }

  private func joinWithMedia(_ room: String) async throws {
    let bot = try await BotSession.join(
      BotSession.Plan(
        server: plan.server, token: plan.token, room: room, name: "media",
        sources: [
          .video: .synthetic(
            SyntheticVideo(
              .frames(perSecond: 30, bitsPerSecond: 100_000), packetSize: 1_200, source: 1))
        ], seats: 1), on: loop)
    _ = await bot.waitUntilConnected()
    await bot.leave()
    tally.change { tally in
      tally.report.joins += 1
      tally.report.mediaJoins += 1
    }
  }

  private func talk(_ members: [SignallingClient]) async throws {
    for member in members { try await member.request(.subscribe(topic: "churn")) }
    try await members.first?.request(
      .publish(PublishRequest(topic: "churn", message: "hello", persist: true)))
  }

  /// Cuts the socket; the next request is answered only after a resume.
  private func resume(_ member: SignallingClient) async throws {
    member.dropSocket()
    try await member.request(.unsubscribe(topic: "churn"))
    tally.change { $0.report.resumes += 1 }
  }

  private func end(_ members: [SignallingClient], byOne: Bool) async throws {
    if byOne, let first = members.first {
      try await first.request(.end)
    } else {
      for member in members { try await member.request(.leave) }
    }
    for member in members { member.close() }
  }

  private static func isTurn(_ number: Int, _ every: Int) -> Bool {
    every > 0 && number % every == every - 1
  }
}
