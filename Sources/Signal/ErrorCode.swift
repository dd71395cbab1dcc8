/// Why a request over the WebSocket was refused; numbers and names are the public surface's.
package enum ErrorCode: Hashable, Sendable, CaseIterable {
  case invalidParameter, invalidAPIKey, invalidToken, invalidMeetingID, invalidParticipantID
  case duplicateParticipant, invalidPermissions, maximumParticipantsReached, notPermitted
  case notFound, resumeExpired, slowConsumer, replaced, quotaExceeded, internalError
  case mediaUnavailable, requestMediaRelayFailed, entryDenied
  case startRecordingFailed, stopRecordingFailed, startLivestreamFailed, stopLivestreamFailed
  case invalidLivestreamConfig, startHLSFailed, stopHLSFailed
  case previousRecordingProcessing, previousLivestreamProcessing, previousHLSProcessing
  case maximumRecordingsReached, maximumHLSReached, maximumLivestreamsReached
  case recordingFailed, livestreamFailed, hlsFailed

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
    case .startRecordingFailed: 4011
    case .stopRecordingFailed: 4012
    case .startLivestreamFailed: 4013
    case .stopLivestreamFailed: 4014
    case .invalidLivestreamConfig: 4015
    case .startHLSFailed: 4016
    case .stopHLSFailed: 4017
    case .previousRecordingProcessing: 4018
    case .previousLivestreamProcessing: 4019
    case .previousHLSProcessing: 4020
    case .maximumRecordingsReached: 4028
    case .maximumHLSReached: 4029
    case .maximumLivestreamsReached: 4030
    case .requestMediaRelayFailed: 4078
    case .notPermitted: 4101
    case .entryDenied: 4102
    case .notFound, .resumeExpired: 4404
    case .slowConsumer: 4408
    case .replaced: 4410
    case .quotaExceeded: 4429
    case .internalError: 4500
    case .mediaUnavailable: 4503
    case .recordingFailed: 5001
    case .livestreamFailed: 5002
    case .hlsFailed: 5003
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
    case .startRecordingFailed: "START_RECORDING_FAILED"
    case .stopRecordingFailed: "STOP_RECORDING_FAILED"
    case .startLivestreamFailed: "START_LIVESTREAM_FAILED"
    case .stopLivestreamFailed: "STOP_LIVESTREAM_FAILED"
    case .invalidLivestreamConfig: "INVALID_LIVESTREAM_CONFIG"
    case .startHLSFailed: "START_HLS_FAILED"
    case .stopHLSFailed: "STOP_HLS_FAILED"
    case .previousRecordingProcessing: "PREV_RECORDING_PROCESSING"
    case .previousLivestreamProcessing: "PREV_RTMP_RECORDING_PROCESSING"
    case .previousHLSProcessing: "PREV_HLS_STREAMING_PROCESSING"
    case .maximumRecordingsReached: "MAX_RECORDING_LIMIT_REACHED_ON_ORGANIZATION"
    case .maximumHLSReached: "MAX_HLS_LIMIT_REACHED_ON_ORGANIZATION"
    case .maximumLivestreamsReached: "MAX_LIVESTREAM_LIMIT_REACHED_ON_ORGANIZATION"
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
    case .recordingFailed: "RECORDING_FAILED"
    case .livestreamFailed: "LIVESTREAM_FAILED"
    case .hlsFailed: "HLS_FAILED"
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
    case .startRecordingFailed: "The recording could not be started."
    case .stopRecordingFailed: "No recording is going on."
    case .startLivestreamFailed: "The livestream could not be started."
    case .stopLivestreamFailed: "No livestream is going on."
    case .invalidLivestreamConfig: "A livestream needs outputs with 'url' and 'streamKey'."
    case .startHLSFailed: "HLS could not be started."
    case .stopHLSFailed: "No HLS is going on."
    case .previousRecordingProcessing: "A recording goes on, or is still being finished."
    case .previousLivestreamProcessing: "A livestream goes on, or is still being finished."
    case .previousHLSProcessing: "HLS goes on, or is still being finished."
    case .maximumRecordingsReached: "The API key has as many recordings as it may."
    case .maximumHLSReached: "The API key has as many HLS streams as it may."
    case .maximumLivestreamsReached: "The API key has as many livestreams as it may."
    case .requestMediaRelayFailed: "Nobody is in that meeting, or there is none."
    case .notPermitted: "The token or the mode does not permit this."
    case .entryDenied: "The meeting did not let this participant in."
    case .notFound: "There is no such thing."
    case .resumeExpired: "The connection was away too long; join again."
    case .slowConsumer: "This client did not read what was sent to it."
    case .replaced: "Another connection resumed this participant."
    case .quotaExceeded: "That was too much, or too often; try again later."
    case .internalError: "Something went wrong in the server."
    case .recordingFailed: "The recording broke off."
    case .livestreamFailed: "The livestream broke off."
    case .hlsFailed: "HLS broke off."
    case .mediaUnavailable: "The media server does not answer; try again."
    }
  }
}
