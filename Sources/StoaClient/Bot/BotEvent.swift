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

  init(_ description: ParticipantDescription) {
    id = description.participantID
    name = description.displayName
    streams = description.streams.map(BotStream.init)
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
  /// Media flows, at first and after each interruption.
  case mediaConnected
  /// The media transport is gone and is being made anew; the reason in words.
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
