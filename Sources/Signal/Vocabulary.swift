/// What a stream shows.
package enum StreamKind: String, Codable, Sendable, CaseIterable {
  case audio, video, share, shareAudio
}

/// The largest layer a participant wants of a remote stream.
package enum StreamQuality: String, Codable, Sendable, CaseIterable {
  case low, med, high
}

/// What the server sees of a participant's media transport.
package enum MediaState: String, Codable, Sendable, CaseIterable {
  case connected, disconnected
}

/// What a token allows its bearer in a room.
package enum Permission: String, Codable, Sendable, CaseIterable {
  case allowJoin = "allow_join"
  case askJoin = "ask_join"
  case allowMod = "allow_mod"
}

/// What becomes of a guest who waits to be let in.
package enum EntryDecision: String, Codable, Sendable, CaseIterable {
  case allowed, denied
}

/// What becomes of a relay that another room asks for.
package enum RelayDecision: String, Codable, Sendable, CaseIterable {
  case accepted, declined
}

/// Why a relay is over.
package enum RelayStopReason: String, Codable, Sendable, CaseIterable {
  /// Somebody asked for it.
  case stopped
  /// The participant left its room.
  case left
  /// The session of one of the two rooms ended.
  case sessionEnded = "session-ended"
  /// The rooms could not be brought together.
  case failed
}

/// Which of a participant's pictures are pinned.
package struct PinState: Codable, Hashable, Sendable {
  package var cam: Bool
  package var share: Bool

  package init(cam: Bool = false, share: Bool = false) {
    self.cam = cam
    self.share = share
  }
}

/// What a token may be used for; a token without roles may be used for both.
package enum TokenRole: String, Codable, Sendable, CaseIterable {
  /// REST only.
  case crawler
  /// Joining only.
  case rtc
}

/// Which media a participant exchanges.
package enum ParticipantMode: String, Sendable, CaseIterable {
  case sendAndReceive = "SEND_AND_RECV"
  case receiveOnly = "RECV_ONLY"
  /// Messages and roster only.
  case signallingOnly = "SIGNALLING_ONLY"

  package var mayPublish: Bool { self == .sendAndReceive }
  package var hasMedia: Bool { self != .signallingOnly }
}

extension ParticipantMode: Codable {
  /// Reads also the names of older SDKs, `CONFERENCE` and `VIEWER`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    switch try container.decode(String.self) {
    case "SEND_AND_RECV", "CONFERENCE": self = .sendAndReceive
    case "RECV_ONLY": self = .receiveOnly
    case "SIGNALLING_ONLY", "VIEWER": self = .signallingOnly
    case let other:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "unknown mode '\(other.prefix(40))'")
    }
  }
}
