import NIOHTTP1
import Signal
import Synchronization
import UDP
import Wire

/// Requests at a fixed rate against the REST API, most of them reads.
///
/// The rate does not yield to a slow server: a request that had to wait for its turn counts from
/// when it was due, so that a stall is measured by all whom it would have met.
package struct RESTLoad: Sendable {
  package struct Plan: Sendable {
    package var server: ServerURL
    package var token: String
    package var requestsPerSecond = 1_000.0
    package var seconds = 30.0
    /// Share of the requests that write, 0...1.
    package var writeShare = 0.2
    package var connections = 32
    /// Rooms made before, which reads ask for.
    package var rooms = 200
    package var seed: UInt64 = 1

    package init(server: ServerURL, token: String) {
      self.server = server
      self.token = token
    }
  }

  /// What was measured; times in milliseconds.
  package struct Report: Sendable, Codable, Equatable {
    package var requests: UInt64 = 0
    /// Answers other than 2xx, and none at all.
    package var failures: UInt64 = 0
    /// Different reasons; ten at most.
    package var errors: [String] = []
    package var seconds = 0.0
    package var requestsPerSecond = 0.0
    package var all = LoadReport.Percentiles()
    package var reads = LoadReport.Percentiles()
    package var writes = LoadReport.Percentiles()
    /// CPU time of this process meanwhile, in seconds.
    package var clientCPUSeconds = 0.0

    package init() {}
  }

  private static let maximumErrors = 10

  private struct Tally: Sendable {
    var reads = LatencyHistogram()
    var writes = LatencyHistogram()
    var failures: UInt64 = 0
    var errors: [String] = []

    mutating func fail(_ error: String) {
      failures += 1
      if errors.count < maximumErrors, !errors.contains(error) { errors.append(error) }
    }
  }

  private let plan: Plan
  private let tally = Shared(Tally())
  private let next = Shared(0)

  package init(_ plan: Plan) { self.plan = plan }

  /// - Throws: `SignallingError` if the server cannot be reached or refuses to make rooms.
  package func run() async throws -> Report {
    let first = try await KeepAliveConnection.open(to: plan.server, token: plan.token)
    var rooms: [String] = []
    for _ in 0..<max(plan.rooms, 1) { rooms.append(try await Self.makeRoom(first)) }
    first.close()

    let cpu = ProcessClock.cpu
    let start = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<max(plan.connections, 1) {
        group.addTask { [rooms] in await work(worker, rooms, from: start) }
      }
    }
    let spent = ContinuousClock.now - start
    return report(tally.value, Self.seconds(spent), cpu: ProcessClock.cpu - cpu)
  }

  private static func makeRoom(_ connection: KeepAliveConnection) async throws -> String {
    let response = try await connection.perform(.POST, "/v2/rooms", body: Array("{}".utf8))
    guard (200..<300).contains(response.status) else {
      throw SignallingError.http(
        status: response.status, body: String(decoding: response.body, as: UTF8.self))
    }
    guard let value = try? SignalJSON.decode(JSONValue.self, from: response.body),
      let id = value.object?["roomId"]?.string
    else { throw SignallingError.unexpectedReply }
    return id
  }

  /// Sends whatever is due, over one connection, until the time is up.
  private func work(_ number: Int, _ rooms: [String], from start: ContinuousClock.Instant) async {
    var random = SplitMix(seed: plan.seed &+ UInt64(number))
    var connection: KeepAliveConnection?
    let interval = 1 / plan.requestsPerSecond
    while true {
      let turn = next.change { turn in
        defer { turn += 1 }
        return turn
      }
      let offset = Double(turn) * interval
      guard offset < plan.seconds else { break }
      let due = start + .seconds(offset)
      try? await Task.sleep(until: due, tolerance: .zero, clock: .continuous)
      let isWrite = Double(random.next() >> 11) / Double(1 << 53) < plan.writeShare
      do {
        let open: KeepAliveConnection
        if let connection {
          open = connection
        } else {
          open = try await KeepAliveConnection.open(to: plan.server, token: plan.token)
          connection = open
        }
        let status = try await Self.request(isWrite, rooms, &random, open)
        note(isWrite, status, Self.nanoseconds(ContinuousClock.now - due))
      } catch {
        connection?.close()
        connection = nil
        tally.change { $0.fail("\(error)") }
      }
    }
    connection?.close()
  }

  private static func request(
    _ isWrite: Bool, _ rooms: [String], _ random: inout SplitMix, _ connection: KeepAliveConnection
  ) async throws(SignallingError) -> Int {
    let room = rooms[Int(random.next() % UInt64(rooms.count))]
    if isWrite {
      return try await connection.perform(.POST, "/v2/rooms", body: Array("{}".utf8)).status
    }
    let paths = [
      "/v2/rooms/\(room)", "/v2/rooms/validate/\(room)", "/v2/rooms?perPage=20",
      "/v2/sessions?roomId=\(room)",
    ]
    return try await connection.perform(.GET, paths[Int(random.next() % 4)]).status
  }

  private func note(_ isWrite: Bool, _ status: Int, _ latency: Nanoseconds) {
    tally.change { tally in
      if isWrite { tally.writes.record(latency) } else { tally.reads.record(latency) }
      if !(200..<300).contains(status) { tally.fail("status \(status)") }
    }
  }

  private func report(_ tally: Tally, _ seconds: Double, cpu: Double) -> Report {
    var report = Report()
    var all = tally.reads
    all.add(tally.writes)
    report.requests = all.count
    report.failures = tally.failures
    report.errors = tally.errors
    report.seconds = seconds
    report.requestsPerSecond = seconds > 0 ? Double(all.count) / seconds : 0
    report.all = .init(all)
    report.reads = .init(tally.reads)
    report.writes = .init(tally.writes)
    report.clientCPUSeconds = cpu
    return report
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  static func nanoseconds(_ duration: Duration) -> Nanoseconds {
    let parts = duration.components
    return Nanoseconds(parts.seconds &* 1_000_000_000 &+ parts.attoseconds / 1_000_000_000)
  }
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
  private let state: Mutex<Value>
  init(_ value: sending Value) { state = Mutex(value) }

  var value: Value { state.withLock { $0 } }

  func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    state.withLock { body(&$0) }
  }
}

/// A small seeded generator (Steele, Lea and Flood: SplitMix64), so that a run can be repeated.
struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
