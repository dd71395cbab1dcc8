import Media
import Testing
import Wire

@Suite struct TrackIngestTests {
  @Test func `nothing comes out before a keyframe, and one is asked for twice a second`() {
    let feed = IngestFeed(.vp8)
    feed.send(vp8Packets(vp8Delta(1)), timestamp: 0, at: .ms(0))

    #expect(feed.take().isEmpty)
    #expect(feed.asksForKeyframe(at: .ms(0)))
    #expect(!feed.asksForKeyframe(at: .ms(499)))
    #expect(feed.asksForKeyframe(at: .ms(500)))
    feed.send(vp8Packets(Keyframes.vp8), timestamp: 3_000, at: .ms(510))
    #expect(feed.take().count == 1)
    #expect(!feed.asksForKeyframe(at: .ms(2_000)))
  }

  @Test func `after a loss it waits for a keyframe, which says that it follows one`() {
    let feed = IngestFeed(.vp8)
    feed.send(vp8Packets(Keyframes.vp8), timestamp: 0, at: .ms(0))
    feed.send(vp8Packets(vp8Delta(1)), timestamp: 3_000, at: .ms(33), losing: [1])
    feed.send(vp8Packets(vp8Delta(2)), timestamp: 6_000, at: .ms(66))
    #expect(feed.take().map(\.rtpTimestamp) == [0])
    #expect(feed.ingest.deadline == .ms(66) + TrackIngest.videoPatience)

    feed.wait(until: feed.ingest.deadline)
    #expect(feed.take().isEmpty)
    #expect(feed.asksForKeyframe(at: .ms(400)))
    feed.send(vp8Packets(Keyframes.vp8), timestamp: 36_000, at: .ms(400))
    feed.send(vp8Packets(vp8Delta(3)), timestamp: 39_000, at: .ms(433))

    let units = feed.take()
    #expect(units.map(\.rtpTimestamp) == [36_000, 39_000])
    #expect(units.map(\.followsLoss) == [true, false])
    #expect(feed.ingest.counters.lost == 1)
  }

  @Test func `a packet that is sent again loses nothing`() {
    let feed = IngestFeed(.vp8)
    feed.send(vp8Packets(Keyframes.vp8), timestamp: 0, at: .ms(0))
    let missing = feed.sequence.advanced(by: 1)
    let packets = vp8Packets(vp8Delta(1))
    feed.send(packets, timestamp: 3_000, at: .ms(33), losing: [1])
    feed.send(vp8Packets(vp8Delta(2)), timestamp: 6_000, at: .ms(66))

    feed.hand(packets[1], missing, 3_000, marker: true, at: .ms(120))

    let units = feed.take()
    #expect(units.map(\.rtpTimestamp) == [0, 3_000, 6_000])
    #expect(units.last?.payload == vp8Delta(2))
    #expect(units.allSatisfy { !$0.followsLoss })
  }

  @Test func `a keyframe whose beginning is lost is not taken for one`() {
    for codec in [MediaCodec.vp8, .h264] {
      let feed = IngestFeed(codec)
      let keyframe =
        codec == .vp8
        ? vp8Packets(Keyframes.vp8)
        : [Keyframes.h264SPS, Keyframes.h264PPS, [0x65, 0x88, 1], [0x65, 0x08, 2]]
      feed.send(keyframe, timestamp: 0, at: .ms(0))
      feed.send(keyframe, timestamp: 3_000, at: .ms(33), losing: [0, 1, 2])
      feed.send(keyframe, timestamp: 6_000, at: .ms(66))
      feed.wait(until: .ms(1_000))

      #expect(feed.take().map(\.rtpTimestamp) == [0, 6_000], "\(codec)")
    }
  }

  @Test func `a frame without a marker ends where the next begins`() {
    let feed = IngestFeed(.vp8)
    for packet in vp8Packets(Keyframes.vp8) {
      feed.send(packet, timestamp: 0, marker: false, at: .ms(0))
    }
    #expect(feed.take().isEmpty)

    feed.send(vp8Packets(vp8Delta(1)), timestamp: 3_000, at: .ms(33))

    #expect(feed.take().map(\.payload) == [Keyframes.vp8, vp8Delta(1)])
  }

  @Test func `padding that probes for bandwidth disturbs nothing`() {
    let feed = IngestFeed(.vp8)
    feed.send(vp8Packets(Keyframes.vp8), timestamp: 0, at: .ms(0))
    feed.send([[], [], []], timestamp: 0, at: .ms(1))
    feed.send(vp8Packets(vp8Delta(1)), timestamp: 3_000, at: .ms(33))

    #expect(feed.take().count == 2)
    #expect(feed.ingest.counters.broken == 0)
  }

  @Test func `lost sound is passed over at once when its patience ends`() {
    let feed = IngestFeed(.opus)
    for (index, packet) in OpusTone.packets.prefix(6).enumerated() {
      feed.send(
        packet, timestamp: UInt32(index * 960), marker: false, at: .ms(Int64(index * 20)),
        isLost: index == 2)
    }
    feed.wait(until: .ms(60) + TrackIngest.audioPatience)

    let units = feed.take()
    #expect(units.map(\.rtpTimestamp) == [0, 960, 2_880, 3_840, 4_800])
    #expect(units.map(\.followsLoss) == [false, false, true, false, false])
    #expect(!feed.asksForKeyframe(at: .ms(500)))
  }

  @Test func `a decoder that fails has the next keyframe asked for`() {
    let feed = IngestFeed(.vp8)
    feed.send(vp8Packets(Keyframes.vp8), timestamp: 0, at: .ms(0))
    feed.ingest.decodingFailed()
    feed.send(vp8Packets(vp8Delta(1)), timestamp: 3_000, at: .ms(33))

    #expect(feed.take().count == 1)
    #expect(feed.asksForKeyframe(at: .ms(40)))
  }
}
