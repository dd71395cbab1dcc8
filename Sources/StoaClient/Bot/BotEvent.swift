import Signal

/// A kind of stream, as the public surface names them.
public enum BotStreamKind: String, Sendable, CaseIterable {
  case audio, video, share, shareAudio

  var isAudio: Bool { self == .audio || self == .shareAudio }
  var signal: StreamKind {
    switch self {
    case .audio: .audio
    case .video: .video
    case .share: .share
    case .shareAudio: .shareAudio
    }
  }

  init(_ kind: StreamKind) {
    self =
      switch kind {
      case .audio: .audio
      case .video: .video
      case .share: .share
      case .shareAudio: .shareAudio
      }
  }
}

/// Somebody in the room.
public struct BotParticipant: Sendable, Equatable {
  public var id: String
  public var name: String
  public var streams: [BotStream]
  /// What of it is pinned.
  public var pin: BotPin
  /// Its mode lets it send; a viewer is not to be seen.
  public var maySend: Bool

  init(_ description: ParticipantDescription) {
    id = description.participantID
    name = description.displayName
    streams = description.streams.map(BotStream.init)
    pin = BotPin(description.pin ?? PinState())
    maySend = description.mode.mayPublish
  }
}

/// Something that a participant shows.
public struct BotStream: Sendable, Equatable {
  public var id: String
  public var kind: BotStreamKind

  init(_ description: StreamDescription) {
    id = description.streamID
    kind = BotStreamKind(description.kind)
  }
}

/// Which of a participant's pictures are pinned.
public struct BotPin: Sendable, Equatable {
  public var camera: Bool
  public var share: Bool

  init(_ state: PinState) {
    camera = state.cam
    share = state.share
  }
}

/// The largest layer that is wanted of a stream.
public enum BotStreamQuality: String, Sendable, CaseIterable {
  case low, med, high

  var signal: StreamQuality {
    switch self {
    case .low: .low
    case .med: .med
    case .high: .high
    }
  }
}

/// One message of a topic.
public struct BotMessage: Sendable, Equatable {
  public var id: String
  public var topic: String
  /// The text; JSON text if the sender sent something else than a string.
  public var text: String
  public var senderID: String
  public var senderName: String
  /// Milliseconds since 1970.
  public var timestamp: Int64

  init(_ message: PubSubMessage) {
    id = message.messageID
    topic = message.topic
    text =
      message.message.string
      ?? String(decoding: SignalJSON.encode(message.message), as: UTF8.self)
    senderID = message.senderID
    senderName = message.senderName
    timestamp = message.timestamp
  }
}

/// What happens in the room while a bot is in it.
public enum BotEvent: Sendable, Equatable {
  case participantJoined(BotParticipant)
  case participantLeft(id: String, reason: String)
  case streamEnabled(participantID: String, BotStream)
  case streamDisabled(participantID: String, BotStream)
  case message(BotMessage)
  /// `nil` after a while of silence.
  case speakerChanged(participantID: String?)
  case presenterChanged(participantID: String?)
  case pinChanged(participantID: String, BotPin)
  /// A participant became a viewer, or is none any more.
  case modeChanged(participantID: String, maySend: Bool)
  /// The stream's packets come on this m-line of the current connection from now on.
  case streamSeated(streamID: String, mid: String)
  case streamUnseated(streamID: String, mid: String)
  /// Media flows, at first and after each interruption.
  case mediaConnected
  /// The media transport is gone and is being made anew, with nothing seated; the reason in words.
  case mediaLost(String)
  /// The last event: the meeting is over for this bot.
  case left(reason: String)
}

/// What a bot sent and got so far.
public struct BotStatistics: Sendable, Equatable {
  public var packetsSent: UInt64 = 0
  public var bytesSent: UInt64 = 0
  /// Packets sent again because the server missed them.
  public var packetsRetransmitted: UInt64 = 0
  /// Different packets, repaired ones among them.
  public var packetsReceived: UInt64 = 0
  public var bytesReceived: UInt64 = 0
  /// Packets that came only on request.
  public var packetsRepaired: UInt64 = 0
  /// Packets that never came.
  public var packetsLost: Int64 = 0
  /// Streams that something was received of.
  public var streamsReceived = 0
}
