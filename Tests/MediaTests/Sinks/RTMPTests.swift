import Media
import Testing

@Suite struct RTMPTests {
  @Test func `a URL says where to connect, and the server hears the host's name`() throws {
    let location = try #require(
      RTMPLocation(
        RTMPTarget(url: "rtmp://live.example.com/app/instance", streamKey: "secret-key")))

    #expect(location.host == "live.example.com")
    #expect(location.port == 1935)
    #expect(location.application == "app/instance")
    #expect(location.streamKey == "secret-key")
    #expect(location.tcURL == "rtmp://live.example.com/app/instance")
  }

  @Test func `encryption, ports, IPv6 and keys in the URL are understood`() throws {
    let encrypted = try #require(
      RTMPLocation(RTMPTarget(url: "RTMPS://a.example/live2/", streamKey: "k")))
    #expect(encrypted.isEncrypted && encrypted.port == 443 && encrypted.application == "live2")
    let inURL = try #require(
      RTMPLocation(RTMPTarget(url: "rtmp://[2001:db8::1]:19350/live/key?a=b", streamKey: "")))
    #expect(inURL.host == "2001:db8::1" && inURL.port == 19_350)
    #expect(inURL.application == "live" && inURL.streamKey == "key?a=b")
  }

  @Test(arguments: [
    "", "rtmp://", "rtmp://host", "rtmp://host/", "http://host/app", "rtmp://host:0/app",
    "rtmp://host:99999/app", "rtmp://user:pw@host/app", "rtmp:///app", "rtmp://h\u{1}/app",
    "rtmp://[::1/app", "rtmp://host/a b", "rtmp://host:1:2/app",
  ])
  func `what cannot be connected to is refused`(url: String) {
    #expect(RTMPLocation(RTMPTarget(url: url, streamKey: "k")) == nil)
  }

  @Test func `a target that cannot be read fails as 4015 and never connects`() throws {
    let stream = try TestStream()
    let sink = try RTMPSink(
      targets: [RTMPTarget(url: "http://host/app", streamKey: "hush")], tracks: stream.tracks)
    sink.waitForEnd()

    let events = sink.events.drain()
    #expect(events == [RTMPEvent(index: 0, state: .failed(.malformedURL))])
    #expect(RTMPFailure.malformedURL.code == 4015)
    #expect(!"\(events)".contains("hush"))
  }

  @Test
  func `waits grow to four seconds for a server that is gone, and it is not given up in 10 min`() {
    var retry = RTMPRetry()
    retry.becameLive()
    var now = 0.0
    var waits: [Double] = []
    while now < 600 {
      guard
        case .retry(let wait) = retry.handle(.unreachable("gone"), now: now, random: 0.999)
      else {
        Issue.record("given up after \(now) s")
        return
      }
      waits.append(wait)
      now += wait
    }
    #expect(waits.prefix(3).map { $0.rounded() } == [1, 2, 4])
    #expect(waits.allSatisfy { (0.75...4).contains($0) })
    #expect(retry.handle(.lost("gone"), now: 1801, random: 0) == .fail)
  }

  @Test func `a wrong key is given up after five refusals, one that worked is not`() {
    var wrong = RTMPRetry()
    let decisions = (0..<5).map { wrong.handle(.refused, now: Double($0), random: 0.5) }
    #expect(decisions.last == .fail)
    #expect(decisions.dropLast().allSatisfy { $0 != .fail })

    var worked = RTMPRetry()
    worked.becameLive()
    for attempt in 0..<40 {
      #expect(worked.handle(.refused, now: Double(attempt) * 15, random: 0.5) != .fail)
    }
  }

  @Test func `a full queue drops up to the next keyframe`() throws {
    var stream = try TestStream()
    let queue = PacketQueue(tracks: stream.tracks, maximumBytes: 1 << 20, maximumPackets: 20)
    let packets = try stream.next(frames: 65)
    var asked = 0
    for packet in packets where queue.push(packet) { asked += 1 }
    let taken = queue.take(waitingAtMost: 0)

    #expect(asked >= 1)
    #expect(taken.followsDrop)
    #expect(taken.packets.first?.isKeyframe == true)
    #expect(taken.packets.first?.trackID == 0)
    #expect(queue.droppedCount + taken.packets.count == packets.count)
  }

  @Test
  func `packets of two tracks come in the order of their times, a silent track holds up a second`()
    throws
  {
    let tracks = [
      EncodedTrack(
        id: 0, kind: .video(codec: .vp8, width: 2, height: 2, framesPerSecond: 30)),
      EncodedTrack(id: 1, kind: .audio(codec: .opus, sampleRate: 48_000, channels: 2)),
    ]
    func packet(_ track: Int, _ milliseconds: Int64) throws -> EncodedPacket {
      let time = milliseconds * Int64(tracks[track].timescale) / 1000
      return try EncodedPacket(
        trackID: track, pts: time, dts: time, duration: 1, isKeyframe: true, bytes: [1])
    }
    var interleaver = PacketInterleaver(tracks: tracks)
    var ready: [EncodedPacket] = []
    for (track, time) in [(0, 0), (0, 33), (1, 5), (1, 25), (0, 66), (1, 45), (1, 45)] {
      interleaver.add(try packet(track, Int64(time)), into: &ready)
    }
    #expect(
      ready.map { "\($0.trackID):\($0.pts)" } == ["0:0", "1:240", "1:1200", "0:2970", "1:2160"])
    #expect(interleaver.refusedCount == 1)

    ready = []
    for time in stride(from: 100, to: 1300, by: 100) {
      interleaver.add(try packet(0, Int64(time)), into: &ready)
    }
    #expect(ready.map(\.pts) == [66 * 90, 100 * 90], "video waits for a second and no longer")
  }
}
