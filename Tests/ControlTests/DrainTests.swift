import Control
import Signal
import Testing
import Wire

@Suite struct DrainTests {
  private func error(_ socket: TestSocket) async throws -> ErrorMessage? {
    let messages = try await socket.messages { if case .error = $0 { true } else { false } }
    for case .error(let error) in messages { return error }
    return nil
  }

  /// Whether somebody who waits for the drain to end would be let go now.
  private func isOver(_ harness: DirectoryHarness) async -> Bool {
    await harness.directory.isDrained
  }

  @Test func `an empty server is drained at once`() async throws {
    let harness = try await DirectoryHarness()
    #expect(await !harness.directory.status().isDraining)

    await harness.directory.beginDrain(within: .seconds(60))

    #expect(await harness.directory.status().isDraining)
    #expect(await isOver(harness))
    await harness.directory.drained()  // returns
  }

  @Test func `who is in a session stays, and lets others in, until the last has left`() async throws
  {
    let harness = try await DirectoryHarness()
    let room = try await harness.makeRoom()
    let ann = try await harness.join(room, "ann", mode: .signallingOnly)
    _ = try await ann.joined()
    await harness.directory.beginDrain(within: .seconds(60))
    await harness.directory.tick()
    #expect(await !isOver(harness))

    let bob = try await harness.join(room, "bob", mode: .signallingOnly)
    #expect(try await bob.joined()?.participantID == "bob")

    await bob.send(.request(id: 2, .leave))
    await ann.send(.request(id: 2, .leave))
    await harness.directory.tick()
    #expect(await isOver(harness))
    await harness.directory.drained()
  }

  @Test func `a dropped socket is resumed while the server drains`() async throws {
    let harness = try await DirectoryHarness()
    let room = try await harness.makeRoom()
    let ann = try await harness.join(room, "ann", mode: .signallingOnly)
    let joined = try #require(try await ann.joined())
    await harness.directory.beginDrain(within: .seconds(60))
    await ann.connection.closed()
    harness.clock.advance(10_000)
    await harness.directory.tick()
    #expect(await !isOver(harness))

    let again = harness.connect()
    await again.send(
      .resume(id: 0, ResumeRequest(resumeToken: joined.resumeToken, seq: 0)))
    let messages = try await again.messages { if case .reply(0, _) = $0 { true } else { false } }
    #expect(messages.contains { if case .reply(0, .resumed) = $0 { true } else { false } })
  }

  @Test func `no new session and no new room begins`() async throws {
    let harness = try await DirectoryHarness()
    let room = try await harness.makeRoom()
    let other = try await harness.makeRoom()
    let ann = try await harness.join(room, "ann", mode: .signallingOnly)
    _ = try await ann.joined()
    await harness.directory.beginDrain(within: .seconds(60))

    let bob = try await harness.join(other, "bob", mode: .signallingOnly)
    let refusal = try await error(bob)
    #expect(refusal?.code == ErrorCode.mediaUnavailable.number)
    #expect(refusal?.message == ControlError.draining.message)
    await #expect(throws: ControlError.draining) {
      try await harness.directory.createRoom(CreateRoomRequest(), harness.access())
    }
    #expect(ControlError.draining.statusCode == 503)
  }

  @Test func `when the time is up it is over, whoever is there`() async throws {
    let harness = try await DirectoryHarness()
    let ann = try await harness.join(try await harness.makeRoom(), "ann", mode: .signallingOnly)
    _ = try await ann.joined()
    await harness.directory.beginDrain(within: .seconds(60))

    harness.clock.advance(59_999)
    await harness.directory.tick()
    #expect(await !isOver(harness))

    harness.clock.advance(1)
    await harness.directory.tick()
    #expect(await isOver(harness))
    #expect(await harness.directory.status().participants == 1)
  }
}

@Suite struct LiveObjectTests {
  @Test func `a mark counts until the last of its holders lets go`() {
    let live = LiveObjects()
    var first: LiveObjects.Mark? = live.mark(.room)
    var second = first
    let other = live.mark(.outbox)
    #expect(live.count(of: .room) == 1)
    #expect(live.count(of: .outbox) == 1)

    first = nil
    #expect(live.count(of: .room) == 1)
    second = nil
    #expect(live.count(of: .room) == 0)
    withExtendedLifetime((first, second, other)) {}
  }

  @Test func `nothing is left of a session when all have gone`() async throws {
    let harness = try await DirectoryHarness()
    let live = harness.directory.registry.live
    do {
      let room = try await harness.makeRoom()
      let ann = try await harness.join(room, "ann")
      _ = try await ann.joined()
      let bob = try await harness.join(room, "bob", mode: .signallingOnly)
      _ = try await bob.joined()
      #expect(live.count(of: .room) == 1)
      #expect(live.count(of: .participant) == 2)
      #expect(live.count(of: .connection) == 2)
      #expect(live.count(of: .outbox) == 2)

      await ann.send(.request(id: 2, .leave))
      await bob.connection.closed()
      harness.clock.advance(31_000)
      await harness.directory.tick()
      await harness.directory.tick()
      await ann.connection.closed()
    }
    #expect(await harness.directory.liveRooms == 0)
    for kind in LiveObjects.Kind.allCases { #expect(live.count(of: kind) == 0, "\(kind)") }
    #expect(harness.directory.registry.endpointCount == 0)
  }
}

@Suite struct SignallingMetricsTests {
  @Test func `messages are counted by kind, and frames as they are queued`() async throws {
    let harness = try await DirectoryHarness()
    let metrics = harness.directory.metrics
    let ann = try await harness.join(try await harness.makeRoom(), "ann", mode: .signallingOnly)
    await ann.send(.request(id: 2, .subscribe(topic: "T")))
    await ann.send(.request(id: 3, .publish(PublishRequest(topic: "T", message: "m"))))
    await ann.send(.ping)
    await ann.send(#"{"type":"no-such-thing","id":4}"#)

    #expect(metrics.messages(.join) == 1)
    #expect(metrics.messages(.subscribe) == 1)
    #expect(metrics.messages(.publish) == 1)
    #expect(metrics.messages(.ping) == 1)
    #expect(metrics.messages(.refused) == 1)
    #expect(metrics.messages(.resume) == 0)
    // joined, history, pubsub, published, pong, error: the room's may still be on their way.
    while metrics.framesSent.value < 6 { await Task.yield() }
    #expect(metrics.framesRefused.value == 0)
  }

  @Test func `durations lie in the bucket that ends at or above them`() {
    let histogram = DurationHistogram()
    histogram.record(.milliseconds(1))
    histogram.record(.microseconds(1_001))
    histogram.record(.seconds(60))
    histogram.record(.seconds(-1))
    let reading = histogram.reading

    #expect(reading.count == 4)
    #expect(reading.counts[0] == 1)  // none counts as no time
    #expect(reading.counts[1] == 1)
    #expect(reading.counts[2] == 1)
    #expect(reading.counts.last == 1)
    #expect(reading.counts.count == DurationHistogram.bounds.count + 1)
    #expect(abs(reading.sum - 60.002001) < 1e-9)
  }
}
