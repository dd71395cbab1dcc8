/// The RTP header extensions we read or write.
public enum HeaderExtensionKind: UInt8, CaseIterable, Hashable, Sendable {
  /// Media identification (RFC 9143 §15).
  case mid
  /// Simulcast encoding (RFC 8852 §3.1).
  case rid
  /// Encoding that a retransmission repairs (RFC 8852 §3.2).
  case repairedRid
  /// When the packet left its sender, 24 bits of 6.18 fixed-point seconds.
  case absSendTime
  /// Packet number across all streams of a transport.
  case transportSequenceNumber
  /// Client-to-mixer audio level (RFC 6464).
  case audioLevel
  /// Smallest and largest delay the receiver should play with.
  case playoutDelay
  /// Which layers a frame belongs to and depends on (AV1 RTP specification, appendix A).
  case dependencyDescriptor

  /// The URI that names the extension in SDP `extmap`.
  public var uri: String {
    switch self {
    case .mid: "urn:ietf:params:rtp-hdrext:sdes:mid"
    case .rid: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
    case .repairedRid: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
    case .absSendTime: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
    case .transportSequenceNumber:
      "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
    case .audioLevel: "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
    case .playoutDelay: "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
    case .dependencyDescriptor:
      "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
    }
  }

  /// The kind `uri` names, `nil` for one we do not use.
  public init?(uri: String) {
    guard let kind = Self.allCases.first(where: { $0.uri == uri }) else { return nil }
    self = kind
  }
}
