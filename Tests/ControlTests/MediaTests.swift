import Control
import SFU
import Signal
import Testing

@Suite struct MediaTests {
  @Test func `a stream that begins is announced, forwarded and answered`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", streams: [.init(kind: .audio, mid: "0")])
    let bob = room.join("bob", streams: [])
    room.forgetWhatWasTold()
    room.request(.streamEnable(.init(kind: .video, mid: "1")), id: 2, ann)

    let track = try #require(room.tracks.first)
    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .stream(streamID: "s2"))])
    #expect(
      room.events(bob) == [
        .streamEnabled(participantID: "ann", .init(streamID: "s2", kind: .video))
      ])
    guard case .publish(_, _, .video, "1") = room.commands[0],
      case .subscribe(track, _, let companion) = room.commands[1]
    else {
      Issue.record("\(room.commands)")
      return
    }
    #expect(companion != nil)
  }

  @Test func `a kind is enabled once, and an m-line carries one stream`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.request(.streamEnable(.init(kind: .audio, mid: "0")), id: 2, ann)
    room.request(.streamEnable(.init(kind: .audio, mid: "7")), id: 3, ann)
    room.request(.streamEnable(.init(kind: .share, mid: "0")), id: 4, ann)
    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .stream(streamID: "s1"))])
    #expect(room.errorCode(ann, to: 3) == 3073)
    #expect(room.errorCode(ann, to: 4) == 3073)
  }

  @Test func `seats are told, and vacated before their stream ends`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let (track, endpoint) = (room.tracks[1], room.endpoints[1])
    room.input(.shard(.seated(track, endpoint: endpoint, mid: "5")))
    room.input(.shard(.seatsNeeded(endpoint, count: 8)))
    room.request(.streamDisable(kind: .video), id: 2, ann)
    room.input(.shard(.unseated(track, endpoint: endpoint, mid: "5")))

    #expect(
      room.events(bob) == [
        .streamSeated(streamID: "s2", mid: "5"), .seatsNeeded(count: 8),
        .streamUnseated(streamID: "s2", mid: "5"),
        .streamDisabled(participantID: "ann", .init(streamID: "s2", kind: .video)),
      ])
    #expect(room.commands.last == .unpublish(track))
  }

  @Test func `the presenter is who began last to share, and then who still does`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let share = ClientRequest.streamEnable(.init(kind: .share, mid: "2"))
    room.request(share, id: 2, ann)
    room.request(share, id: 2, bob)
    let cid = room.join("cid")
    room.request(.streamDisable(kind: .share), id: 3, bob)
    room.request(.leave, id: 3, ann)

    let presenters = room.events(cid).compactMap { event -> String? in
      if case .presenterChanged(let id) = event { id ?? "nobody" } else { nil }
    }
    #expect(room.joined(cid)?.presenterID == "bob")
    #expect(presenters == ["ann", "nobody"])
    let own = room.events(bob).compactMap { event -> String? in
      if case .presenterChanged(let id) = event { id ?? "nobody" } else { nil }
    }
    #expect(own == ["ann", "bob", "ann", "nobody"])
  }

  @Test func `who speaks is told to all, and nobody speaks when the speaker left`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    guard case .connect(let endpoint, let number, _) = room.commands[0] else { return }
    room.forgetWhatWasTold()
    room.input(.shard(.activeSpeaker(number, endpoint)))
    room.input(.shard(.activeSpeaker(number, endpoint)))
    room.request(.leave, id: 2, ann)

    #expect(room.events(ann).first == .speakerChanged(participantID: "ann"))
    #expect(
      room.events(bob).filter { if case .speakerChanged = $0 { true } else { false } }
        == [.speakerChanged(participantID: "ann"), .speakerChanged(participantID: nil)])
  }

  @Test func `quality and pauses reach the shard, and only for streams of others`() throws {
    var room = try RoomHarness()
    room.join("ann")
    let bob = room.join("bob")
    let (track, endpoint) = (room.tracks[1], room.endpoints[1])
    room.forgetWhatWasTold()
    room.request(.setQuality(streamID: "s2", .low), id: 2, bob)
    room.request(.setQuality(streamID: "s2", .low), id: 3, bob)
    room.request(.pauseStream(streamID: "s2"), id: 4, bob)
    room.request(.resumeStream(streamID: "s2"), id: 5, bob)
    room.request(.setQuality(streamID: "s4", .low), id: 6, bob)
    room.request(.pauseStream(streamID: "nothing"), id: 7, bob)

    #expect(
      room.commands == [
        .setLayerCap(track, endpoint: endpoint, .low),
        .setPaused(track, endpoint: endpoint, true), .setPaused(track, endpoint: endpoint, false),
      ])
    #expect(room.errorCode(bob, to: 6) == 4404)
    #expect(room.errorCode(bob, to: 7) == 4404)
  }

  @Test func `a further offer is answered and may move and add streams`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let camera = room.tracks[1]
    room.forgetWhatWasTold()
    let streams = [StreamOnLine(kind: .video, mid: "9"), .init(kind: .share, mid: "2")]
    room.request(.offer(OfferRequest(sdp: "more", streams: streams)), id: 2, ann)

    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .answer(sdp: "answer to more"))])
    #expect(room.commands.contains(.unpublish(camera)))
    #expect(room.tracks.count == 2)
    #expect(
      room.events(bob) == [
        .streamEnabled(participantID: "ann", .init(streamID: "s5", kind: .share)),
        .presenterChanged(participantID: "ann"),
      ])
  }

  @Test func `a second offer waits for the answer to the first`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.answersOffers = false
    room.request(.offer(OfferRequest(sdp: "one")), id: 2, ann)
    room.request(.offer(OfferRequest(sdp: "two")), id: 3, ann)
    #expect(room.errorCode(ann, to: 3) == 3073)
  }

  @Test func `a new connection keeps stream ids and what was wished of them`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.request(.setQuality(streamID: "s2", .med), id: 2, bob)
    room.input(.shard(.seated(room.tracks[1], endpoint: room.endpoints[1], mid: "5")))
    room.input(.shard(.closed(room.endpoints[0], reason: "consent")))
    #expect(room.events(ann).last == .mediaState(.disconnected))
    #expect(room.events(bob).last == .streamUnseated(streamID: "s2", mid: "5"))
    room.request(.offer(OfferRequest(sdp: "again")), id: 2, ann)
    #expect(room.errorCode(ann, to: 2) == 3073)

    room.forgetWhatWasTold()
    let streams = [StreamOnLine(kind: .video, mid: "1")]
    room.request(.offer(OfferRequest(sdp: "new", reset: true, streams: streams)), id: 3, ann)
    let track = try #require(room.tracks.first)
    #expect(room.answers(ann, to: 3) == [.reply(id: 3, .answer(sdp: "answer to new"))])
    #expect(
      room.events(bob) == [
        .streamDisabled(participantID: "ann", .init(streamID: "s1", kind: .audio))
      ])
    #expect(
      room.commands.contains {
        if case .setLayerCap(track, _, .medium) = $0 { true } else { false }
      })
    room.input(
      .shard(.seated(track, endpoint: room.state.endpoint(of: "bob") ?? .init(0), mid: "5")))
    #expect(room.events(bob).last == .streamSeated(streamID: "s2", mid: "5"))
  }

  @Test func `a shard that does not answer an offer costs the media connection`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.answersOffers = false
    room.request(.offer(OfferRequest(sdp: "more")), id: 2, ann)
    room.advance(5_000)
    #expect(room.errorCode(ann, to: 2) == 4503)
    #expect(room.events(ann).last == .mediaReset)
    room.input(.shard(.answered(room.endpoints[0], answer: "late")))
    #expect(room.answers(ann, to: 2).count == 1)
  }

  @Test func `media states are told to the one they are about`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.forgetWhatWasTold()
    room.input(.shard(.connected(room.state.endpoint(of: "ann") ?? .init(0))))
    room.input(.shard(.interrupted(room.state.endpoint(of: "ann") ?? .init(0))))
    #expect(room.events(ann) == [.mediaState(.connected), .mediaState(.disconnected)])
    #expect(room.events(bob) == [])
  }
}

@Suite struct ShardDeathTests {
  private func die(_ room: inout RoomHarness, _ shard: Int) {
    room.registry.markDead(ShardNumber(shard))
    room.input(.shardDied(ShardNumber(shard)))
  }

  @Test func `everybody is asked for a new connection and nobody leaves`() throws {
    var room = try RoomHarness(shards: 2)
    let ann = room.join("ann")
    let bob = room.join("bob")
    let text = room.join("cid", mode: .signallingOnly)
    room.forgetWhatWasTold()
    die(&room, 0)

    #expect(room.events(ann) == [.mediaReset])
    #expect(room.events(bob) == [.mediaReset])
    #expect(room.events(text) == [])
    room.request(
      .offer(
        OfferRequest(
          sdp: "new", reset: true,
          streams: [.init(kind: .audio, mid: "0"), .init(kind: .video, mid: "1")])), id: 2, ann)
    room.request(.offer(OfferRequest(sdp: "new", reset: true)), id: 2, bob)
    #expect(room.answers(ann, to: 2).count == 1)
    #expect(room.events(ann) == [.mediaReset])  // nothing was disabled, nobody left
    #expect(room.tracks.count == 4)
    #expect(
      room.commands.filter { if case .subscribe = $0 { true } else { false } }.count == 4)
  }

  @Test func `another shard's death is nobody's business`() throws {
    var room = try RoomHarness(shards: 2)
    let ann = room.join("ann")
    room.forgetWhatWasTold()
    die(&room, 1)
    #expect(room.events(ann) == [])
  }

  @Test func `a join under way is handed to another shard`() throws {
    var room = try RoomHarness(shards: 2)
    room.answersOffers = false
    let ann = room.join("ann")
    die(&room, 0)
    #expect(room.endpoints.count == 2)
    room.input(.shard(.answered(room.endpoints[1], answer: "hello")))
    #expect(room.joined(ann)?.answer == "hello")
  }

  @Test func `without any shard offers wait for one`() throws {
    var room = try RoomHarness(shards: 1)
    let ann = room.join("ann")
    die(&room, 0)
    room.request(.offer(OfferRequest(sdp: "new", reset: true)), id: 2, ann)
    let bob = room.join("bob")
    #expect(room.answers(ann, to: 2) == [])
    room.advance(3_000)
    room.registry.markLive(ShardNumber(0))
    room.input(.shardReady)

    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .answer(sdp: "answer to new"))])
    #expect(room.joined(bob) != nil)
  }

  @Test func `a client whose offer found no shard is asked again when one lives`() throws {
    var room = try RoomHarness(shards: 1)
    let ann = room.join("ann")
    die(&room, 0)
    room.request(.offer(OfferRequest(sdp: "new", reset: true)), id: 2, ann)
    room.advance(5_000)
    #expect(room.errorCode(ann, to: 2) == 4503)
    room.registry.markLive(ShardNumber(0))
    room.input(.shardReady)
    #expect(room.events(ann) == [.mediaReset, .mediaReset])
    room.request(.offer(OfferRequest(sdp: "newer", reset: true)), id: 3, ann)
    #expect(room.answers(ann, to: 3) == [.reply(id: 3, .answer(sdp: "answer to newer"))])
  }

  @Test func `rooms go where least is`() throws {
    let registry = ShardRegistry()
    for shard in 0..<3 { registry.markLive(ShardNumber(shard)) }
    let chosen = (0..<6).map { registry.place(RoomID("a\($0)"))?.rawValue }
    #expect(chosen == [0, 1, 2, 0, 1, 2])
    registry.markDead(ShardNumber(1))
    #expect((0..<4).map { registry.place(RoomID("b\($0)"))?.rawValue } == [0, 2, 0, 2])
  }
}
