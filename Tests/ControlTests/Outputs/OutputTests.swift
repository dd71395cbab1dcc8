import Control
import SFU
import Signal
import Testing
import Wire

/// Recordings, livestreams and HLS as a room decides about them.
@Suite struct OutputTests {
  private func start(
    _ room: inout RoomHarness, _ type: OutputType, _ request: StartOutputRequest = .init(),
    id: Int = 2, by connection: ConnectionID
  ) -> String? {
    room.request(.startOutput(type, request), id: id, connection)
    for case .reply(id, .output(let outputID)) in room.received[connection, default: []] {
      return outputID
    }
    return nil
  }

  private func news(_ room: inout RoomHarness, _ event: ComposerEvent) {
    guard let session = room.state.sessionID else { return }
    let composed = ComposedSession(
      sessionID: session, roomID: RoomHarness.roomID, tenant: TenantID("t"))
    room.input(.output(.news(ComposerNews(composed, .event(event)))))
  }

  private func statuses(_ room: RoomHarness, _ connection: ConnectionID) -> [String] {
    room.events(connection).compactMap {
      if case .outputChanged(let output) = $0 { output.status } else { nil }
    }
  }

  private func stored(_ room: RoomHarness) -> [String] {
    room.changes.compactMap {
      if case .output(let change) = $0 { change.event.type } else { nil }
    }
  }

  private let file = OutputFile(
    path: "/data/outputs/s/o/recording.mp4", size: 9, durationMilliseconds: 1_000, width: 1_280,
    height: 720, format: "mp4", kind: .video)

  @Test func `a recording goes through its states, for everybody and for the log`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: RoomHarness.access([.allowJoin]))

    let id = try #require(start(&room, .recording, by: ann))
    news(&room, .started(outputID: id))
    room.request(.stopOutput(.recording, outputID: nil), id: 3, ann)
    news(&room, .stopped(outputID: id, files: [file]))

    let expected = [
      "RECORDING_STARTING", "RECORDING_STARTED", "RECORDING_STOPPING", "RECORDING_STOPPED",
    ]
    #expect(statuses(room, ann) == expected)
    #expect(statuses(room, bob) == expected)
    #expect(
      stored(room) == [
        "recording-starting", "recording-started", "recording-stopping", "recording-stopped",
      ])
    let last = room.changes.compactMap { change -> OutputChange? in
      if case .output(let change) = change { change } else { nil }
    }.last
    #expect(last?.event.data["filePath"] == "recording.mp4")
    #expect(last?.event.data["fileUrl"]?.string?.contains("/v2/outputs/\(id)/files/") == true)
    #expect(room.usage.outputs.load.outputs == 0)
  }

  @Test func `the composer hears of a start after it is decided, and of the end with the last`()
    throws
  {
    var room = try RoomHarness()
    let ann = room.join("ann")

    let id = try #require(
      start(
        &room, .recording,
        StartOutputRequest(
          config: OutputConfig(composition: CompositionSpecification(layout: .sidebar))),
        by: ann))
    news(&room, .stopped(outputID: id, files: []))

    guard case .start(let specification)? = room.orders.first?.content else {
      Issue.record("no start")
      return
    }
    #expect(specification.id == id)
    #expect(specification.kind == .recording(format: .mp4, audioOnly: false))
    #expect(specification.composition?.layout == .sidebar)
    let session = try #require(room.state.sessionID)
    #expect(specification.folder == "/data/outputs/\(session.rawValue)/\(id)")
    #expect(room.orders.last?.content == .end)
  }

  @Test func `only moderators start and stop`() throws {
    var room = try RoomHarness()
    let bob = room.join("bob", access: RoomHarness.access([.allowJoin]))

    for (id, type) in [(2, OutputType.recording), (4, .livestream), (6, .hls)] {
      #expect(start(&room, type, id: id, by: bob) == nil)
      #expect(room.errorCode(bob, to: id) == 4101)
      room.request(.stopOutput(type, outputID: nil), id: id + 1, bob)
      #expect(room.errorCode(bob, to: id + 1) == 4101)
    }
    #expect(room.orders.isEmpty)
  }

  @Test func `a layout that a moderator publishes is drawn from then on`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: RoomHarness.access([.allowJoin]))
    let id = try #require(start(&room, .recording, by: ann))
    _ = start(&room, .hls, id: 3, by: ann)
    func publish(_ text: String, id: Int, by connection: ConnectionID) {
      let request = PublishRequest(topic: "RECORDING_LAYOUT", message: .string(text))
      room.request(.publish(request), id: id, connection)
    }
    room.orders = []

    publish(#"{"type":"SIDEBAR"}"#, id: 2, by: bob)
    publish("a text", id: 4, by: ann)
    publish(#"{"type":"ROUND"}"#, id: 5, by: ann)
    publish(#"{"type":"GRID"},"theme":"LIGHT"#, id: 6, by: ann)
    #expect(room.orders.isEmpty)

    publish(#"{"type":"spotlight","priority":"PIN","gridSize":4}"#, id: 7, by: ann)
    publish(#"{"type":"SPOTLIGHT","priority":"PIN","gridSize":4}"#, id: 8, by: ann)
    let expected = CompositionSpecification(layout: .spotlight, priority: .pin, gridSize: 4)
    #expect(
      room.orders.map(\.content) == [.relayout(outputID: id, composition: expected)])

    room.request(.stopOutput(.recording, outputID: nil), id: 9, ann)
    room.orders = []
    publish(#"{"type":"GRID"}"#, id: 10, by: ann)
    #expect(room.orders.isEmpty)
  }

  @Test(arguments: [
    (OutputType.recording, 4018, 4012), (.livestream, 4019, 4014), (.hls, 4020, 4017),
  ])
  func `one of each kind goes on at a time, also while it winds down`(
    type: OutputType, processing: Int, notGoing: Int
  ) throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let request = StartOutputRequest(targets: [.init(url: "rtmp://example.com/a", streamKey: "k")])

    room.request(.stopOutput(type, outputID: nil), id: 2, ann)
    let first = try #require(start(&room, type, request, id: 3, by: ann))
    _ = start(&room, type, request, id: 4, by: ann)
    room.request(.stopOutput(type, outputID: nil), id: 5, ann)
    _ = start(&room, type, request, id: 6, by: ann)
    news(&room, .stopped(outputID: first, files: []))
    let second = start(&room, type, request, id: 7, by: ann)

    #expect(room.errorCode(ann, to: 2) == notGoing)
    #expect(room.errorCode(ann, to: 4) == processing)
    #expect(room.errorCode(ann, to: 6) == processing)
    #expect(second != nil && second != first)
  }

  @Test func `multiComposition allows several of a kind`() throws {
    var room = try RoomHarness(
      outputOptions: RoomOutputOptions(multiComposition: .init(recording: true)))
    let ann = room.join("ann")

    let first = start(&room, .recording, id: 2, by: ann)
    let second = start(&room, .recording, id: 3, by: ann)
    _ = start(&room, .hls, id: 4, by: ann)
    _ = start(&room, .hls, id: 5, by: ann)

    #expect(first != nil && second != nil && first != second)
    #expect(room.errorCode(ann, to: 5) == 4020)
  }

  @Test func `HLS has its addresses from its start, and a latecomer knows at once`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let id = try #require(start(&room, .hls, by: ann))
    news(&room, .started(outputID: id))
    news(&room, .playable(outputID: id))

    let eve = room.join("eve", mode: .signallingOnly)

    #expect(statuses(room, ann) == ["HLS_STARTING", "HLS_STARTED", "HLS_PLAYABLE"])
    #expect(statuses(room, eve) == [])
    let output = try #require(room.joined(eve)?.outputs?.first)
    #expect(output.status == "HLS_PLAYABLE")
    #expect(output.playbackHLSURL == "http://localhost:8080/hls/\(id)/index.m3u8")
    #expect(output.livestreamURL == "http://localhost:8080/hls/\(id)/live.m3u8")
    #expect(output.downstreamURL == output.playbackHLSURL)
  }

  @Test func `an output that fails is stopped, with a code that says how far it was`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let early = try #require(start(&room, .recording, id: 2, by: ann))
    news(&room, .failed(outputID: early, code: 0, reason: "no encoder", files: []))
    let late = try #require(start(&room, .hls, id: 3, by: ann))
    news(&room, .started(outputID: late))
    news(&room, .failed(outputID: late, code: 0, reason: "disk full", files: [file]))

    let failures = room.events(ann).compactMap { event -> OutputDescription? in
      if case .outputChanged(let output) = event, output.error != nil { output } else { nil }
    }
    #expect(failures.map(\.status) == ["RECORDING_STOPPED", "HLS_STOPPED"])
    #expect(failures.map { $0.error?.code } == [4011, 5003])
    #expect(stored(room).filter { $0.hasSuffix("failed") } == ["recording-failed", "hls-failed"])
  }

  @Test func `a composer that says nothing is given up`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    _ = start(&room, .recording, by: ann)

    room.advance(29_000)
    #expect(statuses(room, ann) == ["RECORDING_STARTING"])
    room.advance(2_000)

    #expect(statuses(room, ann) == ["RECORDING_STARTING", "RECORDING_STOPPED"])
    #expect(room.usage.outputs.load.outputs == 0)
  }

  @Test func `the session's end stops its outputs, and their ends are heard of after it`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let id = try #require(start(&room, .recording, by: ann))
    news(&room, .started(outputID: id))
    let session = try #require(room.state.sessionID)

    room.request(.leave, id: 3, ann)

    #expect(stored(room).last == "recording-stopping")
    #expect(room.orders.last?.content == .end)
    #expect(room.state.sessionID == nil)
    #expect(!room.state.isEmpty, "the room stays until its files are whole")
    let composed = ComposedSession(
      sessionID: session, roomID: RoomHarness.roomID, tenant: TenantID("t"))
    room.input(
      .output(
        .news(ComposerNews(composed, .event(.stopped(outputID: id, files: [file]))))))
    #expect(stored(room).last == "recording-stopped")
    #expect(room.state.isEmpty)
  }

  @Test func `what a room starts by itself starts with its session`() throws {
    var room = try RoomHarness(
      outputOptions: RoomOutputOptions(
        autoStart: .init(recording: StartOutputRequest(folder: "x"), hls: StartOutputRequest())))

    let ann = room.join("ann")
    room.join("bob")

    #expect(stored(room) == ["recording-starting", "hls-starting"])
    #expect(statuses(room, ann) == ["RECORDING_STARTING", "HLS_STARTING"])
  }

  @Test func `a stream key is in no event, no stored change and no answer`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let secret = "s3cr3t-key"
    let request = StartOutputRequest(
      targets: [.init(url: "rtmp://example.com/app", streamKey: secret)])

    let id = start(&room, .livestream, request, by: ann)

    #expect(id != nil)
    guard case .start(let specification)? = room.orders.first?.content,
      case .rtmp(let targets) = specification.kind
    else {
      Issue.record("no start")
      return
    }
    #expect(targets.first?.streamKey == secret)  // the composer alone has it
    #expect(!"\(room.changes)".contains(secret))
    let told = room.received.values.joined().map {
      String(decoding: SignalJSON.encode($0), as: UTF8.self)
    }
    #expect(!told.joined().contains(secret))
  }

  @Test(arguments: [
    [StartOutputRequest.Target](), [.init(url: "http://example.com/a", streamKey: "k")],
    [.init(url: "rtmp://127.0.0.1/a", streamKey: "k")],
    [.init(url: "rtmp://10.0.0.1/a", streamKey: "k")],
    [.init(url: "rtmp://localhost/a", streamKey: "k")],
    [.init(url: "rtmp://u:p@example.com/a", streamKey: "k")],
    [.init(url: "rtmp://example.com/a", streamKey: "")],
    [.init(url: "rtmp://example.com/a", streamKey: "a b")],
    Array(repeating: .init(url: "rtmp://example.com/a", streamKey: "k"), count: 11),
  ])
  func `bad livestream outputs are refused`(targets: [StartOutputRequest.Target]) throws {
    var room = try RoomHarness()
    let ann = room.join("ann")

    #expect(start(&room, .livestream, StartOutputRequest(targets: targets), by: ann) == nil)

    #expect(room.errorCode(ann, to: 2) == 4015)
    #expect(room.orders.isEmpty)
  }

  @Test(arguments: [
    StartOutputRequest(webhookURL: "https://10.0.0.1/x"), StartOutputRequest(folder: "a/../b"),
    StartOutputRequest(preSignedURL: "http://example.com"),
    StartOutputRequest(templateURL: "https://example.com"),
  ])
  func `what leads into the network around the server is refused`(
    request: StartOutputRequest
  )
    throws
  {
    var room = try RoomHarness()
    let ann = room.join("ann")

    #expect(start(&room, .recording, request, by: ann) == nil)

    #expect(room.errorCode(ann, to: 2) == 3073)
  }

  @Test func `limits of key, processor and disk refuse with words of their own`() throws {
    var busy = try RoomHarness(outputs: OutputSettings(dataFolder: "/data", perKey: 1))
    let ann = busy.join("ann")
    _ = start(&busy, .recording, id: 2, by: ann)
    _ = start(&busy, .hls, id: 3, by: ann)
    #expect(busy.errorCode(ann, to: 3) == 4029)

    var slow = try RoomHarness(outputs: OutputSettings(dataFolder: "/data", cores: 0.6))
    let bob = slow.join("bob")
    #expect(start(&slow, .recording, id: 2, by: bob) != nil)
    _ = start(&slow, .hls, id: 3, by: bob)
    #expect(slow.errorCode(bob, to: 3) == 4016)

    var full = try RoomHarness()
    let eve = full.join("eve")
    full.usage.outputs.isDiskFull = true
    _ = start(&full, .recording, id: 2, by: eve)
    #expect(full.errorCode(eve, to: 2) == 4011)

    var without = try RoomHarness(outputs: OutputSettings())
    let joe = without.join("joe")
    _ = start(&without, .recording, id: 2, by: joe)
    #expect(without.errorCode(joe, to: 2) == 4011)
  }

  @Test func `starting and stopping are audited`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let id = try #require(start(&room, .recording, by: ann))
    room.request(.stopOutput(.recording, outputID: id), id: 3, ann)

    let actions = room.changes.compactMap { change -> String? in
      if case .audited(let record) = change {
        "\(record.action.rawValue) \(record.target)"
      } else {
        nil
      }
    }
    #expect(actions == ["output.started \(id)", "output.stopped \(id)"])
  }

  @Test func `a participant's recording needs the participant`() throws {
    var room = try RoomHarness()
    let access = RoomHarness.access()
    room.join("ann")
    func begin(_ id: String?) -> Result<[OutputRecord], OutputRefusal>? {
      room.input(
        .output(
          .start(
            .participantRecording, StartOutputRequest(participantID: id), by: access)))
      return room.state.outputDecision
    }

    #expect(throws: OutputRefusal.self) { try begin(nil)?.get() }
    #expect(throws: OutputRefusal.self) { try begin("bob")?.get() }
    #expect(try begin("ann")?.get().first?.participantID == "ann")
    #expect(throws: OutputRefusal.self) { try begin("ann")?.get() }
  }
}
