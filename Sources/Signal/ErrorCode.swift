/// Why a request over the WebSocket was refused; numbers and names are the public surface's.
package enum ErrorCode: Hashable, Sendable, CaseIterable {
  case invalidParameter, invalidAPIKey, invalidToken, invalidMeetingID, invalidParticipantID
  case duplicateParticipant, invalidPermissions, maximumParticipantsReached, notPermitted
  case notFound, resumeExpired, slowConsumer, replaced, quotaExceeded, internalError
  case mediaUnavailable, requestMediaRelayFailed, entryDenied

  package var number: Int {
    switch self {
    case .invalidParameter: 3073
    case .invalidAPIKey: 4001
    case .invalidToken: 4002
    case .invalidMeetingID: 4003
    case .invalidParticipantID: 4004
    case .duplicateParticipant: 4005
    case .invalidPermissions: 4008
    case .maximumParticipantsReached: 4009
    case .requestMediaRelayFailed: 4078
    case .notPermitted: 4101
    case .entryDenied: 4102
    case .notFound, .resumeExpired: 4404
    case .slowConsumer: 4408
    case .replaced: 4410
    case .quotaExceeded: 4429
    case .internalError: 4500
    case .mediaUnavailable: 4503
    }
  }

  package var name: String {
    switch self {
    case .invalidParameter: "INVALID_PARAMETER"
    case .invalidAPIKey: "INVALID_API_KEY"
    case .invalidToken: "INVALID_TOKEN"
    case .invalidMeetingID: "INVALID_MEETING_ID"
    case .invalidParticipantID: "INVALID_PARTICIPANT_ID"
    case .duplicateParticipant: "DUPLICATE_PARTICIPANT"
    case .invalidPermissions: "INVALID_PERMISSIONS"
    case .maximumParticipantsReached: "MAX_PARTICIPANT_REACHED"
    case .requestMediaRelayFailed: "REQUEST_MEDIA_RELAY_FAILED"
    case .notPermitted: "NOT_PERMITTED"
    case .entryDenied: "ENTRY_DENIED"
    case .notFound: "NOT_FOUND"
    case .resumeExpired: "RESUME_EXPIRED"
    case .slowConsumer: "SLOW_CONSUMER"
    case .replaced: "REPLACED"
    case .quotaExceeded: "QUOTA_EXCEEDED"
    case .internalError: "INTERNAL_ERROR"
    case .mediaUnavailable: "MEDIA_UNAVAILABLE"
    }
  }

  /// What to say when nothing more exact is known.
  package var defaultMessage: String {
    switch self {
    case .invalidParameter: "The request is not understood."
    case .invalidAPIKey: "The API key of the token is missing or unknown."
    case .invalidToken: "The token is empty, malformed, expired or for something else."
    case .invalidMeetingID: "There is no such meeting, or it is disabled."
    case .invalidParticipantID: "A participant id has 1 to 64 characters without spaces."
    case .duplicateParticipant: "The same participant id joined from elsewhere."
    case .invalidPermissions: "ask_join cannot be combined with other permissions."
    case .maximumParticipantsReached: "The meeting is full."
    case .requestMediaRelayFailed: "Nobody is in that meeting, or there is none."
    case .notPermitted: "The token or the mode does not permit this."
    case .entryDenied: "The meeting did not let this participant in."
    case .notFound: "There is no such thing."
    case .resumeExpired: "The connection was away too long; join again."
    case .slowConsumer: "This client did not read what was sent to it."
    case .replaced: "Another connection resumed this participant."
    case .quotaExceeded: "That was too much, or too often; try again later."
    case .internalError: "Something went wrong in the server."
    case .mediaUnavailable: "The media server does not answer; try again."
    }
  }
}
