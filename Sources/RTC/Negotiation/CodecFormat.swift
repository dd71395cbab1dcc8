public import Wire

/// A codec with those parameters that both ends of a stream must share; not its payload type, which
/// each peer numbers for itself.
public struct CodecFormat: Hashable, Sendable {
  public var kind: CodecKind
  /// Timestamp units per second.
  public var clockRate: UInt32
  /// Of audio; 0 for video.
  public var channels: UInt8
  /// H.264: packetization mode and profile; VP9 and AV1: the profile; else 0.
  public var profile: UInt32

  public init(kind: CodecKind, clockRate: UInt32, channels: UInt8 = 0, profile: UInt32 = 0) {
    self.kind = kind
    self.clockRate = clockRate
    self.channels = channels
    self.profile = profile
  }

  public static let opus = CodecFormat(kind: .opus, clockRate: 48_000, channels: 2)
  public static let vp8 = CodecFormat(kind: .vp8, clockRate: 90_000)

  /// The `profile` of an H.264 `fmtp` (RFC 6184 §8.1): levels are left out, they bound, not identify.
  ///
  /// - Parameters:
  ///   - profileLevelID: six hexadecimal digits; the RFC's default is Baseline.
  ///   - packetizationMode: 0 or 1.
  public static func h264Profile(profileLevelID: String?, packetizationMode: UInt32) -> UInt32 {
    let id = profileLevelID.flatMap { UInt32($0, radix: 16) } ?? 0x42_0010
    var profile = (id >> 8) & 0xFFFF
    // Constrained Baseline has several spellings (RFC 6184 table 5).
    let constraints = profile & 0xFF
    switch profile >> 8 {
    case 0x42 where constraints & 0x40 != 0, 0x4D where constraints & 0x80 != 0: profile = 0x42E0
    case 0x42: profile = 0x4200
    case 0x4D: profile = 0x4D00
    default: break
    }
    return packetizationMode << 16 | profile
  }

  /// Whether a receiver that negotiated `self` can take what was sent as `other`.
  public func accepts(_ other: CodecFormat) -> Bool {
    if self == other { return true }
    guard kind == .h264, other.kind == .h264 else { return false }
    // Every profile's decoder takes Constrained Baseline.
    return profile >> 16 == other.profile >> 16 && other.profile & 0xFFFF == 0x42E0
  }
}

/// A codec as one m-line agreed on it.
public struct NegotiatedCodec: Hashable, Sendable {
  public var format: CodecFormat
  public var payloadType: UInt8
  /// Of the retransmission stream (RFC 4588), if agreed.
  public var repairPayloadType: UInt8?

  public init(format: CodecFormat, payloadType: UInt8, repairPayloadType: UInt8? = nil) {
    self.format = format
    self.payloadType = payloadType
    self.repairPayloadType = repairPayloadType
  }
}

/// The payload types to send a stream with.
public struct PayloadTypes: Hashable, Sendable {
  public var media: UInt8
  public var repair: UInt8?
}
