/// One `m=` section of a session description (RFC 8866 §5.14).
public struct MediaDescription: Hashable, Sendable {
  public var kind: MediaKind
  /// 0 for a section that is rejected or, with `isBundleOnly`, waits for the bundle's transport.
  public var port: UInt16
  /// "UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP".
  public var transportProtocol: String
  /// Payload types in order of preference.
  public var codecs: [RTPCodec] = []
  /// Formats of the `m=` line that are no payload type with a known mapping.
  public var otherFormats: [String] = []
  public var mid: String?
  public var direction: MediaDirection = .sendReceive
  public var transport = TransportAttributes()
  public var hasRTCPMux = false
  public var hasReducedSizeRTCP = false
  /// RFC 9143 §6.
  public var isBundleOnly = false
  public var extensions: [HeaderExtensionMapping] = []
  /// `ssrc` lines, merged by SSRC, in order of first appearance.
  public var sources: [SourceAttributes] = []
  public var sourceGroups: [SourceGroup] = []
  public var rids: [RestrictionIdentifier] = []
  public var simulcast: Simulcast?
  public var streamIDs: [MediaStreamID] = []
  /// Candidates with a literal address; `.local` names are left out.
  public var candidates: [CandidateAttribute] = []
  public var hasEndOfCandidates = false
  /// RFC 8841 §5.
  public var sctpPort: UInt16?
  /// Bytes; 0 means any size (RFC 8841 §6).
  public var maximumMessageSize: UInt64?
  /// Media attributes not read here, in order.
  public var otherAttributes: [SessionAttribute] = []

  public init(kind: MediaKind, port: UInt16 = 9, transportProtocol: String) {
    self.kind = kind
    self.port = port
    self.transportProtocol = transportProtocol
  }

  /// Neither side uses the section (RFC 8829 §5.2.2).
  public var isRejected: Bool { port == 0 && !isBundleOnly }

  /// A data channel section of RFC 8841.
  public var isDataChannel: Bool {
    kind == .application && otherFormats.contains("webrtc-datachannel")
  }

  /// The codec with payload type `payloadType`.
  public func codec(payloadType: UInt8) -> RTPCodec? {
    codecs.first { $0.payloadType == payloadType }
  }

  /// The retransmission codec for `payloadType` (RFC 4588 §8.1, `apt`).
  public func retransmission(of payloadType: UInt8) -> RTPCodec? {
    codecs.first { $0.kind == .rtx && $0.parameters["apt"] == String(payloadType) }
  }

  /// The header extensions we know, as the packet path looks them up.
  public var extensionMap: ExtensionMap {
    var map = ExtensionMap()
    for mapping in extensions {
      if let kind = HeaderExtensionKind(uri: mapping.uri) { map[kind] = mapping.id }
    }
    return map
  }
}

/// The first word of an `m=` line.
public enum MediaKind: Hashable, Sendable {
  case audio, video, application
  /// "text", "message", "image", …
  case other(String)

  public init(name: String) {
    self =
      switch name {
      case "audio": .audio
      case "video": .video
      case "application": .application
      default: .other(name)
      }
  }

  public var name: String {
    switch self {
    case .audio: "audio"
    case .video: "video"
    case .application: "application"
    case .other(let name): name
    }
  }
}

/// Who sends in a section (RFC 8866 §6.7).
public enum MediaDirection: String, Hashable, Sendable {
  case sendReceive = "sendrecv"
  case sendOnly = "sendonly"
  case receiveOnly = "recvonly"
  case inactive

  /// The sender of the description sends media.
  public var sends: Bool { self == .sendReceive || self == .sendOnly }
  /// The sender of the description takes media.
  public var receives: Bool { self == .sendReceive || self == .receiveOnly }

  /// - Parameters:
  ///   - sends: whether the sender of the description sends.
  ///   - receives: whether it takes media.
  public init(sends: Bool, receives: Bool) {
    self =
      switch (sends, receives) {
      case (true, true): .sendReceive
      case (true, false): .sendOnly
      case (false, true): .receiveOnly
      case (false, false): .inactive
      }
  }

  /// The same seen from the other side, as an answer says it.
  public var reversed: Self { Self(sends: receives, receives: sends) }
}
