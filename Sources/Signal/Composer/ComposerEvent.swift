/// What a composer tells `stoa serve`.
package enum ComposerEvent: Codable, Equatable, Sendable {
  /// It is in the room and takes outputs.
  case ready
  /// The output's encoder is up: what is said and shown now is in it.
  case started(outputID: String)
  /// HLS: a player that opens the playlist now gets segments.
  case playable(outputID: String)
  /// The output is over and its files are whole.
  case stopped(outputID: String, files: [OutputFile])
  /// The output is over; what of it can be played is in `files`.
  ///
  /// `code` is one of the public surface (4011, 4013, 4016, 5001, 5002, 5003); `reason` has words and no keys.
  case failed(outputID: String, code: Int, reason: String, files: [OutputFile])
  /// RTMP: how the target at `index` does; told when it changes.
  case target(outputID: String, index: Int, state: RTMPTargetState, reason: String?)
  case warning(outputID: String, kind: OutputWarning, detail: String)
  case captured(requestID: String, width: Int, height: Int, size: Int64)
  /// `isOutOfRange`: the output has no picture of the time that was asked for; `reason` says which it has.
  case captureFailed(requestID: String, reason: String, isOutOfRange: Bool)
  /// The pipeline goes round; at least twice a second, also when nothing is composed.
  case pulse(ComposerPulse)
}

/// One finished file of an output.
package struct OutputFile: Codable, Equatable, Sendable {
  package enum Kind: String, Codable, Sendable, CaseIterable { case audio, video, playlist }

  /// Absolute.
  package var path: String
  /// Bytes.
  package var size: Int64
  package var durationMilliseconds: Int64
  /// Pixels; 0 without a picture.
  package var width: Int
  package var height: Int
  /// `mp4`, `webm` or `m3u8`.
  package var format: String
  package var kind: Kind
  /// When its first sample was captured, in milliseconds since 1970; absent if unknown.
  package var startedAt: Int64?

  package init(
    path: String, size: Int64, durationMilliseconds: Int64, width: Int, height: Int,
    format: String, kind: Kind, startedAt: Int64? = nil
  ) {
    self.path = path
    self.size = size
    self.durationMilliseconds = durationMilliseconds
    self.width = width
    self.height = height
    self.format = format
    self.kind = kind
    self.startedAt = startedAt
  }
}

/// How one RTMP server takes the stream.
package enum RTMPTargetState: String, Codable, Sendable, CaseIterable {
  case connecting, live, retrying, failed
}

/// What an output goes on in spite of.
package enum OutputWarning: String, Codable, Sendable, CaseIterable {
  /// Pictures are left out: the machine is too slow.
  case overload
  /// Nothing more is written; the output ends.
  case diskFull
  /// Packets were dropped because a sink did not take them.
  case slowSink
  /// Anything else, in words.
  case other
}

/// What a composer used until now.
package struct ComposerPulse: Codable, Equatable, Sendable {
  package var cpuSeconds: Double
  package var residentBytes: Int64
  /// Outputs that go on.
  package var outputs: Int

  package init(cpuSeconds: Double, residentBytes: Int64, outputs: Int) {
    self.cpuSeconds = cpuSeconds
    self.residentBytes = residentBytes
    self.outputs = outputs
  }
}
