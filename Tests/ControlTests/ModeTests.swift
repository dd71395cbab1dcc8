import Control
import SFU
import Signal
import Testing

@Suite struct ModeTests {
  @Test func `who only receives any more sends no more, and keeps its connection`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let tracks = Array(room.tracks.suffix(2))
    room.forgetWhatWasTold()
    room.request(.changeMode(.receiveOnly, participantID: nil), id: 2, bob)

    #expect(
      room.received[bob] == [
        .reply(id: 2, .ok),
        .event(seq: 1, .participantModeChanged(participantID: "bob", .receiveOnly)),
      ])
    #expect(
      room.events(ann) == [
        .streamDisabled(participantID: "bob", .init(streamID: "s3", kind: .audio)),
        .streamDisabled(participantID: "bob", .init(streamID: "s4", kind: .video)),
        .participantModeChanged(participantID: "bob", .receiveOnly),
      ])
    #expect(room.commands == tracks.map { .unpublish($0) })
    room.request(.streamEnable(.init(kind: .audio, mid: "0")), id: 3, bob)
    #expect(room.errorCode(bob, to: 3) == 4101)
    let cid = room.join("cid", streams: [])
    #expect(room.joined(cid)?.participants.map(\.mode) == [.sendAndReceive, .receiveOnly])
  }

  @Test func `without media the connection goes, and comes back with a new offer`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.join("bob")
    let endpoint = room.endpoints[0]
    room.request(.changeMode(.signallingOnly, participantID: nil), id: 2, ann)
    #expect(room.commands.last == .disconnect(endpoint))
    let offer = OfferRequest(
      sdp: "again", reset: true, streams: [.init(kind: .video, mid: "1")])
    room.request(.offer(offer), id: 3, ann)
    #expect(room.errorCode(ann, to: 3) == 4101)

    room.request(.changeMode(.sendAndReceive, participantID: nil), id: 4, ann)
    room.request(.offer(offer), id: 5, ann)
    #expect(room.answers(ann, to: 5) == [.reply(id: 5, .answer(sdp: "answer to again"))])
    #expect(
      room.commands.contains { if case .publish(_, _, .video, "1") = $0 { true } else { false } })
    let toAnn = room.commands.suffix(4).filter { command in
      if case .subscribe(_, room.endpoints.last, _) = command { true } else { false }
    }
    #expect(toAnn.count == 2)
  }

  @Test func `an offer on its way does not bring back what the mode took`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", streams: [])
    let bob = room.join("bob", streams: [])
    room.answersOffers = false
    room.request(
      .offer(.init(sdp: "o", reset: true, streams: [.init(kind: .video, mid: "1")])), id: 2, bob)
    let endpoint = try #require(room.endpoints.last)
    room.request(.changeMode(.receiveOnly, participantID: "bob"), id: 2, ann)
    room.input(.shard(.answered(endpoint, answer: "late")))
    #expect(room.answers(bob, to: 2) == [.reply(id: 2, .answer(sdp: "late"))])
    #expect(room.events(ann).last == .participantModeChanged(participantID: "bob", .receiveOnly))

    room.request(.offer(.init(sdp: "o", reset: true)), id: 3, bob)
    room.request(.changeMode(.signallingOnly, participantID: "bob"), id: 3, ann)
    #expect(room.errorCode(bob, to: 3) == 4101)
  }

  @Test func `the same mode again is no change`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.forgetWhatWasTold()
    room.request(.changeMode(.sendAndReceive, participantID: "ann"), id: 2, ann)
    #expect(room.received[ann] == [.reply(id: 2, .ok)])
    #expect(room.changes == [])
  }

  @Test func `REST tells every mode and its time`() async throws {
    let server = try await DirectoryHarness()
    let socket = try await server.join(server.makeRoom("stage"), "ann")
    let session = try #require(try await socket.joined()).sessionID
    server.clock.advance(5_000)
    await socket.send(.request(id: 2, .changeMode(.signallingOnly, participantID: nil)))
    _ = try await socket.messages { $0 == .reply(id: 2, .ok) }

    let active = try await server.directory.activeParticipants(
      session: session, .first, server.access())
    let ann = try #require(active.data.first?.participants.first)
    #expect(ann.mode == .signallingOnly)
    #expect(ann.changeModeHistory.map(\.mode) == [.sendAndReceive, .signallingOnly])
    let start = DirectoryHarness.start.wall.milliseconds
    #expect(
      ann.changeModeHistory.map(\.timelog) == [
        [
          .init(
            start: .init(milliseconds: start), end: .init(milliseconds: start + 5_000))
        ], [.init(start: .init(milliseconds: start + 5_000), end: nil)],
      ])
    #expect(Set(ann.changeModeHistory.map(\.id)).count == 2)
    #expect(ann.changeModeHistory[0].id == ann.id)
  }
}
