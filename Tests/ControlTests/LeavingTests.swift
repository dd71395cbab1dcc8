import Control
import SFU
import Signal
import Testing

@Suite struct LeavingTests {
  @Test func `who leaves is told last, and the others hear of streams before`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    room.forgetWhatWasTold()
    room.request(.leave, id: 2, ann)

    #expect(
      room.received[ann] == [
        .reply(id: 2, .ok), .event(seq: 2, .meetingLeft(reason: .manualLeave)),
      ])
    #expect(room.closes[ann] == 1000)
    #expect(
      room.events(bob) == [
        .streamDisabled(participantID: "ann", .init(streamID: "s1", kind: .audio)),
        .streamDisabled(participantID: "ann", .init(streamID: "s2", kind: .video)),
        .participantLeft(participantID: "ann", reason: .manualLeave),
      ])
    #expect(room.commands.map { "\($0)".prefix(10) } == ["disconnect"])
  }

  @Test func `the last to leave ends the session and gives the shard back`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let first = room.joined(ann)?.sessionID
    room.request(.leave, id: 2, ann)

    #expect(room.changes.last.map { "\($0)".contains("lastParticipantLeft") } == true)
    #expect(room.state.isEmpty)
    #expect(room.registry.endpointCount == 0)
    let again = room.join("ann")
    #expect(room.joined(again)?.sessionID != first)
  }

  @Test func `end throws everybody out and needs permission`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: RoomHarness.access([.allowJoin]))
    room.request(.end, id: 2, bob)
    #expect(room.errorCode(bob, to: 2) == 4101)

    room.request(.end, id: 2, ann)
    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .ok)])
    for connection in [ann, bob] {
      #expect(room.events(connection).last == .meetingLeft(reason: .roomClose))
      #expect(room.closes[connection] == 1000)
    }
    #expect(room.state.isEmpty)
  }

  @Test func `who is removed stays out until the token expires`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: RoomHarness.access([.allowJoin], validFor: 100))
    room.request(.remove(participantID: "ann"), id: 2, bob)
    #expect(room.errorCode(bob, to: 2) == 4101)
    room.request(.remove(participantID: "nobody"), id: 2, ann)
    #expect(room.errorCode(ann, to: 2) == 4404)
    room.request(.remove(participantID: "bob"), id: 3, ann)

    #expect(room.events(bob).last == .meetingLeft(reason: .removePeer))
    #expect(
      room.events(ann).last == .participantLeft(participantID: "bob", reason: .removePeer))
    let atOnce = room.join("bob")
    #expect(room.closes[atOnce] == 4101)
    room.advance(100_000 + 59_000)  // leeway included
    let later = room.join("bob")
    #expect(room.closes[later] == 4101)
    room.advance(2_000)
    let forgiven = room.join("bob")
    #expect(room.joined(forgiven) != nil)
  }

  @Test func `a disabled room ends and takes nobody`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.answersOffers = false
    let bob = room.join("bob")
    room.input(.setDisabled(true))

    #expect(room.events(ann).last == .meetingLeft(reason: .roomClose))
    #expect(room.closes[bob] == 4003)
    let cid = room.join("cid")
    #expect(room.closes[cid] == 4003)
    room.input(.setDisabled(false))
    room.answersOffers = true
    let welcome = room.join("cid")
    #expect(room.joined(welcome) != nil)
  }

  @Test func `a server that stops closes with 1001 and ends the session`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.answersOffers = false
    let bob = room.join("bob")
    room.input(.stop)

    #expect(room.closes[ann] == 1001)
    #expect(room.closes[bob] == 1001)
    #expect(room.changes.last.map { "\($0)".contains("serverStopped") } == true)
    #expect(room.state.isEmpty)
  }
}
