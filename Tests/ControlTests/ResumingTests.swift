import Control
import SFU
import Signal
import Testing

@Suite struct ResumingTests {
  private func resume(
    _ room: inout RoomHarness, _ token: String, seq: Int
  ) -> ConnectionID {
    let connection = room.makeConnection()
    room.input(
      .resume(ResumeRequest(resumeToken: token, seq: seq), id: 0, connection: connection))
    return connection
  }

  private func token(_ room: RoomHarness, _ connection: ConnectionID) throws -> String {
    try #require(room.joined(connection)).resumeToken
  }

  @Test func `what was missed comes once and in order`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.join("bob")  // event 1
    room.input(.disconnected(ann))
    room.advance(20_000)
    let cid = room.join("cid")  // event 2
    room.request(.leave, id: 2, cid)  // events 3, 4, 5
    let again = resume(&room, try token(room, ann), seq: 1)

    #expect(room.received[again]?.first == .reply(id: 0, .resumed(seq: 5)))
    #expect(room.sequence(again) == [2, 3, 4, 5])
    #expect(
      room.events(again).last == .participantLeft(participantID: "cid", reason: .manualLeave))
    #expect(room.events(room.makeConnection()) == [])
    room.join("dan")
    #expect(room.sequence(again) == [2, 3, 4, 5, 6])
  }

  @Test func `nobody notices a short absence`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.forgetWhatWasTold()
    room.input(.disconnected(ann))
    room.advance(29_999)
    #expect(room.events(bob) == [])
    #expect(room.commands == [])
  }

  @Test func `after 30 s the participant is gone with 1001`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.input(.disconnected(ann))
    room.advance(30_000)
    #expect(
      room.events(bob).last
        == .participantLeft(participantID: "ann", reason: .webSocketDisconnected))

    let again = resume(&room, try token(room, ann), seq: 1)
    #expect(room.errorCode(again, to: 0) == 4404)
    #expect(room.closes[again] == 4404)
  }

  @Test func `a repeated request gets the same answer and is not carried out twice`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.request(.subscribe(topic: "t"), id: 2, bob)
    let publish = ClientRequest.publish(PublishRequest(topic: "t", message: "hi"))
    room.request(publish, id: 2, ann)
    room.input(.disconnected(ann))
    let again = resume(&room, try token(room, ann), seq: 1)
    room.request(publish, id: 2, again)
    room.request(publish, id: 2, again)

    let first = try #require(room.answers(ann, to: 2).first)
    #expect(room.answers(again, to: 2) == [first, first])
    let messages = room.events(bob).filter { if case .pubsub = $0 { true } else { false } }
    #expect(messages.count == 1)
  }

  @Test func `an offer under way is answered once, on the socket that is there then`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.answersOffers = false
    let offer = ClientRequest.offer(OfferRequest(sdp: "more"))
    room.request(offer, id: 2, ann)
    room.input(.disconnected(ann))
    let again = resume(&room, try token(room, ann), seq: 0)
    room.request(offer, id: 2, again)
    room.input(.shard(.answered(room.endpoints[0], answer: "answered")))

    #expect(room.answers(ann, to: 2) == [])
    #expect(room.answers(again, to: 2) == [.reply(id: 2, .answer(sdp: "answered"))])
    #expect(room.commands.filter { if case .renegotiate = $0 { true } else { false } }.count == 1)
  }

  @Test func `answers are remembered for the last 64 requests`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    for id in 2...100 { room.request(.unsubscribe(topic: "t"), id: id, ann) }
    room.forgetWhatWasTold()
    room.request(.unsubscribe(topic: "t"), id: 37, ann)
    room.request(.unsubscribe(topic: "t"), id: 36, ann)
    #expect(room.answers(ann, to: 37) == [.reply(id: 37, .ok)])
    #expect(room.errorCode(ann, to: 36) == 3073)
  }

  @Test func `a second socket replaces the first`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let again = resume(&room, try token(room, ann), seq: 0)
    #expect(room.errorCode(ann, to: nil) == 4410)
    #expect(room.closes[ann] == 4410)
    room.input(.disconnected(ann))  // the older one, late
    room.join("bob")
    #expect(room.sequence(again) == [1])
  }

  @Test(arguments: [-1, 2, Int.max, Int.min])
  func `a number that never was cannot be resumed from`(seq: Int) throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.join("bob")
    let again = resume(&room, try token(room, ann), seq: seq)
    #expect(room.errorCode(again, to: 0) == 4404)
    #expect(room.closes[ann] == nil)
  }

  @Test func `a wrong token resumes nothing`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let right = try token(room, ann)
    for wrong in [
      "", "x", String(right.dropLast()), right + "x", "\(RoomHarness.roomID.rawValue).",
    ] {
      let again = resume(&room, wrong, seq: 0)
      #expect(room.closes[again] == 4404)
    }
    #expect(right.split(separator: ".").last?.count == 32)
  }

  @Test func `who is away while too much happens is given up`() throws {
    var limits = SignallingLimits.standard
    limits.waitingMessages = 100
    var room = try RoomHarness(signalling: limits)
    let ann = room.join("ann", mode: .signallingOnly)
    let bob = room.join("bob", mode: .signallingOnly)
    room.request(.subscribe(topic: "t"), id: 2, ann)
    room.input(.disconnected(ann))
    for id in 2..<92 {
      room.request(.publish(PublishRequest(topic: "t", message: "m")), id: id, bob)
    }
    #expect(room.state.participantCount == 2)
    room.request(.publish(PublishRequest(topic: "t", message: "m")), id: 92, bob)

    #expect(room.state.participantCount == 1)
    #expect(
      room.events(bob).last
        == .participantLeft(participantID: "ann", reason: .webSocketDisconnected))
  }

  @Test func `what was read long ago is forgotten, what was not is kept`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann", mode: .signallingOnly)
    room.join("bob", mode: .signallingOnly)  // 1
    room.advance(61_000)
    room.join("cid", mode: .signallingOnly)  // 2
    let tooOld = resume(&room, try token(room, ann), seq: 0)
    #expect(room.closes[tooOld] == 4404)
    let fine = resume(&room, try token(room, ann), seq: 1)
    #expect(room.sequence(fine) == [2])
  }

  @Test func `who does not read is disconnected with 4408`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.input(.overflowed(ann))
    #expect(room.closes[ann] == 4408)
    #expect(
      room.events(bob).last
        == .participantLeft(participantID: "ann", reason: .webSocketDisconnected))
  }
}
