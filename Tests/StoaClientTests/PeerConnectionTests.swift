import SFU
import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct PeerConnectionTests {
  /// A frame of VP8 that can be told from all others.
  private func frame(_ number: Int, length: Int = 3_000) -> FramePackets {
    var content = MediaFiles.vp8(keyframe: number == 0, length: length)
    for index in content.indices.dropFirst(12) {
      content[index] = UInt8(truncatingIfNeeded: index &* 31 &+ number &* (index % 5 + 1))
    }
    var packetizer = Packetizer(
      .vp8, maximumPayload: 1_176, pictureID: UInt16(truncatingIfNeeded: number) & 0x7FFF)
    var packets = FramePackets()
    packetizer.packetize(content[...], isKeyframe: number == 0, into: &packets)
    packets.timestamp = UInt32(truncatingIfNeeded: number * 3_000)
    return packets
  }

  /// Payloads without their descriptor, whose picture id the server makes anew.
  private func content(_ payloads: [[UInt8]]) -> [[UInt8]] {
    payloads.map { Array($0.dropFirst(4)) }
  }

  private func call(
    seed: UInt64, link: LinkConditions = .perfect, subscribers: Int = 1
  ) throws -> (ShardHarness, ShardHarness.Client, [ShardHarness.Client]) {
    let harness = try ShardHarness(seed: seed, link: link)
    let publisher = try harness.join(sending: [.vp8])
    let others = try (0..<subscribers).map { _ in try harness.join(seats: 1) }
    harness.run(for: .seconds(3))
    harness.command(
      .publish(
        TrackNumber(1), endpoint: publisher.number, kind: .video,
        mid: publisher.connection.mid(ofSender: 0)))
    for other in others {
      harness.command(.subscribe(TrackNumber(1), endpoint: other.number, companion: nil))
    }
    return (harness, publisher, others)
  }

  @Test func `hands on what sender reports say of the stream it gets`() throws {
    let (harness, publisher, subscribers) = try call(seed: 11)
    for number in 0..<150 {
      harness.send(frame(number), from: publisher)
      harness.run(for: .milliseconds(33))
    }

    let subscriber = try #require(subscribers.first)
    let mid = try #require(subscriber.seated.keys.first)
    #expect(subscriber.codecs == [.vp8])
    #expect(subscriber.reports.count >= 2)
    #expect(subscriber.reports.allSatisfy { $0.mid.string == mid })
    // Both clocks of a report go on by the same time.
    let (first, last) = try (
      #require(subscriber.reports.first), #require(subscriber.reports.last)
    )
    let media = Double(last.timestamp &- first.timestamp) / 90_000
    let wall =
      Double(last.ntpTime.rawValue &- first.ntpTime.rawValue) / Double(UInt64(1) << 32)
    #expect(media > 1)
    #expect(abs(media - wall) < 0.05)
  }

  @Test func `a keyframe that it asks for is asked of who sends`() throws {
    let (harness, publisher, subscribers) = try call(seed: 12)
    for number in 0..<60 {
      harness.send(frame(number), from: publisher)
      harness.run(for: .milliseconds(33))
    }
    let before = publisher.connection.sent(0).keyframeRequests
    let subscriber = try #require(subscribers.first)
    let mid = try #require(subscriber.seated.keys.first)

    harness.requestKeyframe(of: mid, from: subscriber)
    harness.run(for: .milliseconds(600))

    let after = publisher.connection.sent(0).keyframeRequests
    #expect(after > before)
  }

  @Test func `connects to a shard and gets what another client sent`() throws {
    let (harness, publisher, subscribers) = try call(seed: 1, subscribers: 2)
    let state = publisher.connection.state
    #expect(state == .connected)
    var sent: [[UInt8]] = []

    for number in 0..<60 {
      let frame = frame(number)
      sent += (0..<frame.count).map { Array(frame[$0].dropFirst(4)) }
      harness.send(frame, from: publisher)
      harness.run(for: .milliseconds(33))
    }

    for subscriber in subscribers {
      let mid = try #require(subscriber.seated.keys.first)
      #expect(content(subscriber.received[mid] ?? []) == sent)
      let lost = subscriber.connection.received.lost
      let dropped = subscriber.connection.dropped
      #expect(lost == 0)
      #expect(dropped == PeerDropCounters())
    }
    let counted = publisher.connection.sent(0).packets
    #expect(counted == UInt64(sent.count))
    #expect(harness.statistics.drops.isEmpty)
  }

  @Test(arguments: 0..<8)
  func `what gets lost on either side is sent again`(seed: UInt64) throws {
    let link = LinkConditions(loss: 0.1, delay: .milliseconds(10), jitter: .milliseconds(2))
    let (harness, publisher, subscribers) = try call(seed: 100 + seed, link: link)
    let subscriber = subscribers[0]
    var sent: [[UInt8]] = []

    for number in 0..<150 {
      let frame = frame(number)
      sent += (0..<frame.count).map { Array(frame[$0].dropFirst(4)) }
      harness.send(frame, from: publisher)
      harness.run(for: .milliseconds(33))
    }
    harness.run(for: .seconds(1))

    let mid = try #require(subscriber.seated.keys.first)
    let received = content(subscriber.received[mid] ?? [])
    #expect(Set(received).count == received.count, "twice, seed \(seed)")
    // From the first keyframe that came through, everything; the last packets have no successor that
    // would tell of their loss.
    let first = try #require(sent.firstIndex(of: received[0]))
    let wanted = sent[first..<sent.count - 9]
    let missing = Set(wanted).subtracting(received)
    // Requests end after ten: a packet that was lost again and again may stay away.
    #expect(missing.count <= 1, "\(missing.count) missing, seed \(seed)")
    #expect(subscriber.repaired > 10)
    let retransmitted = publisher.connection.sent(0).retransmitted
    #expect(retransmitted > 10)
  }

  @Test func `a keyframe is asked for when a subscriber comes later`() throws {
    let harness = try ShardHarness(seed: 5)
    let publisher = try harness.join(sending: [.vp8])
    harness.run(for: .seconds(1))
    harness.command(
      .publish(TrackNumber(1), endpoint: publisher.number, kind: .video, mid: "0"))
    for number in 0..<10 {
      harness.send(frame(number), from: publisher)
      harness.run(for: .milliseconds(33))
    }
    _ = publisher.connection.takeKeyframeRequest(0)

    let late = try harness.join(seats: 1)
    harness.run(for: .seconds(1))
    harness.command(.subscribe(TrackNumber(1), endpoint: late.number, companion: nil))
    harness.send(frame(10), from: publisher)
    harness.run(for: .milliseconds(100))

    let isRequested = publisher.connection.takeKeyframeRequest(0)
    #expect(isRequested)
    #expect(publisher.connection.sent(0).keyframeRequests > 0)
  }

  @Test func `seats and senders can be added later`() throws {
    let harness = try ShardHarness(seed: 6)
    let publisher = try harness.join(sending: [.vp8])
    let subscriber = try harness.join(seats: 1)
    harness.run(for: .seconds(1))

    subscriber.connection.addSeats(upTo: 2)
    try harness.renegotiate(subscriber)
    let sender = publisher.connection.addSender(.opus)
    try harness.renegotiate(publisher)
    harness.command(
      .publish(
        TrackNumber(7), endpoint: publisher.number, kind: .audio,
        mid: publisher.connection.mid(ofSender: sender)))
    harness.command(
      .publish(TrackNumber(6), endpoint: publisher.number, kind: .video, mid: "0"))
    harness.command(.subscribe(TrackNumber(6), endpoint: subscriber.number, companion: nil))
    harness.command(.subscribe(TrackNumber(7), endpoint: subscriber.number, companion: nil))
    var packets = FramePackets()
    var packetizer = Packetizer(.opus, maximumPayload: 1_200)
    for number in 0..<20 {
      packetizer.packetize([31 << 3, UInt8(number)], isKeyframe: true, into: &packets)
      packets.timestamp = UInt32(number * 960)
      harness.send(packets, from: publisher, stream: sender)
      harness.run(for: .milliseconds(20))
    }

    // The video took the first seat, so the sound is in the one that was added.
    #expect(subscriber.seated == ["1": TrackNumber(6), "2": TrackNumber(7)])
    #expect(subscriber.received["2"]?.map { $0[1] } == Array(0..<20))
  }

  @Test func `a server that says nothing is given up`() throws {
    let harness = try ShardHarness(seed: 7, link: .blackout)
    let client = try harness.join(seats: 1)

    harness.run(for: .seconds(16))

    #expect(harness.state(of: client) == .failed("no connection within 15 s"))
  }

  @Test func `a server that falls silent is noticed after 30 s`() throws {
    let harness = try ShardHarness(seed: 8)
    let client = try harness.join(seats: 1)
    harness.run(for: .seconds(5))
    #expect(harness.state(of: client) == .connected)

    harness.network.setLink(.blackout, from: harness.server, to: client.address)
    harness.run(for: .seconds(29))
    #expect(harness.state(of: client) == .connected)
    harness.run(for: .seconds(6))

    #expect(harness.state(of: client) != .connected)
  }

  @Test func `whoever does not read stays connected as long as the server hears it`() throws {
    let harness = try ShardHarness(seed: 9)
    let client = try harness.join(seats: 1)
    harness.run(for: .seconds(2))
    client.connection.ignoreSilence()
    harness.network.setLink(.blackout, from: harness.server, to: client.address)

    harness.run(for: .seconds(60))

    #expect(harness.state(of: client) == .connected)
    let isClosed = harness.events.contains { if case .closed = $0 { true } else { false } }
    #expect(!isClosed)
  }

  @Test func `closing tells the server`() throws {
    let harness = try ShardHarness(seed: 10)
    let client = try harness.join(seats: 1)
    harness.run(for: .seconds(2))

    var outbox = Outbox()
    client.connection.close(at: harness.now, into: &outbox)
    outbox.forEachDatagram { address, bytes in
      harness.network.send(
        [UInt8](bytesOf: bytes), from: client.address, to: address, at: harness.now)
    }
    harness.run(for: .seconds(1))

    #expect(harness.state(of: client) == .closed)
    let isClosed = harness.events.contains {
      if case .closed(client.number, _) = $0 { true } else { false }
    }
    #expect(isClosed)
  }

  @Test(arguments: 0..<20)
  func `nothing that arrives from outside does harm`(seed: UInt64) throws {
    let (harness, publisher, subscribers) = try call(seed: 200 + seed)
    var random = SplitMix64(seed: seed)
    let client = subscribers[0]
    for number in 0..<20 {
      harness.send(frame(number), from: publisher)
      for _ in 0..<50 {
        var bytes = random.bytes(Int.random(in: 0...200, using: &random))
        let kinds: [UInt8] = [0, 1, 20, 22, 63, 0x80, 0x90, 0xFF]
        if !bytes.isEmpty { bytes[0] = kinds.randomElement(using: &random) ?? 0 }
        if bytes.count > 1, random.chance(0.3) { bytes[1] = 200 }
        let source = random.chance(0.5) ? harness.server : publisher.address
        harness.network.send(bytes, from: source, to: client.address, at: harness.now)
      }
      harness.run(for: .milliseconds(33))
    }

    let mid = try #require(client.seated.keys.first)
    #expect(client.received[mid]?.count == 60, "seed \(seed)")
    #expect(harness.state(of: client) == .connected)
  }
}
