import Control
import Signal
import Testing

/// Every verb of signalling with every kind of token.
@Suite struct AuthorizationTests {
  /// One request of each verb.
  static let samples: [Operation: ClientRequest] = [
    .offer: .offer(OfferRequest(sdp: "v=0")),
    .startRecording: .startOutput(.recording, StartOutputRequest()),
    .stopRecording: .stopOutput(.recording, outputID: nil),
    .startLivestream: .startOutput(.livestream, StartOutputRequest()),
    .stopLivestream: .stopOutput(.livestream, outputID: nil),
    .startHLS: .startOutput(.hls, StartOutputRequest()),
    .stopHLS: .stopOutput(.hls, outputID: nil),
    .enableStream: .streamEnable(StreamOnLine(kind: .audio, mid: "0")),
    .disableStream: .streamDisable(kind: .audio),
    .setQuality: .setQuality(streamID: "s9", .low),
    .pauseStream: .pauseStream(streamID: "s9"),
    .resumeStream: .resumeStream(streamID: "s9"),
    .publish: .publish(PublishRequest(topic: "t", message: "m")),
    .subscribe: .subscribe(topic: "t"),
    .unsubscribe: .unsubscribe(topic: "t"),
    .removeFromMeeting: .remove(participantID: "bob"),
    .leaveMeeting: .leave,
    .reportQuality: .report(QualityReport(freezes: 0)),
    .endMeeting: .end,
    .respondEntry: .respondEntry(participantID: "eve", .allowed),
    .requestMedia: .requestMedia(participantID: "ann", kind: .audio),
    .disableMedia: .disableMedia(participantID: "bob", kind: .audio),
    .pinSelf: .pin(PinRequest(participantID: "ann")),
    .pinAnother: .unpin(PinRequest(participantID: "bob")),
    .changeOwnMode: .changeMode(.sendAndReceive, participantID: nil),
    .changeModeOfAnother: .changeMode(.receiveOnly, participantID: "bob"),
    .switchRoom: .switchRoom(SwitchRequest(meetingID: "elsewhere")),
    .requestRelay: .relayRequest(RelayRequest(destinationMeetingID: "elsewhere")),
    .respondRelay: .relayRespond(
      RelayResponse(meetingID: "elsewhere", participantID: "zoe", decision: .declined)),
    .stopRelay: .relayStop(destinationMeetingID: "elsewhere"),
    .setStored: .storeSet(key: "k", value: "v"),
    .readStored: .storeGet(key: "k"),
  ]

  @Test func `every verb is in the table, and the other way round`() {
    let verbs = Operation.allCases.filter {
      $0.requirement.entrance == .signalling && $0 != .join
    }
    #expect(Set(verbs) == Set(Self.samples.keys))
    for (operation, request) in Self.samples {
      #expect(request.operation(by: "ann") == operation)
    }
  }

  @Test func `the table has what the protocol says`() {
    let moderators = Operation.allCases.filter {
      $0.requirement.entrance == .signalling && $0.requirement.permissions == [.allowMod]
    }
    #expect(Set(moderators).isSuperset(of: [.removeFromMeeting, .endMeeting]))
    #expect(Operation.join.requirement.permissions.contains(.allowJoin))
    for operation in [
      Operation.setRoomStatus, .deactivateRoom, .endSession, .removeParticipant, .listAudit,
      .listKeys, .createKey, .revokeKey,
    ] {
      #expect(operation.requirement.entrance == .rest)
      #expect(operation.requirement.permissions == [.allowMod], "\(operation)")
    }
    for operation in [Operation.listAudit, .listKeys, .createKey, .revokeKey] {
      #expect(operation.requirement.binding == .unbound, "\(operation)")
    }
    let admins = Operation.allCases.filter(\.requirement.isAdminOnly)
    #expect(Set(admins).isSuperset(of: [.listKeys, .createKey, .revokeKey]))
    let open = Operation.allCases.filter { $0.requirement.entrance == .everybody }
    #expect(
      Set(open).isSubset(of: [
        .showHealth, .showReadiness, .openSignalling, .makeDevelopmentToken, .describeAPI, .resume,
        .showPublicKey, .downloadOutput, .playHLS,
      ]), "what is open to everybody is said here as well")
  }

  /// A kind of token, and with what code a join with it is refused; `nil` if it is not.
  private func tokens(
    _ server: DirectoryHarness, room: String, otherRoom: String
  ) async throws -> [(name: String, token: String, code: Int?)] {
    let now = Double(server.clock.now.wall.milliseconds / 1_000)
    let unknown = try await TokenSigner(
      APIKey(key: "unknown", secret: "a-secret-that-is-at-least-32-bytes-long"))
    let forger = try await TokenSigner(
      APIKey(key: "key", secret: "a-secret-that-the-server-does-not-know"))
    let revoked = try await server.directory.createKey(.init(name: "gone"), server.access())
    let revokedSigner = try await TokenSigner(
      APIKey(key: revoked.key, secret: revoked.secret ?? ""))
    _ = try await server.directory.revokeKey(revoked.key, server.access())
    func signed(_ claims: [String: JSONValue]) throws -> String {
      try server.signer.sign(JSONValue.object(claims.merging(["apikey": "key"]) { $1 }))
    }
    let good = try server.token()
    let body = good.split(separator: ".")[1]
    return [
      ("none", "", 4002), ("junk", "junk", 4002),
      ("alg none", "eyJhbGciOiJub25lIn0.\(body).", 4002),
      ("stripped", String(good.prefix { $0 != "." }) + ".\(body).", 4002),
      ("unknown key", try unknown.token(validFor: 60, at: server.clock.now.wall), 4001),
      ("forged", try forger.token(validFor: 60, at: server.clock.now.wall), 4002),
      ("revoked key", try revokedSigner.token(validFor: 60, at: server.clock.now.wall), 4001),
      ("expired", try signed(["exp": .number(now - 61)]), 4002),
      ("no exp", try signed([:]), 4002),
      ("not yet", try signed(["exp": .number(now + 900), "nbf": .number(now + 300)]), 4002),
      (
        "other tenant", try server.otherSigner.token(validFor: 60, at: server.clock.now.wall), 4003
      ),
      ("other room", try server.token(roomID: otherRoom), 4002),
      ("other participant", try server.token(participantID: "bob"), 4002),
      ("crawler", try server.token(roles: [.crawler]), 4101),
      ("no permission", try server.token(permissions: []), 4101),
      ("allow_mod only", try server.token(permissions: [.allowMod]), 4101),
      ("rtc", try server.token(roles: [.rtc]), nil),
      ("allow_join", try server.token(permissions: [.allowJoin]), nil),
      ("own room", try server.token(roomID: room), nil),
      ("own participant", try server.token(participantID: "ann"), nil),
      ("everything", good, nil),
    ]
  }

  @Test func `no join gets past its token`() async throws {
    let server = try await DirectoryHarness()
    let (room, other) = (try await server.makeRoom(), try await server.makeRoom())
    for (name, token, code) in try await tokens(server, room: room, otherRoom: other) {
      let socket = server.connect()
      await socket.send(
        .join(
          id: 1,
          JoinRequest(
            token: token, meetingID: room, participantID: "ann", mode: .signallingOnly)))
      if let code {
        #expect(try await socket.closeCode() == UInt16(code), "\(name)")
      } else {
        #expect(try await socket.joined() != nil, "\(name)")
      }
    }
  }

  @Test func `a token for one room cannot tell rooms that exist from others`() async throws {
    let server = try await DirectoryHarness()
    let (mine, there) = (try await server.makeRoom(), try await server.makeRoom())
    let disabled = try await server.makeRoom()
    _ = try await server.directory.setRoomStatus(
      disabled, .init(status: .disabled), server.access())
    for room in [there, disabled, "none-such-room"] {
      let socket = server.connect()
      await socket.send(
        .join(
          id: 1,
          JoinRequest(
            token: try server.token(roomID: mine), meetingID: room, mode: .signallingOnly)))
      #expect(try await socket.closeCode() == 4002)
    }
  }

  @Test func `guests who have to ask do not simply get in`() async throws {
    let server = try await DirectoryHarness()
    let socket = server.connect()
    await socket.send(
      .join(
        id: 1,
        JoinRequest(
          token: try server.token(permissions: [.askJoin]), meetingID: try await server.makeRoom(),
          mode: .signallingOnly)))
    for item in await socket.connection.outbox.next() {
      guard case .text(let frame) = item else { continue }
      #expect(!String(decoding: frame.bytes, as: UTF8.self).contains(#""type":"joined""#))
    }
  }

  @Test func `every verb is granted to those whom the table names, and to nobody else`() throws {
    let kinds: [Set<Permission>] = [
      [.allowJoin], [.allowJoin, .allowMod], [.allowMod], [],
    ]
    for permissions in kinds {
      for (operation, request) in Self.samples {
        var room = try RoomHarness()
        room.join("bob", mode: .signallingOnly)
        let ann = room.join("ann", access: RoomHarness.access(permissions))
        room.received[ann] = []
        room.request(request, id: 2, ann)
        let codes = room.received[ann, default: []].compactMap {
          if case .error(let error) = $0, error.id == 2 { error.code } else { nil }
        }
        let needed = operation.requirement.permissions
        let isGranted = needed.isEmpty || !needed.isDisjoint(with: permissions)
        #expect(codes.contains(4101) != isGranted, "\(operation) with \(permissions)")
        if !isGranted {
          #expect(room.state.participantCount == 2, "\(operation) is not carried out")
        }
      }
    }
  }
}
