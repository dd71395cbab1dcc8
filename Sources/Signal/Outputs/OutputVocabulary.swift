/// What a session can be recorded or broadcast as; raw values begin the names of its events.
package enum OutputType: String, Codable, Sendable, CaseIterable {
  case recording, livestream, hls
  case participantRecording = "participant-recording"
  case trackRecording = "participant-track-recording"
  case compositeRecording = "composite-recording"
  /// Two sides of a finished session as left and right of one file.
  case merge

  /// Whether clients hear of it.
  package var isSignalled: Bool {
    switch self {
    case .recording, .livestream, .hls: true
    case .participantRecording, .trackRecording, .compositeRecording, .merge: false
    }
  }

  /// Why it could not begin.
  package var startFailure: ErrorCode {
    switch self {
    case .livestream: .startLivestreamFailed
    case .hls: .startHLSFailed
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
      .startRecordingFailed
    }
  }

  /// Why it could not be stopped.
  package var stopFailure: ErrorCode {
    switch self {
    case .livestream: .stopLivestreamFailed
    case .hls: .stopHLSFailed
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
      .stopRecordingFailed
    }
  }

  /// One of the kind goes on, or is winding down.
  package var previousProcessing: ErrorCode {
    switch self {
    case .livestream: .previousLivestreamProcessing
    case .hls: .previousHLSProcessing
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
      .previousRecordingProcessing
    }
  }

  /// The API key has as many as it may.
  package var limitReached: ErrorCode {
    switch self {
    case .livestream: .maximumLivestreamsReached
    case .hls: .maximumHLSReached
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
      .maximumRecordingsReached
    }
  }

  /// It stopped by itself.
  package var brokeOff: ErrorCode {
    switch self {
    case .livestream: .livestreamFailed
    case .hls: .hlsFailed
    case .recording, .participantRecording, .trackRecording, .compositeRecording, .merge:
      .recordingFailed
    }
  }
}

/// How far an output is.
///
///     starting ─▶ started ─▶ (playable) ─▶ stopping ─▶ stopped
///         └───────────┴──────────┴─────────────┴─────▶ failed
package enum OutputState: String, Codable, Sendable, CaseIterable {
  case starting, started
  /// HLS: a player finds segments.
  case playable
  case stopping, stopped, failed

  /// Nothing more will happen.
  package var isOver: Bool { self == .stopped || self == .failed }
}

/// A recording, livestream or HLS as the clients of its meeting see it.
package struct OutputDescription: Codable, Equatable, Sendable {
  package var outputID: String
  package var kind: OutputType
  /// `RECORDING_STARTED` and its like.
  package var status: String
  /// Since when it goes on, in milliseconds since 1970; absent while it does not.
  package var startedAt: Int64?
  package var playbackHLSURL: String?
  package var livestreamURL: String?
  package var downstreamURL: String?
  /// Why it is over, if nobody asked for that.
  package var error: Failure?

  package struct Failure: Codable, Equatable, Sendable {
    package var code: Int
    package var name: String
    package var message: String

    package init(_ code: ErrorCode, _ message: String? = nil) {
      self.code = code.number
      name = code.name
      self.message = message ?? code.defaultMessage
    }
  }

  package init(
    outputID: String, kind: OutputType, state: OutputState, startedAt: Int64? = nil,
    playbackHLSURL: String? = nil,
    livestreamURL: String? = nil, error: Failure? = nil
  ) {
    self.outputID = outputID
    self.kind = kind
    let word = state == .failed ? "STOPPED" : state.rawValue.uppercased()
    status = "\(kind.rawValue.uppercased())_\(word)"
    self.startedAt = startedAt
    self.playbackHLSURL = playbackHLSURL
    self.livestreamURL = livestreamURL
    downstreamURL = playbackHLSURL
    self.error = error
  }

  package enum CodingKeys: String, CodingKey {
    case kind, status, startedAt, error
    case outputID = "outputId"
    case playbackHLSURL = "playbackHlsUrl"
    case livestreamURL = "livestreamUrl"
    case downstreamURL = "downstreamUrl"
  }
}
