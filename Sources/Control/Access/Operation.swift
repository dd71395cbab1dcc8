package import Signal

/// Everything that can be asked of the server: each REST route and each verb of signalling.
///
/// What each needs is in `Authorization.swift`.
package enum Operation: String, CaseIterable, Sendable {
  // For everybody.
  case showHealth, showReadiness, openSignalling, makeDevelopmentToken, describeAPI

  // Rooms and sessions over REST.
  case createRoom, listRooms, showRoom, validateRoom, setRoomStatus, deactivateRoom
  case listSessions, showSession, listParticipants, listActiveParticipants, downloadChat
  case endSession, removeParticipant

  // How good calls are, and how much there is of them.
  case showSessionStats, showParticipantStats, showUsage, showLive

  // Keys and what was done with them.
  case listKeys, createKey, revokeKey, listAudit

  // Event logs, webhooks and temporary files.
  case showPublicKey, listEvents, listDeliveries, showDelivery, redeliver, redeliverAll
  case showWebhookSecret, uploadFile, downloadFile

  // Recordings and broadcasts over REST.
  case startRoomRecording, stopRoomRecording, listRecordings, showRecording, deleteRecording
  case mergeRecordings
  case startRoomLivestream, stopRoomLivestream, listLivestreams, showLivestream
  case startRoomHLS, stopRoomHLS, listHLS, showActiveHLS, showHLS, deleteHLS, captureHLS
  case downloadOutput, playHLS

  // Signalling.
  case join, resume
  case offer, enableStream, disableStream, setQuality, pauseStream, resumeStream
  case publish, subscribe, unsubscribe
  case removeFromMeeting, leaveMeeting, endMeeting
  case respondEntry, requestMedia, disableMedia
  case pinSelf, pinAnother, changeOwnMode, changeModeOfAnother
  case switchRoom, requestRelay, respondRelay, stopRelay
  case setStored, readStored
  case reportQuality
  case startRecording, stopRecording, startLivestream, stopLivestream, startHLS, stopHLS
}

extension Operation {
  /// What composers do in a room: they watch.
  var isForComposers: Bool {
    switch self {
    case .offer, .setQuality, .pauseStream, .resumeStream, .subscribe, .unsubscribe,
      .leaveMeeting:
      true
    default: false
    }
  }
}

extension ClientRequest {
  /// What the request asks for, of a participant with the id `sender`.
  package func operation(by sender: String) -> Operation {
    switch self {
    case .offer: .offer
    case .streamEnable: .enableStream
    case .streamDisable: .disableStream
    case .setQuality: .setQuality
    case .pauseStream: .pauseStream
    case .resumeStream: .resumeStream
    case .publish: .publish
    case .subscribe: .subscribe
    case .unsubscribe: .unsubscribe
    case .remove: .removeFromMeeting
    case .respondEntry: .respondEntry
    case .requestMedia: .requestMedia
    case .disableMedia: .disableMedia
    case .pin(let pin), .unpin(let pin): pin.participantID == sender ? .pinSelf : .pinAnother
    case .changeMode(_, let other):
      (other ?? sender) == sender ? .changeOwnMode : .changeModeOfAnother
    case .switchRoom: .switchRoom
    case .relayRequest: .requestRelay
    case .relayRespond: .respondRelay
    case .relayStop: .stopRelay
    case .storeSet: .setStored
    case .storeGet, .storeObserve, .storeUnobserve: .readStored
    case .report: .reportQuality
    case .startOutput(let type, _):
      switch type {
      case .livestream: .startLivestream
      case .hls: .startHLS
      case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
        .startRecording
      }
    case .stopOutput(let type, _):
      switch type {
      case .livestream: .stopLivestream
      case .hls: .stopHLS
      case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
        .stopRecording
      }
    case .leave: .leaveMeeting
    case .end: .endMeeting
    }
  }
}
