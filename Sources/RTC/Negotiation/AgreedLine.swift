public import Wire

/// One m-line as both sides agreed on it, from our point of view.
public struct AgreedLine: Sendable {
  /// An SSRC that the offer declared (RFC 5576).
  public struct DeclaredSource: Hashable, Sendable {
    public var ssrc: UInt32
    public var layer: Int
    public var isRepair: Bool
  }

  public var mid: ShortToken
  public var isAudio: Bool
  /// The peer sends here.
  public var isReceiving: Bool
  /// We send here: the line is half of a seat.
  public var isSending: Bool
  public var codecs: [NegotiatedCodec] = []
  public var extensions = ExtensionMap()
  /// Simulcast encodings, smallest first; empty for one encoding.
  public var rids: [ShortToken] = []
  public var declaredSources: [DeclaredSource] = []
  /// Ours, while sending.
  public var ssrc: UInt32 = 0
  public var repairSSRC: UInt32 = 0

  /// How to send a stream here; `nil` if the peer does not know its codec.
  public func payloadTypes(for format: CodecFormat) -> PayloadTypes? {
    let codec = codecs.first { $0.format == format } ?? codecs.first { $0.format.accepts(format) }
    return codec.map { PayloadTypes(media: $0.payloadType, repair: $0.repairPayloadType) }
  }
}

/// What an SSRC that has not been seen before carries.
public struct SourceIdentity: Sendable {
  /// Index of the m-line.
  public var line: Int
  /// Position among the line's encodings, smallest first.
  public var layer: Int
  public var isRepair: Bool
  /// The media codec; `nil` for a repair stream.
  public var format: CodecFormat?
}
