/// Why a participant is no longer in a meeting.
package enum LeaveReason: Int, Sendable, CaseIterable {
  case webSocketDisconnected = 1001
  case removePeer = 1002
  case removePeerViewerModeChanged = 1003
  case removePeerMediaRelayStop = 1004
  case switchRoom = 1005
  case roomClose = 1006
  case unknown = 1007
  case removeAll = 1008
  case meetingEndAPI = 1009
  case removePeerAPI = 1010
  case duplicateParticipant = 1011
  case manualLeave = 1101

  /// The name of the public surface.
  package var message: String {
    switch self {
    case .webSocketDisconnected: "WEBSOCKET_DISCONNECTED"
    case .removePeer: "REMOVE_PEER"
    case .removePeerViewerModeChanged: "REMOVE_PEER_VIEWER_MODE_CHANGED"
    case .removePeerMediaRelayStop: "REMOVE_PEER_MEDIA_RELAY_STOP"
    case .switchRoom: "SWITCH_ROOM"
    case .roomClose: "ROOM_CLOSE"
    case .unknown: "UNKNOWN"
    case .removeAll: "REMOVE_ALL"
    case .meetingEndAPI: "MEETING_END_API"
    case .removePeerAPI: "REMOVE_PEER_API"
    case .duplicateParticipant: "DUPLICATE_PARTICIPANT"
    case .manualLeave: "MANUAL_LEAVE_CALLED"
    }
  }
}

extension LeaveReason: Codable {
  private enum CodingKeys: String, CodingKey { case code, message }

  /// Reads `{code, message}`; a code of a newer server is `unknown`.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self = LeaveReason(rawValue: try values.decode(Int.self, forKey: .code)) ?? .unknown
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(rawValue, forKey: .code)
    try values.encode(message, forKey: .message)
  }
}
