/// What a stream that this client publishes is coded with.
public enum MediaCodec: String, Sendable, CaseIterable {
  case opus, vp8, vp9, h264, av1

  public var isAudio: Bool { self == .opus }

  /// RTP timestamp units per second.
  public var clockRate: UInt32 { isAudio ? 48_000 : 90_000 }
}
