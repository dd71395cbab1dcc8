/// The first byte of an Opus packet: mode, frame size, channels, frame count (RFC 6716 §3.1).
public struct OpusTOC: Hashable, Sendable {
  /// 0...31 (RFC 6716 table 2).
  public let configuration: UInt8
  public let isStereo: Bool
  /// 1...48.
  public let frameCount: Int

  /// `nil` if `payload` is empty, cut short, or longer than the 120 ms a packet may last.
  public init?(parsing payload: RawSpan) {
    guard let first = payload.checkedBigEndian(at: 0, as: UInt8.self) else { return nil }
    configuration = first >> 3
    isStereo = first & 0x04 != 0
    switch first & 0x03 {
    case 0: frameCount = 1
    case 1, 2: frameCount = 2
    default:
      guard let second = payload.checkedBigEndian(at: 1, as: UInt8.self), second & 0x3F > 0 else {
        return nil
      }
      frameCount = Int(second & 0x3F)
    }
    guard packetDuration <= .milliseconds(120) else { return nil }
  }

  /// How long one frame lasts: 2.5, 5, 10, 20, 40 or 60 ms.
  public var frameDuration: Nanoseconds {
    let microseconds: Int64 =
      switch configuration {
      case 0...11: [10_000, 20_000, 40_000, 60_000][Int(configuration & 3)]  // SILK
      case 12...15: configuration & 1 == 0 ? 10_000 : 20_000  // hybrid
      default: 2_500 << Int64(configuration & 3)  // CELT
      }
    return .microseconds(microseconds)
  }

  public var packetDuration: Nanoseconds { frameDuration * Int64(frameCount) }
}
