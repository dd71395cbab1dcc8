import Wire

/// What forwarding needs to know about a stored packet, parsed once on arrival.
///
/// Offsets count from the packet's first byte.
public struct PacketInfo: Sendable {
  public var timestamp: UInt32 = 0
  public var payloadOffset: UInt16 = 0
  /// Bytes without padding; 0 for a padding-only probe.
  public var payloadLength: UInt16 = 0
  public var payloadType: UInt8 = 0
  public var marker = false
  /// The first packet of a frame from which decoding can start; every audio packet.
  public var startsDecoding = false
  /// The header extension's byte (RFC 6464); `nil` if the packet had none.
  public var audioLevel: UInt8?
  public var playoutDelay: UInt32?
  /// The AV1 dependency descriptor, copied through as it is.
  public var dependencyDescriptorOffset: UInt16 = 0
  public var dependencyDescriptorLength: UInt8 = 0
  /// VP8 only (RFC 7741 §4.2).
  public var pictureID: UInt16?
  public var temporalLevelZeroIndex: UInt8?

  public init() {}
}
