import SFU
import StoaClient
import TestSupport
import Testing
import Wire

/// What a shard tells of the quality of calls, over networks whose quality is known.
@Suite struct QualityReports {
  /// A publisher with microphone and camera, and a subscriber that has both seated.
  private func call(
    seed: UInt64, link: LinkConditions = .perfect
  ) throws -> (
    harness: ShardHarness, publisher: ShardHarness.Client, subscriber: ShardHarness.Client
  ) {
    let harness = try ShardHarness(seed: seed, link: link)
    let publisher = try harness.join(sending: [.vp8, .opus])
    let subscriber = try harness.join(seats: 1)
    harness.run(for: .seconds(4))
    harness.publish(TrackNumber(1), of: publisher)
    harness.command(
      .publish(
        TrackNumber(2), endpoint: publisher.number, kind: .audio,
        mid: publisher.connection.mid(ofSender: 1)))
    for (track, companion) in [(TrackNumber(1), TrackNumber(2)), (TrackNumber(2), TrackNumber(1))] {
      harness.command(.subscribe(track, endpoint: subscriber.number, companion: companion))
    }
    return (harness, publisher, subscriber)
  }

  /// Sends sound, 20 ms a packet, and pictures of 640×360, 25 a second.
  private func talk(
    _ harness: ShardHarness, _ publisher: ShardHarness.Client, seconds: Int, from start: Int = 0
  ) {
    for number in start * 50..<(start + seconds) * 50 {
      var packetizer = Packetizer(.opus, maximumPayload: 1_200)
      var sound = FramePackets()
      packetizer.packetize([UInt8](repeating: 1, count: 80)[...], isKeyframe: true, into: &sound)
      sound.timestamp = UInt32(number * 960)
      harness.send(sound, from: publisher, stream: 1)
      if number % 2 == 0 {
        let isKeyframe = publisher.connection.takeKeyframeRequest(0) || number == start * 50
        harness.send(Self.picture(number / 2, isKeyframe: isKeyframe), from: publisher)
      }
      harness.run(for: .milliseconds(20))
    }
  }

  private static func picture(_ number: Int, isKeyframe: Bool) -> FramePackets {
    var content = [UInt8](repeating: 0x55, count: 2_300)
    content.replaceSubrange(0..<10, with: [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01])
    if !isKeyframe { content[0] |= 1 }
    var packetizer = Packetizer(
      .vp8, maximumPayload: 1_176, pictureID: UInt16(truncatingIfNeeded: number) & 0x7FFF)
    var packets = FramePackets()
    packetizer.packetize(content[...], isKeyframe: isKeyframe, into: &packets)
    packets.timestamp = UInt32(number * 3_600)
    return packets
  }

  private func reports(
    _ harness: ShardHarness, of client: ShardHarness.Client
  ) -> [EndpointQuality] {
    harness.events.flatMap { event -> [EndpointQuality] in
      if case .quality(let all) = event { all } else { [] }
    }.filter { $0.endpoint == client.number }
  }

  @Test(arguments: 0..<4)
  func `loss on the publisher's way is told as its loss, repaired or not`(seed: UInt64) throws {
    let (harness, publisher, subscriber) = try call(
      seed: 500 + seed, link: LinkConditions(delay: .milliseconds(5)))
    harness.network.setLink(
      LinkConditions(loss: 0.1, delay: .milliseconds(5)), from: publisher.address,
      to: harness.server)

    talk(harness, publisher, seconds: 30)

    let sent = reports(harness, of: publisher)
    for flow in [\EndpointQuality.sentAudio, \.sentVideo] {
      let flows = sent.compactMap { $0[keyPath: flow] }
      let lost = flows.reduce(0) { $0 + $1.lost }
      let packets = flows.reduce(0) { $0 + $1.packets }
      let share = Double(lost) / Double(packets)
      #expect(abs(share - 0.1) < 0.035, "\(share) of \(packets), seed \(seed)")
    }
    let video = sent.compactMap(\.sentVideo)
    let repaired = Double(video.reduce(0) { $0 + $1.repaired })
    #expect(repaired > Double(video.reduce(0) { $0 + $1.lost }) * 0.8, "seed \(seed)")
    // Sound that never reached the server is missing to its receivers as well.
    let received = reports(harness, of: subscriber).compactMap(\.receivedAudio)
    let missing =
      Double(received.reduce(0) { $0 + $1.lost }) / Double(received.reduce(0) { $0 + $1.packets })
    #expect(abs(missing - 0.11) < 0.04, "\(missing), seed \(seed)")
  }

  @Test func `loss on the subscriber's way is told as the subscriber's`() throws {
    let (harness, publisher, subscriber) = try call(seed: 510)
    harness.network.setLink(
      LinkConditions(loss: 0.1), from: harness.server, to: subscriber.address)

    talk(harness, publisher, seconds: 30)

    let flows = reports(harness, of: subscriber).compactMap(\.receivedAudio)
    let share =
      Double(flows.reduce(0) { $0 + $1.lost }) / Double(flows.reduce(0) { $0 + $1.packets })
    #expect(abs(share - 0.1) < 0.035, "\(share)")
    let repaired = reports(harness, of: subscriber).compactMap(\.receivedVideo?.repaired)
    #expect(repaired.reduce(0, +) > 0)
    #expect(reports(harness, of: publisher).compactMap(\.sentAudio).allSatisfy { $0.lost == 0 })
  }

  @Test func `round trip and jitter are those of the network`() throws {
    let (harness, publisher, subscriber) = try call(
      seed: 520, link: LinkConditions(delay: .milliseconds(30)))
    harness.network.setLink(
      LinkConditions(delay: .milliseconds(30), jitter: .milliseconds(12)),
      from: publisher.address, to: harness.server)

    talk(harness, publisher, seconds: 20)

    let received = try #require(reports(harness, of: subscriber).last)
    for flow in [received.receivedAudio, received.receivedVideo] {
      let roundTrip = try #require(flow?.roundTripMicroseconds)
      #expect(abs(roundTrip - 60_000) < 2_000, "\(roundTrip)")
    }
    let overall = try #require(received.roundTripMicroseconds)
    #expect(abs(overall - 60_000) < 2_000)
    // Two delays uniform in 0...12 ms differ by 4 ms on average (RFC 3550 A.8 keeps that mean).
    let jitter = try #require(reports(harness, of: publisher).last?.sentAudio?.jitterMicroseconds)
    #expect((2_500...5_500).contains(jitter), "\(jitter)")
    // A packet forwarded keeps the time it lost, so the subscriber sees the same.
    let passedOn = try #require(received.receivedAudio?.jitterMicroseconds)
    #expect((2_500...5_500).contains(passedOn), "\(passedOn)")
  }

  @Test func `bytes, picture size and frame rate are told to both ends`() throws {
    let (harness, publisher, subscriber) = try call(seed: 530)

    talk(harness, publisher, seconds: 20)

    let sent = try #require(reports(harness, of: publisher).last)
    let received = try #require(reports(harness, of: subscriber).last)
    #expect((4_500...5_500).contains(sent.milliseconds))
    for (flow, hasHeaders) in [(sent.sentVideo, true), (received.receivedVideo, false)] {
      let flow = try #require(flow)
      #expect(flow.packets >= 225 && flow.packets <= 275, "25 frames of two packets, for 5 s")
      let perPacket = flow.bytes / flow.packets
      #expect((hasHeaders ? 1_160...1_220 : 1_150...1_165).contains(perPacket), "\(perPacket)")
      #expect(flow.framesPerSecond == 25)
      let pixels = try #require(flow.pixelsPerSecond)
      #expect(abs(pixels - 640 * 360 * 25) < 640 * 360, "\(pixels)")
    }
    #expect(sent.receivedVideo == nil && received.sentVideo == nil && sent.shown == nil)
    #expect(received.shown?.counts == [0, 1, 0, 0, 0, 0])
    #expect(received.freezes == 0 && received.frozenMilliseconds == 0)
  }

  @Test func `a camera that stops for two seconds is one freeze of its receivers`() throws {
    let (harness, publisher, subscriber) = try call(seed: 540)
    talk(harness, publisher, seconds: 6)
    let before = reports(harness, of: subscriber).count

    harness.run(for: .seconds(2))
    talk(harness, publisher, seconds: 12, from: 8)

    let all = reports(harness, of: subscriber)
    #expect(all.prefix(before).allSatisfy { $0.freezes == 0 })
    #expect(all.reduce(0) { $0 + $1.freezes } == 1)
    let frozen = all.reduce(0) { $0 + $1.frozenMilliseconds }
    #expect((1_950...2_100).contains(frozen), "\(frozen)")
    #expect(reports(harness, of: publisher).allSatisfy { $0.freezes == 0 })
  }

  @Test func `a camera that is switched off is no freeze`() throws {
    let (harness, publisher, subscriber) = try call(seed: 550)
    talk(harness, publisher, seconds: 6)

    harness.command(.unpublish(TrackNumber(1)))
    harness.run(for: .seconds(10))

    #expect(reports(harness, of: subscriber).allSatisfy { $0.freezes == 0 })
    let sent = reports(harness, of: publisher).compactMap(\.sentVideo)
    let told = sent.reduce(0) { $0 + $1.packets }
    #expect(told == 6 * 25 * 2, "what came before it was switched off is told as well")
  }

  @Test func `many endpoints are told of in turns, each every five seconds`() throws {
    let harness = try ShardHarness(seed: 560)
    for _ in 0..<25 { _ = try harness.join(seats: 1) }
    harness.run(for: .seconds(31))

    let batches = harness.events.compactMap { event -> [EndpointQuality]? in
      if case .quality(let all) = event { all } else { nil }
    }
    #expect(batches.allSatisfy { !$0.isEmpty && $0.count <= 3 })
    for client in harness.clients {
      #expect((6...7).contains(reports(harness, of: client).count))
    }
    for client in harness.clients { harness.command(.disconnect(client.number)) }
    let told = harness.events.count
    harness.run(for: .seconds(20))
    #expect(harness.events.count == told, "nobody is left to tell of")
  }
}
