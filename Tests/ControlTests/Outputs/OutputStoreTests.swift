import Control
import Foundation
import Signal
import Synchronization
import Testing
import Wire

/// Composers that take every order; the test answers for them.
final class ScriptedComposers: ComposerPlane {
  private let orders = Mutex<[ComposerOrder]>([])
  var news: AsyncStream<ComposerNews> { AsyncStream { $0.finish() } }
  func send(_ order: ComposerOrder) { orders.withLock { $0.append(order) } }

  /// What was sent since the last time.
  func take() -> [ComposerOrder] {
    orders.withLock { orders in
      defer { orders = [] }
      return orders
    }
  }
}

/// Outputs from REST's request to what is stored.
@Suite(.timeLimit(.minutes(1))) struct OutputStoreTests {
  private let file = OutputFile(
    path: "/data/outputs/s/o/recording.mp4", size: 9, durationMilliseconds: 1_500, width: 1_280,
    height: 720, format: "mp4", kind: .video)

  private func server() async throws -> DirectoryHarness {
    try await DirectoryHarness(
      outputs: OutputSettings(
        dataFolder: "/data", links: OutputLinks(key: Array(repeating: 7, count: 32))))
  }

  @Test func `a recording is stored, logged, sent to both webhooks, listed and deleted`()
    async throws
  {
    let server = try await server()
    let room = try await server.directory.createRoom(
      CreateRoomRequest(
        webhook: RoomWebhook(endPoint: "https://example.com/room", events: ["recording-*"])),
      server.access()
    ).roomId
    _ = try await server.join(room, "ann").joined()

    let output = try await server.directory.startOutput(
      .recording, room: room,
      StartOutputRequest(webhookURL: "https://example.com/own", folder: "calls"), server.access())
    let order = try #require(server.composers.take().first)
    #expect(order.session.sessionID == output.sessionID)
    await server.directory.receive(
      ComposerNews(order.session, .event(.started(outputID: output.id))))
    try await server.directory.stopOutputs(
      .recording, room: room, OutputSelection(), server.access())
    await server.directory.receive(
      ComposerNews(order.session, .event(.stopped(outputID: output.id, files: [file]))))
    await server.directory.settled()

    let events = try await server.store.events(session: output.sessionID, .first)
    let types = events.elements.map(\.type).filter { $0.hasPrefix("recording") }
    #expect(
      types == [
        "recording-starting", "recording-started", "recording-stopping", "recording-stopped",
      ])
    let deliveries = try await server.store.deliveries(
      tenant: nil, DeliveryFilter(), PageRequest(page: nil, perPage: "100") ?? .first)
    for endPoint in ["https://example.com/room", "https://example.com/own"] {
      #expect(deliveries.elements.filter { $0.lane.endPoint == endPoint }.count == 4)
    }
    let list = try await server.directory.outputs(
      .recording, room: room, session: nil, .first, server.access())
    #expect(list.pageInfo.total == 1)
    let shown = try #require(list.data.first)
    #expect(shown["status"] == "stopped")
    #expect(shown["file"]?["meta"]?["duration"] == .number(1.5))
    #expect(shown["file"]?["ratio"] == "16:9")
    #expect(shown["file"]?["fileUrl"]?.string?.hasPrefix("https://stoa.test/v2/outputs/") == true)

    _ = try await server.directory.deleteOutput(.recording, output.id, server.access())
    await #expect(throws: ControlError.outputNotFound) {
      try await server.directory.output(.recording, output.id, server.access())
    }
    let audit = try await server.store.audit(tenant: nil, .first)
    #expect(audit.elements.map(\.action.rawValue).contains("output.deleted"))
  }

  @Test func `another tenant, another type and another room see nothing of it`() async throws {
    let server = try await server()
    let (room, other) = (try await server.makeRoom(), try await server.makeRoom())
    _ = try await server.join(room, "ann").joined()
    let output = try await server.directory.startOutput(
      .hls, room: room, StartOutputRequest(), server.access())

    let stranger = try server.directory.authorize(
      header: server.otherSigner.token(validFor: 60, at: server.clock.now.wall))
    await #expect(throws: ControlError.outputNotFound) {
      try await server.directory.output(.hls, output.id, stranger)
    }
    await #expect(throws: ControlError.outputNotFound) {
      try await server.directory.output(.recording, output.id, server.access())
    }
    await #expect(throws: ControlError.outputNotFound) {
      try await server.directory.output(.hls, output.id, server.access(roomID: other))
    }
    await #expect(throws: ControlError.self) {
      try await server.directory.deleteOutput(.hls, output.id, server.access())
    }
    #expect(
      try await server.directory.output(.hls, output.id, server.access(roomID: room)).id
        == output.id)
  }

  @Test func `a room without a session has nothing to record`() async throws {
    let server = try await server()
    let room = try await server.makeRoom()

    await #expect(throws: ControlError.sessionNotFound) {
      try await server.directory.startOutput(
        .recording, room: room, StartOutputRequest(), server.access())
    }
  }

  @Test func `what a crashed server left behind is made whole by the next`() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/stoa-\(UUID().uuidString).db"
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    }
    let output: OutputRecord
    do {
      let server = try await DirectoryHarness(
        path: path, outputs: OutputSettings(dataFolder: "/data"))
      let room = try await server.makeRoom()
      _ = try await server.join(room, "ann").joined()
      output = try await server.directory.startOutput(
        .recording, room: room, StartOutputRequest(), server.access())
    }

    let server = try await DirectoryHarness(
      path: path, outputs: OutputSettings(dataFolder: "/data"))
    await server.directory.recoverOutputs()
    let orders = server.composers.take()
    guard case .finish(let specification)? = orders.first?.content else {
      Issue.record("nothing is finished: \(orders)")
      return
    }
    #expect(specification.id == output.id)
    #expect(specification.attempt == 1)
    #expect(orders.last?.content == .end)
    await server.directory.receive(
      ComposerNews(output.session, .event(.stopped(outputID: output.id, files: [file]))))

    let record = try #require(try await server.store.output(output.id, tenant: output.tenant))
    #expect(record.state == .stopped)
    #expect(record.files.map(\.file) == [file])
    #expect(try await server.store.openOutputs().isEmpty)
  }

  @Test func `a link is good for its file, for a week`() throws {
    let links = OutputLinks(key: Array(repeating: 1, count: 32))
    let now = Timestamp(milliseconds: 1_700_000_000_000)
    let path = links.path(outputID: "o", fileID: "f", at: now)
    let query = Dictionary(
      uniqueKeysWithValues: path.split(separator: "?")[1].split(separator: "&").map {
        let parts = $0.split(separator: "=")
        return (String(parts[0]), String(parts[1]))
      })
    func permits(
      _ file: String = "f", _ expires: String? = nil, _ signature: String? = nil,
      after seconds: Int64 = 0
    ) -> Bool {
      links.permits(
        outputID: "o", fileID: file, expires: expires ?? query["expires"] ?? "",
        signature: signature ?? query["signature"] ?? "",
        at: Timestamp(milliseconds: now.milliseconds + seconds * 1_000))
    }

    #expect(permits())
    #expect(permits(after: 6 * 86_400))
    #expect(!permits(after: 8 * 86_400))
    #expect(!permits("g"))
    #expect(!permits("f", "9999999999"))
    #expect(!permits("f", nil, ""))
    #expect(!permits("f", nil, String(repeating: "0", count: 32)))
    #expect(
      !OutputLinks(key: []).permits(
        outputID: "o", fileID: "f", expires: "9999999999", signature: "", at: now))
  }
}

extension JSONValue {
  fileprivate subscript(name: String) -> JSONValue? { object?[name] }
}
