import Signal
import UDP
import Wire

/// Messages at a fixed rate in rooms without media: how long until all have each, in which order.
package struct PubSubLoad: Sendable {
  package struct Plan: Sendable {
    package var server: ServerURL
    package var token: String
    package var rooms = 250
    package var members = 4
    /// In all rooms together.
    package var messagesPerSecond = 5_000.0
    package var seconds = 20.0
    package var joinsPerSecond = 100.0

    package init(server: ServerURL, token: String) {
      self.server = server
      self.token = token
    }
  }

  /// What was measured; times in milliseconds.
  package struct Report: Sendable, Codable, Equatable {
    package var members = 0
    package var joined = 0
    package var published: UInt64 = 0
    /// Messages that the server answered with `published`.
    package var confirmed: UInt64 = 0
    package var messagesPerSecond = 0.0
    /// Messages that should have come, one for each member of the room.
    package var expected: UInt64 = 0
    package var received: UInt64 = 0
    package var lost: Int64 = 0
    /// Numbers that did not follow on one another, and messages in another order than their sender's.
    package var disordered: UInt64 = 0
    /// Rooms in which two members saw another order.
    package var disagreements = 0
    /// From the sender's system call to the receiver's, on one machine.
    package var fanOut = LoadReport.Percentiles()
    /// Sockets that the server closed.
    package var closed = 0
    /// The most that a message was sent too late, which the server cannot help.
    package var worstSendDelay = 0.0
    package var errors: [String] = []
    package var seconds = 0.0
    package var clientCPUSeconds = 0.0

    package init() {}
  }

  private static let maximumJoining = 64
  private static let maximumErrors = 10
  /// What is on its way may arrive.
  private static let patience = Duration.seconds(10)

  private let plan: Plan

  package init(_ plan: Plan) { self.plan = plan }

  /// - Throws: `SignallingError` when no room can be made.
  package func run() async throws -> Report {
    let service = RoomService(server: plan.server, token: plan.token)
    var rooms: [(id: String, members: [PubSubMember])] = []
    for room in 0..<plan.rooms {
      let first = room * plan.members
      rooms.append(
        (
          try await service.createRoom(),
          (first..<first + plan.members).map { PubSubMember(number: $0) }
        ))
    }
    let errors = await joinAll(rooms)
    let members = rooms.flatMap(\.members)

    let cpu = ProcessClock.cpu
    let start = ContinuousClock.now
    let worst = await publish(members, from: start)
    let spent = RESTLoad.seconds(ContinuousClock.now - start)
    await settle(rooms)

    var report = evaluate(rooms)
    report.errors = Array((errors + report.errors).prefix(Self.maximumErrors))
    report.seconds = spent
    report.messagesPerSecond = spent > 0 ? Double(report.published) / spent : 0
    report.worstSendDelay = worst.inMilliseconds
    report.clientCPUSeconds = ProcessClock.cpu - cpu
    for member in members { member.leave() }
    try? await Task.sleep(for: .seconds(1))  // so that they say goodbye before the program ends
    return report
  }

  private func joinAll(_ rooms: [(id: String, members: [PubSubMember])]) async -> [String] {
    let errors = Shared<[String]>([])
    let start = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      var underWay = 0
      var number = 0
      for (room, members) in rooms {
        for member in members {
          if underWay >= Self.maximumJoining { await group.next() } else { underWay += 1 }
          try? await ContinuousClock().sleep(
            until: start + .seconds(Double(number) / plan.joinsPerSecond))
          number += 1
          group.addTask {
            do {
              try await member.join(room, server: plan.server, token: plan.token)
            } catch {
              errors.change { if $0.count < Self.maximumErrors { $0.append("\(error)") } }
            }
          }
        }
      }
    }
    return errors.value
  }

  /// Sends at the planned rate, each member in its turn; returns the most that one was late.
  private func publish(
    _ members: [PubSubMember], from start: ContinuousClock.Instant
  ) async -> Nanoseconds {
    let total = Int(plan.messagesPerSecond * plan.seconds)
    var worst = Nanoseconds.zero
    var sent = 0
    while sent < total {
      let elapsed = RESTLoad.seconds(ContinuousClock.now - start)
      let due = min(Int(elapsed * plan.messagesPerSecond) + 1, total)
      let late = elapsed - Double(sent) / plan.messagesPerSecond
      worst = max(worst, Nanoseconds(Int64(late * 1e9)))
      while sent < due {
        members[sent % members.count].publish()
        sent += 1
      }
      try? await Task.sleep(for: .milliseconds(1), tolerance: .zero)
    }
    return worst
  }

  /// Waits until everything has arrived, or nothing more does.
  private func settle(_ rooms: [(id: String, members: [PubSubMember])]) async {
    let limit = ContinuousClock.now + Self.patience
    while ContinuousClock.now < limit {
      let report = evaluate(rooms)
      if report.received >= report.expected, report.confirmed >= report.published { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  private func evaluate(_ rooms: [(id: String, members: [PubSubMember])]) -> Report {
    var report = Report()
    var latency = LatencyHistogram()
    for (_, members) in rooms {
      let tallies = members.map(\.tally)
      let published = tallies.reduce(0) { $0 + $1.published }
      report.members += tallies.count
      report.published += published
      report.expected += published * UInt64(tallies.count)
      if Set(tallies.map(\.order)).count > 1 { report.disagreements += 1 }
      for tally in tallies {
        report.joined += tally.isClosed ? 0 : 1
        report.closed += tally.isClosed ? 1 : 0
        report.confirmed += tally.confirmed
        report.received += tally.received
        report.disordered += tally.disordered
        report.errors += tally.errors
        latency.add(tally.latency)
      }
    }
    report.lost = Int64(report.expected) - Int64(report.received)
    report.fanOut = .init(latency)
    return report
  }
}
