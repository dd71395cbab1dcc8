/// One payload type: `rtpmap`, `fmtp` and `rtcp-fb` together (RFC 8866 §6.6, §6.15, RFC 4585 §4.2).
public struct RTPCodec: Hashable, Sendable {
  /// 0...127.
  public var payloadType: UInt8
  /// As sent; compare `kind`.
  public var name: String
  /// Hz.
  public var clockRate: UInt32
  /// `nil` when not said, which means one.
  public var channels: UInt8?
  public var parameters = FormatParameters()
  public var feedback: [RTCPFeedbackCapability] = []

  public init(
    payloadType: UInt8, name: String, clockRate: UInt32, channels: UInt8? = nil,
    parameters: FormatParameters = FormatParameters(), feedback: [RTCPFeedbackCapability] = []
  ) {
    self.payloadType = payloadType
    self.name = name
    self.clockRate = clockRate
    self.channels = channels
    self.parameters = parameters
    self.feedback = feedback
  }

  /// `nil` for a codec we do not know.
  public var kind: CodecKind? { CodecKind(encodingName: name) }

  /// The mapping of a payload type that needs none in SDP (RFC 3551 §6).
  static func fixed(_ payloadType: UInt8) -> Self? {
    switch payloadType {
    case 0: Self(payloadType: 0, name: "PCMU", clockRate: 8_000)
    case 8: Self(payloadType: 8, name: "PCMA", clockRate: 8_000)
    case 9: Self(payloadType: 9, name: "G722", clockRate: 8_000)
    case 13: Self(payloadType: 13, name: "CN", clockRate: 8_000)
    default: nil
    }
  }
}

/// The text of an `fmtp` line, and the `key=value` pairs in it.
public struct FormatParameters: Hashable, Sendable {
  /// As sent; empty without an `fmtp` line.
  public var raw: String

  public init(_ raw: String = "") { self.raw = raw }

  /// - Parameter pairs: written in this order.
  public init(_ pairs: KeyValuePairs<String, String>) {
    raw = pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
  }

  /// The value of `key`, in whatever case the sender wrote it; `nil` if it is not there.
  public subscript(key: String) -> String? {
    let wanted = key.lowercased()
    for pair in raw.utf8.split(separator: UInt8(ascii: ";")) {
      let cut = Substring(pair).trimmed.cut(at: "=")
      if cut.head.trimmed.lowercased() == wanted, let value = cut.tail {
        return String(value.trimmed)
      }
    }
    return nil
  }
}

/// One kind of feedback a payload type may get (RFC 4585 §4.2).
public struct RTCPFeedbackCapability: Hashable, Sendable {
  /// "nack", "ccm", "transport-cc", "goog-remb".
  public var type: String
  /// "pli", "fir"; `nil` without.
  public var parameter: String?

  public init(_ type: String, _ parameter: String? = nil) {
    self.type = type
    self.parameter = parameter
  }
}
