import Control
import Foundation
import Glibc
import Logging
import SFU
import Server
import Testing
import UDP
import Wire

@Suite(
  .serialized, .timeLimit(.minutes(2)),
  .enabled("the program was not built") { ShardProgram.exists })
struct ShardPoolTests {
  /// A running pool, and what it says.
  private struct Running {
    let pool: ShardPool
    let task: Task<Void, any Error>
    var events: AsyncStream<MediaPlaneEvent>.Iterator

    init(shards: Int = 1, port: UInt16 = 0) throws {
      let loopback = TransportAddress(ipv4: 0x7F00_0001, port: 0)
      let options = (0..<shards).map {
        ShardOptions(number: $0, bind: [loopback], port: port)
      }
      let pool = try ShardPool(
        options, executable: ShardProgram.path,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      self.pool = pool
      task = Task { try await pool.run() }
      events = pool.events.makeAsyncIterator()
    }

    mutating func next() async -> MediaPlaneEvent? { await events.next(isolation: #isolation) }

    func stop() async throws {
      task.cancel()
      try await task.value
    }
  }

  private func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }

  /// Descriptors of this process whose target begins so.
  private func descriptors(_ prefix: String = "") throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      return target?.hasPrefix(prefix) ?? false
    }.count
  }

  @Test func `commands reach the shard and its answers come back, in order`() async throws {
    var running = try Running(shards: 2)
    var ready: Set<ShardNumber> = []
    for _ in 0..<2 {
      if case .ready(let shard) = await running.next() { ready.insert(shard) }
    }
    #expect(ready == [ShardNumber(0), ShardNumber(1)])

    for number in 1...200 {
      running.pool.send(
        .connect(EndpointNumber(UInt32(number)), room: RoomNumber(1), offer: "not SDP"),
        to: ShardNumber(1))
    }
    for number in 1...200 {
      guard case .shard(ShardNumber(1), .refused(let endpoint, _)) = await running.next() else {
        Issue.record("no refusal for \(number)")
        break
      }
      #expect(endpoint == EndpointNumber(UInt32(number)))
    }
    running.pool.send(.reportStatistics, to: ShardNumber(0))
    guard case .shard(ShardNumber(0), .statistics(let statistics)) = await running.next() else {
      Issue.record("no statistics")
      return
    }
    #expect(statistics.endpoints == 0)
    try await running.stop()
  }

  @Test func `a shard killed is reported at once and replaced on the same port`() async throws {
    var running = try Running(shards: 2)
    for _ in 0..<2 { _ = await running.next() }
    let first = try #require(running.pool.processID(of: ShardNumber(0)))
    let other = try #require(running.pool.processID(of: ShardNumber(1)))

    let start = MonotonicTime.now
    kill(first, SIGKILL)
    #expect(await running.next() == .died(ShardNumber(0)))
    let died = MonotonicTime.now - start
    #expect(await running.next() == .ready(ShardNumber(0)))
    let ready = MonotonicTime.now - start

    print("killed: reported after \(died.count / 1_000) us, ready after \(ready.count / 1_000) us")
    #expect(ready < .seconds(3))
    #expect(!isAlive(first))  // a zombie would still be there
    #expect(running.pool.processID(of: ShardNumber(0)) != first)
    #expect(running.pool.processID(of: ShardNumber(1)) == other)
    try await running.stop()
  }

  @Test func `a crash is as quick as a kill`() async throws {
    var running = try Running()
    _ = await running.next()
    let start = MonotonicTime.now
    kill(try #require(running.pool.processID(of: ShardNumber(0))), SIGILL)

    #expect(await running.next() == .died(ShardNumber(0)))
    #expect(await running.next() == .ready(ShardNumber(0)))
    #expect(MonotonicTime.now - start < .seconds(3))
    try await running.stop()
  }

  @Test func `a shard that hangs is killed after its silence and replaced`() async throws {
    var running = try Running()
    _ = await running.next()
    let process = try #require(running.pool.processID(of: ShardNumber(0)))
    let start = MonotonicTime.now
    kill(process, SIGSTOP)

    #expect(await running.next() == .died(ShardNumber(0)))
    let silence = MonotonicTime.now - start
    #expect(silence > .milliseconds(1_500) && silence < .seconds(4))
    #expect(await running.next() == .ready(ShardNumber(0)))
    #expect(!isAlive(process))
    try await running.stop()
  }

  @Test func `many deaths leak no descriptor and no process`() async throws {
    var running = try Running()
    _ = await running.next()
    let all = try descriptors()
    let ends = try descriptors("anon_inode:[pidfd]")
    var processes: [Int32] = []

    for _ in 0..<3 {  // the fourth waits for two seconds
      let process = try #require(running.pool.processID(of: ShardNumber(0)))
      processes.append(process)
      kill(process, SIGKILL)
      #expect(await running.next() == .died(ShardNumber(0)))
      #expect(await running.next() == .ready(ShardNumber(0)))
    }

    #expect(try descriptors("anon_inode:[pidfd]") == ends)
    #expect(try descriptors() < all + 16)  // other tests of this process open some too
    #expect(processes.allSatisfy { !isAlive($0) })
    processes.append(try #require(running.pool.processID(of: ShardNumber(0))))
    try await running.stop()
    #expect(processes.allSatisfy { !isAlive($0) })
    #expect(try descriptors("anon_inode:[pidfd]") == 0)
    #expect(await running.next() == nil)
  }

  @Test func `a shard has no descriptor of its parent but its three`() async throws {
    // As a library would leave it: without close-on-exec.
    let leaked = open("/dev/zero", O_RDONLY)
    defer { close(leaked) }
    var running = try Running()
    _ = await running.next()
    let process = try #require(running.pool.processID(of: ShardNumber(0)))

    let directory = "/proc/\(process)/fd"
    let targets = try FileManager.default.contentsOfDirectory(atPath: directory).map {
      (
        Int($0) ?? -1,
        (try? FileManager.default.destinationOfSymbolicLink(
          atPath: "\(directory)/\($0)")) ?? ""
      )
    }

    #expect(targets.first { $0.0 == 0 }?.1 == "/dev/null")
    #expect(!targets.contains { $0.1 == "/dev/zero" })
    #expect(targets.filter { $0.1.hasPrefix("pipe:") }.map(\.0).sorted() == [1, 2])
    try await running.stop()
  }

  @Test func `a port that is taken ends the start with the reason`() async throws {
    let taken = try UDPSocket(bind: TransportAddress(ipv4: 0x7F00_0001, port: 0))
    let port = taken.localAddress.port
    let running = try Running(port: port)

    let error = await #expect(throws: ShardPool.StartFailure.self) { try await running.task.value }

    #expect(
      error?.description
        == "media process 0: bind udp 127.0.0.1:\(port): Address already in use")
    _ = taken.localAddress  // holds the port until here
  }

  @Test func `commands to a shard that is not there are dropped`() async throws {
    var running = try Running()
    running.pool.send(.reportStatistics, to: ShardNumber(7))
    running.pool.send(.reportStatistics, to: ShardNumber(-1))
    running.pool.send(.reportStatistics, to: ShardNumber(0))  // not ready yet

    #expect(await running.next() == .ready(ShardNumber(0)))
    try await running.stop()
    #expect(await running.next() == nil)
  }

  @Test(arguments: [1 as UInt64, 2])
  func `a datagram of a stranger gets no answer`(seed: UInt64) async throws {
    var running = try Running()
    _ = await running.next()
    let port = try #require(running.pool.port(of: ShardNumber(0)))
    let shard = TransportAddress(ipv4: 0x7F00_0001, port: port)
    let count = 2_000
    let answers = try Self.sendNonsense(count, to: shard, seed: seed)

    running.pool.send(.reportStatistics, to: ShardNumber(0))
    guard case .shard(_, .statistics(let statistics)) = await running.next() else {
      Issue.record("no statistics")
      return
    }

    #expect(answers == 0)
    #expect(statistics.datagramsReceived == UInt64(count))
    #expect(statistics.drops.values.reduce(0, +) == UInt64(count))
    try await running.stop()
  }

  /// First bytes of every kind the demultiplexer knows, and of none (RFC 7983).
  private static func sendNonsense(
    _ count: Int, to address: TransportAddress, seed: UInt64
  ) throws -> Int {
    var random = SeededGenerator(seed: seed)
    var socket = try MediaSocket(bind: [TransportAddress(ipv4: 0x7F00_0001, port: 0)], port: 0)
    var outbox = Wire.Outbox()
    var inbox = Inbox()
    var answers = 0
    for number in 0..<count {
      let first: [UInt8] = [0, 1, 20, 22, 63, 64, 128, 144, 200, 255]
      let length = Int.random(in: 1...1_400, using: &random)
      var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      bytes[0] = first.randomElement(using: &random) ?? 0
      outbox.append(bytes.span.bytes, to: address)
      guard number % 20 == 19 else { continue }
      socket.send(&outbox, at: .now)
      try socket.wait(until: .now + .milliseconds(1))
      try socket.receive(into: &inbox, at: .now)
      answers += inbox.count
    }
    try socket.wait(until: .now + .milliseconds(50))
    try socket.receive(into: &inbox, at: .now)
    return answers + inbox.count
  }
}
