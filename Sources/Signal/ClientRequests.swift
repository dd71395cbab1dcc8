/// Which of a participant's pictures to pin, or to pin no more.
package struct PinRequest: Codable, Equatable, Sendable {
  package var participantID: String
  /// True names the camera; with neither named both are meant.
  package var cam: Bool?
  /// True names the screen.
  package var share: Bool?

  package init(participantID: String, cam: Bool? = nil, share: Bool? = nil) {
    self.participantID = participantID
    self.cam = cam
    self.share = share
  }

  private enum CodingKeys: String, CodingKey {
    case cam, share
    case participantID = "participantId"
  }
}

/// A participant's move to another room on the same socket.
package struct SwitchRequest: Codable, Equatable, Sendable {
  package var meetingID: String
  /// Absent: the one it joined with.
  package var token: String?
  /// SDP of a new peer connection; absent in `SIGNALLING_ONLY`.
  package var offer: String?
  package var streams: [StreamOnLine]?

  package init(
    meetingID: String, token: String? = nil, offer: String? = nil, streams: [StreamOnLine]? = nil
  ) {
    self.meetingID = meetingID
    self.token = token
    self.offer = offer
    self.streams = streams
  }

  private enum CodingKeys: String, CodingKey {
    case token, offer, streams
    case meetingID = "meetingId"
  }
}

/// The wish to be seen and heard in another room as well.
package struct RelayRequest: Codable, Equatable, Sendable {
  package var destinationMeetingID: String
  /// For the destination; absent: the one the participant joined with.
  package var token: String?
  /// Absent: all.
  package var kinds: [StreamKind]?

  package init(destinationMeetingID: String, token: String? = nil, kinds: [StreamKind]? = nil) {
    self.destinationMeetingID = destinationMeetingID
    self.token = token
    self.kinds = kinds
  }

  private enum CodingKeys: String, CodingKey {
    case token, kinds
    case destinationMeetingID = "destinationMeetingId"
  }
}

/// The destination's word on a relay.
package struct RelayResponse: Codable, Equatable, Sendable {
  /// Where the relay comes from.
  package var meetingID: String
  /// Who asked for it there.
  package var participantID: String
  package var decision: RelayDecision

  package init(meetingID: String, participantID: String, decision: RelayDecision) {
    self.meetingID = meetingID
    self.participantID = participantID
    self.decision = decision
  }

  private enum CodingKeys: String, CodingKey {
    case decision
    case meetingID = "meetingId"
    case participantID = "participantId"
  }
}
