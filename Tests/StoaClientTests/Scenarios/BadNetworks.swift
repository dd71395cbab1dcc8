import SFU
import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct BadNetworks {
  @Test(arguments: 0..<6)
  func `three packets in ten are lost and nearly all arrive in the end`(seed: UInt64) throws {
    let link = LinkConditions(loss: 0.3, delay: .milliseconds(5))
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 300 + seed, link: link)

    let sent = harness.send(frames: 0..<200, from: publisher)
    harness.run(for: .seconds(2))

    let received = FrameFactory.content(subscriber.received.values.flatMap { $0 })
    #expect(publisher.connection.state == .connected, "seed \(seed)")
    #expect(Set(received).count == received.count, "a packet came twice, seed \(seed)")
    let first = try #require(sent.firstIndex { received.contains($0) }, "seed \(seed)")
    let wanted = Set(sent[first...])
    let share = Double(wanted.intersection(received).count) / Double(wanted.count)
    // Loss both ways halves every attempt, and requests end after ten.
    #expect(share > 0.95, "\(share) arrived, seed \(seed)")
  }

  @Test(arguments: 0..<6)
  func `reordered and doubled packets come once, whole, and are not asked for twice`(
    seed: UInt64
  ) throws {
    var link = LinkConditions(delay: .milliseconds(10), jitter: .milliseconds(8))
    link.duplication = 0.2
    link.reordering = 0.1
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 400 + seed, link: link)

    let sent = harness.send(frames: 0..<150, from: publisher)
    harness.run(for: .seconds(1))

    let received = FrameFactory.content(subscriber.received.values.flatMap { $0 })
    #expect(Set(received).count == received.count, "seed \(seed)")
    let first = try #require(sent.firstIndex { received.contains($0) }, "seed \(seed)")
    let missing = sent[first...].indices.filter { !received.contains(sent[$0]) }
    #expect(missing.isEmpty, "\(missing) of \(sent.count) missing after \(first), seed \(seed)")
    #expect(harness.statistics.drops["authenticationFailed"] == nil)
  }

  @Test func `a peer that moves to another address is followed on its next check`() throws {
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 7)
    harness.send(frames: 0..<30, from: publisher)

    subscriber.address = TransportAddress(ipv4: 0x0A00_02FF, port: 61_000)
    publisher.address = TransportAddress(ipv4: 0x0A00_02FE, port: 62_000)
    harness.run(for: .seconds(3))  // checks go out every 2.5 s
    let before = subscriber.received.values.reduce(0) { $0 + $1.count }
    let sent = harness.send(frames: 30..<60, from: publisher)

    let after = subscriber.received.values.reduce(0) { $0 + $1.count }
    #expect(after - before == sent.count)
    #expect(!harness.events.contains { if case .closed = $0 { true } else { false } })
  }

  @Test func `a peer that falls silent is interrupted, then closed, and sent nothing more`() throws
  {
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 8)
    harness.send(frames: 0..<10, from: publisher)

    // The subscriber's datagrams go nowhere from here on.
    subscriber.address = TransportAddress(ipv4: 0x0A00_0BAD, port: 1)
    harness.network.setLink(.blackout, from: subscriber.address, to: harness.server)
    harness.run(for: .seconds(40))
    let sentBefore = harness.network.sentCount
    let forwarded = harness.statistics.packetsForwarded
    harness.send(frames: 10..<20, from: publisher)

    #expect(harness.events.contains(.interrupted(subscriber.number)))
    let isClosed = harness.events.contains {
      if case .closed(subscriber.number, _) = $0 { true } else { false }
    }
    #expect(isClosed)
    #expect(harness.statistics.packetsForwarded == forwarded)
    #expect(harness.network.sentCount > sentBefore, "the publisher is still being answered")
  }
}
