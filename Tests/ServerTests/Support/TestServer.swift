import Control
import FoundationEssentials
import Logging
import NIOCore
import Server
import ServiceLifecycle
import ServiceLifecycleTestKit
import Signal
import Testing
import Wire

/// The real server on a free port of loopback, with rooms and store, but without media processes.
struct TestServer: Sendable {
  let port: Int
  let server: StoaServer
  /// Signed with the server's secret, for everything.
  let token: String
  /// Asks the server to stop as a signal does.
  let stop: @Sendable () async -> Void

  static let settings: [Setting: String] = [
    .dev: "true", .port: "0", .shards: "1", .logLevel: "critical",
    .publicUrl: "http://stoa.test",
  ]

  /// The usual limits, but for a machine so busy that a test's clients fall silent.
  static var patient: SignallingLimits {
    var limits = SignallingLimits.standard
    limits.firstMessage = .seconds(60)
    limits.silence = .seconds(60)
    return limits
  }

  /// Runs `body` against a server that is up, and stops it after.
  static func run(
    _ overrides: [Setting: String] = [:], limits: SignallingLimits = patient,
    timeouts: HTTPAndWebSocketChannel.Timeouts = .init(),
    composers: (any ComposerPlane & Service)? = nil,
    _ body: @Sendable (TestServer) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let settings = settings.merging([.data: folder.path]) { $1 }.merging(overrides) { $1 }
    let values = try SettingValues(
      flags: settings, environment: [:], file: [], path: "none")
    let configuration = try Configuration(values, processors: 1)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = try await StoaServer(
      configuration, media: EchoPlane(), composersOfTests: composers, logger: logger,
      limits: limits, timeouts: timeouts)
    let key = try APIKey(
      key: configuration.credential.key, secret: configuration.credential.secret.value)
    let token = try await TokenSigner(key).token(
      validFor: 3_600, at: SystemTime.source().wall)

    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let (stops, stopping) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { listening.finish() }
        try await testGracefulShutdown { trigger in
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
              for await _ in stops { trigger.triggerGracefulShutdown() }
            }
            try await server.run(stoppedBy: []) { listening.yield($0) }
            group.cancelAll()
          }
        }
      }
      guard let port = await ports.first(where: { _ in true }) else {
        try await group.next()  // throws why it did not start
        return
      }
      do {
        try await body(
          TestServer(port: port, server: server, token: token, stop: { stopping.yield() }))
      } catch {
        stopping.yield()
        throw error
      }
      stopping.yield()
      try await group.waitForAll()
    }
  }

  /// One request over a connection of its own.
  func http(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
  ) async throws -> HTTPReply {
    try await HTTPClient.request(
      port: port, method, path, headers: [("Host", "localhost:\(port)")] + headers, body: body)
  }

  /// One request with the token.
  func api(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPReply {
    try await http(
      method, path, headers: [("Authorization", token)], body: body.map { Array($0.utf8) })
  }
}

/// A folder that is gone after the test.
struct TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/stoa-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func write(_ text: String, to name: String, mode: Int = 0o600) throws {
    let file = path + "/" + name
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "/" + folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
