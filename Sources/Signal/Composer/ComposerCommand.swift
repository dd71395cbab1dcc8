/// What `stoa serve` tells the composer of one session; JSON in frames, as with shards.
///
/// `configure` comes first. Commands about an output that is unknown or over are ignored.
package enum ComposerCommand: Codable, Equatable, Sendable {
  case configure(ComposerConfiguration)
  /// Begins an output, or goes on with it when `attempt` is not 0.
  case start(OutputSpecification)
  /// Answered by `stopped`, or `failed`.
  case stop(outputID: String)
  /// Makes the files of an output whole whose session is over; needs no room and no `configure`.
  ///
  /// Answered by `stopped`, or `failed` if nothing of it can be played.
  case finish(OutputSpecification)
  /// Draws an output anew from the next picture on.
  case relayout(outputID: String, composition: CompositionSpecification)
  /// Makes a picture of an output; answered by `captured` or `captureFailed`.
  case capture(CaptureSpecification)
  /// Finishes all outputs, leaves the room and exits.
  case end
}

/// Where the composer finds its room.
package struct ComposerConfiguration: Codable, Equatable, Sendable {
  /// Of the server on the loopback: `ws://127.0.0.1:8000/signal`.
  package var signallingURL: String
  package var roomID: String
  package var sessionID: String
  /// Of the hidden participant; has the role `composer`.
  package var token: String
  /// Absolute; outputs' folders lie in it.
  package var dataFolder: String
  package var limits: ComposerLimits

  package init(
    signallingURL: String, roomID: String, sessionID: String, token: String, dataFolder: String,
    limits: ComposerLimits = ComposerLimits()
  ) {
    self.signallingURL = signallingURL
    self.roomID = roomID
    self.sessionID = sessionID
    self.token = token
    self.dataFolder = dataFolder
    self.limits = limits
  }

  private enum CodingKeys: String, CodingKey {
    case signallingURL = "signallingUrl"
    case roomID = "roomId"
    case sessionID = "sessionId"
    case token, dataFolder, limits
  }
}

/// What one composer may use.
package struct ComposerLimits: Codable, Equatable, Sendable {
  /// Threads of all encoders together.
  package var encoderThreads: Int
  /// Free bytes on the data folder's disk below which outputs warn and end.
  package var minimumFreeBytes: Int64
  /// How long files may take to be finished after `stop` or `end`.
  package var stopMilliseconds: Int

  package init(
    encoderThreads: Int = 2, minimumFreeBytes: Int64 = 256 << 20, stopMilliseconds: Int = 8_000
  ) {
    self.encoderThreads = encoderThreads
    self.minimumFreeBytes = minimumFreeBytes
    self.stopMilliseconds = stopMilliseconds
  }
}

/// A picture to be taken of an output.
package struct CaptureSpecification: Codable, Equatable, Sendable {
  package enum Format: String, Codable, Sendable, CaseIterable { case jpg, png, webp }

  /// Is said again in the answer.
  package var requestID: String
  package var outputID: String
  /// Where players see it, 0 being the first picture; absent: now.
  package var timeMilliseconds: Int64?
  /// Pixels; absent: as wide as the output.
  package var width: Int?
  package var height: Int?
  package var format: Format
  /// Absolute; its folder is made.
  package var path: String

  package init(
    requestID: String, outputID: String, timeMilliseconds: Int64? = nil, width: Int? = nil,
    height: Int? = nil, format: Format = .jpg, path: String
  ) {
    self.requestID = requestID
    self.outputID = outputID
    self.timeMilliseconds = timeMilliseconds
    self.width = width
    self.height = height
    self.format = format
    self.path = path
  }
}
