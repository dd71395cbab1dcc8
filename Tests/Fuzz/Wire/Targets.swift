/// The parsers of Wire, by the name of their corpus.
let fuzzTargets: [String: @Sendable (RawSpan) -> Void] = [
  "stun": fuzzSTUN,
  "rtp": fuzzRTP,
  "rtcp": fuzzRTCP,
  "twcc": fuzzTransportFeedback,
  "sdp": fuzzSDP,
  "vp8": fuzzVP8,
  "vp9": { _ = VP9Descriptor(parsing: $0)?.startsKeyframe },
  "h264": { _ = H264Payload(parsing: $0)?.startsKeyframe },
  "av1": fuzzAV1,
  "opus": { _ = OpusTOC(parsing: $0)?.packetDuration },
  "sctp": fuzzSCTP,
]

extension RawSpan {
  /// A copy that a target may change.
  var copied: [UInt8] { (0..<byteCount).map { bigEndian(at: $0) } }

  func contains(_ range: Range<Int>) -> Bool {
    range.lowerBound >= 0 && range.upperBound <= byteCount
  }
}
