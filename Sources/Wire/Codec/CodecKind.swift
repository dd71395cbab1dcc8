/// The RTP payload formats we know by name.
public enum CodecKind: UInt8, CaseIterable, Hashable, Sendable {
  case opus, red, g722, pcmu, pcma, comfortNoise, telephoneEvent
  case vp8, vp9, h264, av1
  case rtx, ulpfec, flexfec

  /// The encoding name in SDP `rtpmap`.
  public var encodingName: String {
    switch self {
    case .opus: "opus"
    case .red: "red"
    case .g722: "G722"
    case .pcmu: "PCMU"
    case .pcma: "PCMA"
    case .comfortNoise: "CN"
    case .telephoneEvent: "telephone-event"
    case .vp8: "VP8"
    case .vp9: "VP9"
    case .h264: "H264"
    case .av1: "AV1"
    case .rtx: "rtx"
    case .ulpfec: "ulpfec"
    case .flexfec: "flexfec-03"
    }
  }

  /// The kind `encodingName` names, in whatever case (RFC 8866 §6.6); `nil` for others.
  public init?(encodingName: String) {
    let name = encodingName.lowercased()
    guard let kind = Self.allCases.first(where: { $0.encodingName.lowercased() == name }) else {
      return nil
    }
    self = kind
  }

  /// It carries pictures of its own, so a subscriber must start at a keyframe.
  public var isVideo: Bool {
    switch self {
    case .vp8, .vp9, .h264, .av1: true
    case .opus, .red, .g722, .pcmu, .pcma, .comfortNoise, .telephoneEvent, .rtx, .ulpfec, .flexfec:
      false
    }
  }
}
