import SFU
import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct ChangingSources {
  @Test func `another stream in the same seat goes on with numbers and begins with a keyframe`()
    throws
  {
    let harness = try ShardHarness(seed: 30)
    let ann = try harness.join(sending: [.vp8])
    let bob = try harness.join(sending: [.vp8])
    let viewer = try harness.join(seats: 1)
    harness.run(for: .seconds(2))
    harness.publish(TrackNumber(1), of: ann)
    harness.publish(TrackNumber(2), of: bob)
    harness.command(.subscribe(TrackNumber(1), endpoint: viewer.number, companion: nil))
    let first = harness.send(frames: 0..<10, from: ann)
    harness.send(frames: 0..<3, from: bob)

    harness.command(.subscribe(TrackNumber(2), endpoint: viewer.number, companion: nil))
    #expect(harness.events.contains(.seatsNeeded(viewer.number, count: 4)))
    harness.command(.unsubscribe(TrackNumber(1), endpoint: viewer.number))
    let second = harness.send(frames: 10..<20, from: bob)
    harness.run(for: .milliseconds(200))

    let mid = try #require(viewer.seated.keys.first)
    #expect(viewer.seated == [mid: TrackNumber(2)])
    #expect(FrameFactory.content(viewer.received[mid] ?? []) == first + second)
    let lost = viewer.connection.received.lost
    #expect(lost == 0, "the viewer saw one unbroken stream")
  }

  @Test func `a pause sends nothing, and what follows it starts with a keyframe`() throws {
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 31)
    let before = harness.send(frames: 0..<5, from: publisher)

    harness.command(.setPaused(TrackNumber(1), endpoint: subscriber.number, true))
    harness.send(frames: 5..<10, from: publisher)
    harness.command(.setPaused(TrackNumber(1), endpoint: subscriber.number, false))
    let after = harness.send(frames: 10..<15, from: publisher)

    let mid = try #require(subscriber.seated.keys.first)
    #expect(FrameFactory.content(subscriber.received[mid] ?? []) == before + after)
  }

  @Test func `a camera taken off and published again is forwarded`() throws {
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 32)
    harness.send(frames: 0..<5, from: publisher)

    harness.command(.unpublish(TrackNumber(1)))
    harness.send(frames: 5..<8, from: publisher)
    harness.publish(TrackNumber(2), of: publisher)
    harness.command(.subscribe(TrackNumber(2), endpoint: subscriber.number, companion: nil))
    let sent = harness.send(frames: 8..<20, from: publisher)

    let mid = try #require(subscriber.seated.first { $0.value == TrackNumber(2) }?.key)
    let received = FrameFactory.content(subscriber.received[mid] ?? [])
    #expect(Array(received.suffix(sent.count)) == sent)
  }
}
