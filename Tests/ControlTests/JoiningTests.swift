import Control
import SFU
import Signal
import Testing

@Suite struct JoiningTests {
  @Test func `the first to join starts a session and gets the answer of the shard`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")

    let reply = try #require(room.joined(ann))
    #expect(reply.answer == "answer to offer of ann")
    #expect(reply.streams.map(\.kind) == [.audio, .video])
    #expect(reply.participants == [])
    #expect(reply.sessionID.count == 24)
    #expect(room.changes.first.map { "\($0)".hasPrefix("sessionStarted") } == true)
  }

  @Test func `the second hears of the first and the first of the second`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")

    let reply = try #require(room.joined(bob))
    #expect(reply.participants.map(\.participantID) == ["ann"])
    #expect(reply.participants.first?.streams == room.joined(ann)?.streams)
    #expect(reply.sessionID == room.joined(ann)?.sessionID)
    guard case .participantJoined(let newcomer) = room.events(ann).first else {
      Issue.record("ann heard nothing of bob")
      return
    }
    #expect(newcomer.participantID == "bob")
    #expect(newcomer.displayName == "BOB")
    #expect(newcomer.streams == reply.streams)
  }

  @Test func `everybody is subscribed to everybody else, camera with microphone`() throws {
    var room = try RoomHarness()
    room.join("ann")
    room.join("bob")
    let (ann, bob) = (room.endpoints[0], room.endpoints[1])
    let tracks = room.tracks
    let subscriptions = room.commands.filter { if case .subscribe = $0 { true } else { false } }

    #expect(
      subscriptions == [
        .subscribe(tracks[2], endpoint: ann, companion: tracks[3]),
        .subscribe(tracks[3], endpoint: ann, companion: tracks[2]),
        .subscribe(tracks[0], endpoint: bob, companion: tracks[1]),
        .subscribe(tracks[1], endpoint: bob, companion: tracks[0]),
      ])
  }

  @Test func `without media there is no endpoint and the reply comes at once`() throws {
    var room = try RoomHarness(shards: 0)
    let ann = room.join("ann", mode: .signallingOnly)

    #expect(room.joined(ann)?.answer == nil)
    #expect(room.commands == [])
  }

  @Test func `a receiver gets tracks and may not send any`() throws {
    var room = try RoomHarness()
    room.join("ann")
    let bob = room.join("bob", mode: .receiveOnly)
    room.request(.streamEnable(.init(kind: .audio, mid: "0")), id: 2, bob)

    #expect(room.errorCode(bob, to: 2) == 4101)
    #expect(
      room.commands.filter {
        if case .subscribe(_, room.endpoints[1], _) = $0 { true } else { false }
      }.count == 2)
  }

  @Test func `what the shard refuses is refused with its reason`() throws {
    var room = try RoomHarness()
    room.refusal = "no BUNDLE"
    let ann = room.join("ann")

    #expect(room.errorCode(ann, to: 1) == 3073)
    #expect(room.closes[ann] == 3073)
    #expect(room.state.isEmpty)
    #expect(room.changes == [])
    #expect(room.registry.endpointCount == 0)
  }

  @Test func `a shard that does not answer within 5 s makes the join fail`() throws {
    var room = try RoomHarness()
    room.answersOffers = false
    let ann = room.join("ann")
    room.advance(4_999)
    #expect(room.closes[ann] == nil)
    room.advance(1)

    #expect(room.errorCode(ann, to: 1) == 4503)
    #expect(room.closes[ann] == 4503)
    #expect(room.commands.last == .disconnect(room.endpoints[0]))
    #expect(room.state.isEmpty)
  }

  @Test(arguments: ["", "a b", "a\u{00A0}b", "a\n", String(repeating: "x", count: 65), "\u{7F}"])
  func `an impossible participant id is refused`(id: String) throws {
    var room = try RoomHarness()
    let ann = room.join(id)
    #expect(room.closes[ann] == 4004)
  }

  @Test func `an absent participant id is made`() throws {
    var room = try RoomHarness()
    let ann = room.join(nil)
    #expect(room.joined(ann)?.participantID.count == 8)
  }

  @Test func `a full room refuses all but those who come again`() throws {
    var room = try RoomHarness(participantsPerRoom: 2)
    room.join("ann")
    room.join("bob")
    let cid = room.join("cid")
    let bobAgain = room.join("bob")

    #expect(room.closes[cid] == 4009)
    #expect(room.joined(bobAgain) != nil)
  }

  @Test(arguments: [
    [StreamOnLine(kind: .audio, mid: "0"), StreamOnLine(kind: .audio, mid: "1")],
    [StreamOnLine(kind: .audio, mid: "0"), StreamOnLine(kind: .video, mid: "0")],
    [StreamOnLine(kind: .audio, mid: "")],
    [StreamOnLine(kind: .audio, mid: String(repeating: "m", count: 17))],
  ])
  func `impossible streams are refused`(streams: [StreamOnLine]) throws {
    var room = try RoomHarness()
    let ann = room.join("ann", streams: streams)
    #expect(room.closes[ann] == 3073)
  }

  @Test func `the same id again evicts the older connection within the same session`() throws {
    var room = try RoomHarness()
    let old = room.join("ann")
    let bob = room.join("bob")
    let new = room.join("ann")

    #expect(room.closes[old] == 4005)
    #expect(room.errorCode(old, to: nil) == 4005)
    #expect(room.events(old).last == .meetingLeft(reason: .duplicateParticipant))
    #expect(room.joined(new)?.sessionID == room.joined(old)?.sessionID)
    #expect(room.joined(new)?.participants.map(\.participantID) == ["bob"])
    let heard = room.events(bob)
    let left = heard.firstIndex(
      of: .participantLeft(participantID: "ann", reason: .duplicateParticipant))
    let joined = heard.firstIndex { if case .participantJoined = $0 { true } else { false } }
    #expect(try #require(left) < #require(joined))
    #expect(room.state.participantCount == 2)
  }

  @Test func `alone in the room, coming again keeps the session`() throws {
    var room = try RoomHarness()
    let old = room.join("ann")
    let new = room.join("ann")
    #expect(room.joined(new)?.sessionID == room.joined(old)?.sessionID)
  }

  @Test func `a refused join evicts nobody`() throws {
    var room = try RoomHarness()
    let old = room.join("ann")
    room.refusal = "bad"
    let new = room.join("ann")
    #expect(room.closes[new] == 3073)
    #expect(room.closes[old] == nil)
    #expect(room.state.participantCount == 1)
  }

  @Test func `a socket that goes before the answer leaves nothing behind`() throws {
    var room = try RoomHarness()
    room.answersOffers = false
    let ann = room.join("ann")
    room.input(.disconnected(ann))

    #expect(room.state.isEmpty)
    #expect(room.registry.endpointCount == 0)
    #expect(room.commands.last == .disconnect(room.endpoints[0]))
    room.input(.shard(.answered(room.endpoints[0], answer: "late")))
    #expect(room.state.isEmpty)
  }

  @Test func `a request before the answer is refused`() throws {
    var room = try RoomHarness()
    room.answersOffers = false
    let ann = room.join("ann")
    room.request(.subscribe(topic: "t"), id: 2, ann)
    #expect(room.errorCode(ann, to: 2) == 3073)
  }
}
