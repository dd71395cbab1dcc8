package import Signal

/// The body of `POST /v2/recordings/participant/merge`.
package struct MergeRequest: Decodable, Equatable, Sendable {
  package enum Source: String, Codable, Sendable, CaseIterable {
    case participant, track

    var type: OutputType { self == .track ? .trackRecording : .participantRecording }
  }

  /// One participant's recordings: all of the session, or the one that is named.
  package struct Entry: Decodable, Equatable, Sendable {
    package var participantId: String
    package var recordingId: String?
    package var type: Source?
  }

  package var sessionId: String
  /// Heard on the left.
  package var channel1: [Entry]
  /// Heard on the right.
  package var channel2: [Entry]
  /// Of entries that say nothing else; `participant` if it is left out.
  package var type: Source?
  package var webhookUrl: String?
  package var dirPath: String?

  package static let maximumEntries = 25

  func check() throws(OutputRefusal) {
    for (name, channel) in [("channel1", channel1), ("channel2", channel2)] {
      guard (1...Self.maximumEntries).contains(channel.count) else {
        throw OutputRefusal(
          .invalidParameter, "'\(name)' has 1 to \(Self.maximumEntries) participants.")
      }
    }
  }
}
