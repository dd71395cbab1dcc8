package import Wire

/// What an encoded picture or sound is coded with.
package enum MediaCodec: String, CaseIterable, Codable, Sendable {
  case opus, vp8, vp9, h264, av1

  /// It carries sound.
  package var isAudio: Bool { self == .opus }

  /// RTP timestamp units per second.
  package var clockRate: Int { isAudio ? 48_000 : 90_000 }

  /// The codec of an RTP payload format; `nil` for formats that hold no picture or sound we read.
  package init?(_ kind: CodecKind) {
    switch kind {
    case .opus: self = .opus
    case .vp8: self = .vp8
    case .vp9: self = .vp9
    case .h264: self = .h264
    case .av1: self = .av1
    case .red, .g722, .pcmu, .pcma, .comfortNoise, .telephoneEvent, .rtx, .ulpfec, .flexfec:
      return nil
    }
  }
}
