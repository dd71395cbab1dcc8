import Control
import SFU
import Signal
import Testing

@Suite struct ModerationTests {
  private static let guest = RoomHarness.access([.allowJoin])

  @Test(arguments: [
    ClientRequest.requestMedia(participantID: "ann", kind: .audio),
    .disableMedia(participantID: "ann", kind: .audio),
    .disableMedia(participantID: nil, kind: .video),
    .pin(.init(participantID: "ann")), .unpin(.init(participantID: "ann")),
    .changeMode(.receiveOnly, participantID: "ann"), .remove(participantID: "ann"), .end,
    .relayRequest(.init(destinationMeetingID: "x")),
    .relayRespond(.init(meetingID: "x", participantID: "y", decision: .accepted)),
  ])
  func `who may not moderate is refused`(request: ClientRequest) throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: Self.guest)
    room.forgetWhatWasTold()
    room.request(request, id: 2, bob)

    #expect(room.errorCode(bob, to: 2) == 4101)
    #expect(room.events(ann) == [])
    #expect(room.commands == [])
    #expect(room.changes == [])
  }

  @Test(arguments: [
    ClientRequest.requestMedia(participantID: "nobody", kind: .audio),
    .disableMedia(participantID: "nobody", kind: .audio), .pin(.init(participantID: "nobody")),
    .unpin(.init(participantID: "nobody")), .changeMode(.receiveOnly, participantID: "nobody"),
  ])
  func `nobody is not found`(request: ClientRequest) throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.request(request, id: 2, ann)
    #expect(room.errorCode(ann, to: 2) == 4404)
  }

  @Test func `a request for a microphone reaches its owner and changes nothing`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", streams: [])
    let viewer = room.join("cid", mode: .receiveOnly)
    room.forgetWhatWasTold()
    room.request(.requestMedia(participantID: "bob", kind: .audio), id: 2, ann)
    room.request(.requestMedia(participantID: "bob", kind: .share), id: 3, ann)
    room.request(.requestMedia(participantID: "cid", kind: .video), id: 4, ann)

    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .ok)])
    #expect(room.events(bob) == [.mediaRequested(kind: .audio, requestedBy: "ann")])
    #expect(room.errorCode(ann, to: 3) == 3073)
    #expect(room.errorCode(ann, to: 4) == 4101)
    #expect(room.events(viewer) == [])
    #expect(room.commands == [])
  }

  @Test func `a stream that is turned off ends for all, and its owner may begin it again`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let cid = room.join("cid")
    let track = room.tracks[2]
    room.forgetWhatWasTold()
    room.request(.disableMedia(participantID: "bob", kind: .audio), id: 2, ann)

    let ended = ServerEvent.streamDisabled(
      participantID: "bob", .init(streamID: "s3", kind: .audio))
    #expect(room.answers(ann, to: 2) == [.reply(id: 2, .ok)])
    #expect(room.events(bob) == [.mediaDisabled(kind: .audio, disabledBy: "ann")])
    #expect(room.events(ann) == [ended])
    #expect(room.events(cid) == [ended])
    #expect(room.commands == [.unpublish(track)])
    room.request(.disableMedia(participantID: "bob", kind: .audio), id: 3, ann)
    #expect(room.answers(ann, to: 3) == [.reply(id: 3, .ok)])
    #expect(room.events(bob).count == 1)
    room.request(.streamEnable(.init(kind: .audio, mid: "0")), id: 2, bob)
    #expect(
      room.events(cid).last
        == .streamEnabled(participantID: "bob", .init(streamID: "s7", kind: .audio)))
  }

  @Test func `muting all spares the moderator, and a share takes its sound with it`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let cid = room.join("cid", streams: [])
    for (id, kind) in [(2, StreamKind.share), (3, .shareAudio)] {
      room.request(.streamEnable(.init(kind: kind, mid: kind.rawValue)), id: id, bob)
    }
    room.forgetWhatWasTold()
    room.request(.disableMedia(participantID: nil, kind: .audio), id: 2, ann)
    room.request(.disableMedia(participantID: "bob", kind: .share), id: 3, ann)
    room.request(.disableMedia(participantID: "bob", kind: .shareAudio), id: 4, ann)

    #expect(
      room.events(bob) == [
        .mediaDisabled(kind: .audio, disabledBy: "ann"), .presenterChanged(participantID: nil),
        .mediaDisabled(kind: .share, disabledBy: "ann"),
      ])
    let kinds = room.events(cid).compactMap { event in
      if case .streamDisabled("bob", let stream) = event { stream.kind } else { nil }
    }
    #expect(kinds == [.audio, .share, .shareAudio])
    #expect(room.errorCode(ann, to: 4) == 3073)
    let late = room.join("late", streams: [])
    let left = room.joined(late)?.participants.map { $0.streams.map(\.kind) }
    #expect(left == [[.audio, .video], [.video], []])
  }

  @Test func `pins are told to all, kept for who comes later, and only when they change`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob", access: Self.guest)
    room.forgetWhatWasTold()
    room.request(.pin(.init(participantID: "bob")), id: 2, ann)
    room.request(.pin(.init(participantID: "bob", cam: true)), id: 3, ann)
    room.request(.unpin(.init(participantID: "bob", share: true)), id: 2, bob)
    room.request(.pin(.init(participantID: "ann", cam: true, share: false)), id: 4, ann)

    let told: [ServerEvent] = [
      .pinChanged(participantID: "bob", .init(cam: true, share: true), pinnedBy: "ann"),
      .pinChanged(participantID: "bob", .init(cam: true, share: false), pinnedBy: "bob"),
      .pinChanged(participantID: "ann", .init(cam: true, share: false), pinnedBy: "ann"),
    ]
    #expect(room.events(ann) == told)
    #expect(room.events(bob) == told)
    for id in 2...4 { #expect(room.answers(ann, to: id) == [.reply(id: id, .ok)]) }
    let cid = room.join("cid", mode: .receiveOnly)
    #expect(
      room.joined(cid)?.participants.map(\.pin)
        == [.init(cam: true, share: false), .init(cam: true, share: false)])
    room.request(.pin(.init(participantID: "cid")), id: 2, cid)
    #expect(room.errorCode(cid, to: 2) == 4101)
  }

  @Test func `happenings of moderation are noted for the event log`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.join("bob")
    room.join("eve", access: RoomHarness.access([.askJoin]))
    room.request(.respondEntry(participantID: "eve", .denied), id: 2, ann)
    room.request(.requestMedia(participantID: "bob", kind: .video), id: 3, ann)
    room.request(.disableMedia(participantID: "bob", kind: .video), id: 4, ann)
    room.request(.pin(.init(participantID: "bob", cam: true)), id: 5, ann)

    let noted = room.changes.compactMap { change in
      if case .happened(_, let type, _, _) = change { type } else { nil }
    }
    #expect(
      noted == [
        "entry-requested", "entry-responded", "media-requested", "media-disabled", "pin-changed",
      ])
  }
}
