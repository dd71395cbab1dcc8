package import Signal

/// What somebody needs to be allowed an operation.
package struct Requirement: Sendable, Equatable {
  /// Which tokens count at all.
  package enum Entrance: Sendable, Equatable {
    /// No token is asked for.
    case everybody
    /// Tokens without a role, or with `crawler`.
    case rest
    /// Tokens without a role, or with `rtc`.
    case signalling
    /// Tokens of any role: participants' programs ask as well.
    case both
  }

  /// What a token that is bound to a room or a participant is good for here.
  package enum Binding: Sendable, Equatable {
    /// Nothing is asked that a binding could touch.
    case irrelevant
    /// What is named must be the token's room, or lie in it; lists show nothing else.
    case room
    /// The token's room and, if it names one, its participant.
    case roomAndParticipant
    /// It is about more than one room: a bound token is refused.
    case unbound
  }

  package var entrance: Entrance
  /// Any one of these; empty: none is asked for.
  ///
  /// A token with the role `crawler` is an application's own, made for REST, and needs none there.
  package var permissions: Set<Permission> = []
  package var isAdminOnly = false
  package var binding: Binding

  static let everybody = Requirement(entrance: .everybody, binding: .irrelevant)

  static func rest(
    _ permissions: Permission..., admin: Bool = false, binding: Binding = .room
  ) -> Requirement {
    Requirement(
      entrance: .rest, permissions: Set(permissions), isAdminOnly: admin, binding: binding)
  }

  static func signalling(
    _ permissions: Permission..., binding: Binding = .roomAndParticipant
  ) -> Requirement {
    Requirement(entrance: .signalling, permissions: Set(permissions), binding: binding)
  }
}

extension Operation {
  /// The table of rights: routes and rooms ask it and nothing else.
  package var requirement: Requirement {
    switch self {
    case .showHealth, .showReadiness, .openSignalling, .makeDevelopmentToken, .describeAPI,
      .showPublicKey,
      // The address is the proof: it is signed, or its id cannot be guessed.
      .downloadOutput, .playHLS:
      .everybody

    // A page looks whether its room exists before anybody was let in.
    case .validateRoom: .rest()
    case .createRoom, .listRooms, .showRoom, .listSessions, .showSession, .listParticipants,
      .listActiveParticipants, .downloadChat, .showSessionStats, .showParticipantStats, .showLive:
      .rest(.allowJoin, .allowMod)
    case .showUsage: .rest(.allowJoin, .allowMod, binding: .unbound)
    case .setRoomStatus, .deactivateRoom, .endSession, .removeParticipant: .rest(.allowMod)

    case .listKeys, .createKey, .revokeKey: .rest(.allowMod, admin: true, binding: .unbound)
    case .listAudit: .rest(.allowMod, binding: .unbound)

    case .startRoomRecording, .stopRoomRecording, .deleteRecording, .startRoomLivestream,
      .stopRoomLivestream, .startRoomHLS, .stopRoomHLS, .deleteHLS, .captureHLS, .mergeRecordings:
      .rest(.allowMod)
    case .listRecordings, .showRecording, .listLivestreams, .showLivestream, .listHLS,
      .showActiveHLS, .showHLS:
      .rest(.allowJoin, .allowMod)

    case .listEvents: .rest(.allowJoin, .allowMod)
    case .listDeliveries, .showDelivery, .redeliver, .redeliverAll: .rest(.allowMod)
    case .showWebhookSecret: .rest(.allowMod, binding: .unbound)
    case .uploadFile, .downloadFile:
      Requirement(entrance: .both, permissions: [.allowJoin, .allowMod], binding: .room)

    // With `allow_join` at once, with `ask_join` when somebody lets it in.
    case .join: .signalling(.allowJoin, .askJoin)
    // The resume token is the proof: it was given to whoever joined.
    case .resume: Requirement(entrance: .everybody, binding: .irrelevant)
    // Whoever is in the room may; the mode decides what is sent.
    case .offer, .enableStream, .disableStream, .setQuality, .pauseStream, .resumeStream,
      .publish, .subscribe, .unsubscribe, .leaveMeeting, .pinSelf, .changeOwnMode, .switchRoom,
      .stopRelay, .setStored, .readStored,
      .reportQuality:
      .signalling()
    case .respondEntry: .signalling(.allowJoin)
    case .removeFromMeeting, .endMeeting, .requestMedia, .disableMedia, .pinAnother,
      .changeModeOfAnother, .requestRelay, .respondRelay, .startRecording, .stopRecording,
      .startLivestream, .stopLivestream, .startHLS, .stopHLS:
      .signalling(.allowMod)
    }
  }
}

extension AccessToken {
  /// Refuses what the table does not grant this token, apart from what is named in the request.
  ///
  /// - Throws: `forbidden`, saying what the token lacks.
  package func require(_ operation: Operation) throws(ControlError) {
    let requirement = operation.requirement
    switch requirement.entrance {
    case .everybody: return
    case .rest where !mayCallREST: throw .forbidden("The token's role does not permit REST.")
    case .signalling where !mayJoin:
      throw .forbidden("The token's role does not permit joining.")
    case .rest, .signalling, .both: break
    }
    guard permits(requirement) else {
      let names = requirement.permissions.map(\.rawValue).sorted().joined(separator: " or ")
      throw .forbidden("This needs the permission \(names).")
    }
    guard !requirement.isAdminOnly || isAdmin else { throw .forbidden("This needs an admin key.") }
    guard requirement.binding != .unbound || (roomID == nil && participantID == nil) else {
      throw .forbidden("This needs a token that is for no room or participant alone.")
    }
  }

  private func permits(_ requirement: Requirement) -> Bool {
    if requirement.permissions.isEmpty { return true }
    if requirement.entrance != .signalling, roles.contains(.crawler) { return true }
    return !requirement.permissions.isDisjoint(with: permissions)
  }

  /// The token is not bound to another room.
  package func isFor(_ room: RoomRecord) -> Bool {
    isFor(room: room.roomID, customRoomID: room.customRoomID)
  }

  /// The token is not bound to another room.
  package func isFor(room: RoomID, customRoomID: String? = nil) -> Bool {
    guard let roomID else { return true }
    return roomID == room.rawValue || roomID == customRoomID
  }

  /// The token is not bound to another participant.
  package func isFor(participantID asked: String) -> Bool {
    participantID.map { $0 == asked } ?? true
  }
}
