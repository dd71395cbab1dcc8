import SFU
import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct RelayedTracks {
  @Test func `a track is forwarded to another room, packet by packet, until it is taken back`()
    throws
  {
    let harness = try ShardHarness(seed: 60)
    let ann = try harness.join(sending: [.vp8])
    let near = try harness.join(seats: 1)
    let far = try harness.join(seats: 1, in: RoomNumber(2))
    harness.run(for: .seconds(4))
    harness.publish(TrackNumber(1), of: ann)
    for viewer in [near, far] {
      harness.command(.subscribe(TrackNumber(1), endpoint: viewer.number, companion: nil))
    }
    let sent = harness.send(frames: 0..<20, from: ann)
    harness.run(for: .milliseconds(200))

    for viewer in [near, far] {
      let mid = try #require(viewer.seated.first { $0.value == TrackNumber(1) }?.key)
      #expect(FrameFactory.content(viewer.received[mid] ?? []) == sent)
    }
    harness.command(.unsubscribe(TrackNumber(1), endpoint: far.number))
    let mid = try #require(far.seated.keys.first)
    let before = far.received[mid]?.count
    let more = harness.send(frames: 20..<30, from: ann)
    harness.run(for: .milliseconds(200))
    #expect(far.received[mid]?.count == before)
    let nearMid = try #require(near.seated.keys.first)
    #expect(FrameFactory.content(near.received[nearMid] ?? []) == sent + more)
  }

  @Test func `who is relayed and hangs up leaves the other room's seats free`() throws {
    let harness = try ShardHarness(seed: 61)
    let ann = try harness.join(sending: [.vp8])
    let far = try harness.join(seats: 1, in: RoomNumber(2))
    harness.run(for: .seconds(4))
    harness.publish(TrackNumber(1), of: ann)
    harness.command(.subscribe(TrackNumber(1), endpoint: far.number, companion: nil))
    let mid = try #require(far.seated.keys.first)
    harness.command(.disconnect(ann.number))

    #expect(harness.events.contains(.unseated(TrackNumber(1), endpoint: far.number, mid: mid)))
    #expect(harness.statistics.rooms == 1)
    #expect(harness.statistics.tracks == 0)
    #expect(harness.statistics.subscriptions == 0)
  }
}
