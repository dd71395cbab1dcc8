/// A borrowed view of one packet of an RTCP compound.
public struct RTCPPacketView: ~Escapable {
  /// The packet from its header on, padding left out.
  public let bytes: RawSpan

  /// - Parameter bytes: one packet whose length and padding were checked, at least 4 bytes.
  @usableFromInline
  @_lifetime(copy bytes)
  init(checked bytes: RawSpan) { self.bytes = bytes }

  /// As sent; see `type`.
  @inlinable public var packetType: UInt8 { bytes.bigEndian(at: 1) }
  /// `nil` for a type we do not know.
  @inlinable public var type: RTCPPacketType? { RTCPPacketType(rawValue: packetType) }
  /// Report count, source count or feedback format, 0...31.
  @inlinable public var count: UInt8 { bytes.bigEndian(at: 0, as: UInt8.self) & 0x1F }
  /// What follows the 4-byte header.
  @inlinable public var bodyRange: Range<Int> { 4..<bytes.byteCount }

  /// The packet is feedback of this kind and long enough for both SSRCs.
  @inlinable
  func isFeedback(_ type: RTCPPacketType, _ format: UInt8) -> Bool {
    packetType == type.rawValue && count == format && bytes.byteCount >= 12
  }
}
