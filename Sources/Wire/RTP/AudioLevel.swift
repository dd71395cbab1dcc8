/// How loud the sender says a packet's audio is (RFC 6464 §3).
public struct AudioLevel: Hashable, Sendable {
  /// The sender's voice activity detector heard speech.
  public var isVoice: Bool
  /// Level in −dBov: 0 is the loudest, 127 is silence.
  public var negativeDecibels: UInt8

  @inlinable
  public init(isVoice: Bool, negativeDecibels: UInt8) {
    self.isVoice = isVoice
    self.negativeDecibels = min(negativeDecibels, 127)
  }

  /// - Parameter wireByte: V bit on top, level below.
  @inlinable
  public init(wireByte: UInt8) {
    isVoice = wireByte & 0x80 != 0
    negativeDecibels = wireByte & 0x7F
  }

  @inlinable public var wireByte: UInt8 { (isVoice ? 0x80 : 0) | (negativeDecibels & 0x7F) }
}
