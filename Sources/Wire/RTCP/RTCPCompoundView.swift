/// A borrowed view of a datagram of RTCP packets (RFC 3550 §6.1), reduced-size ones included
/// (RFC 5506).
public struct RTCPCompoundView: ~Escapable {
  @usableFromInline let bytes: RawSpan

  /// Checks version, length and padding of every packet.
  ///
  /// - Throws: `RTCPParseError` when the packets do not fill `bytes` exactly.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(RTCPParseError) {
    guard bytes.byteCount >= 4 else { throw .truncated }
    var offset = 0
    while offset < bytes.byteCount {
      guard bytes.byteCount - offset >= 4 else { throw .truncated }
      let first: UInt8 = bytes.bigEndian(at: offset)
      guard first >> 6 == 2 else { throw .badVersion }
      let length = 4 + 4 * Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
      guard length <= bytes.byteCount - offset else { throw .truncated }
      offset += length
      if first & 0x20 != 0 {
        let padding = Int(bytes.bigEndian(at: offset - 1, as: UInt8.self))
        // Not only the last packet: libwebrtc pads feedback wherever it stands.
        guard padding > 0, padding <= length - 4 else { throw .badPadding }
      }
    }
    self.bytes = bytes
  }

  /// Calls `body` with every packet in order.
  @inlinable
  public func forEachPacket(_ body: (borrowing RTCPPacketView) -> Void) {
    var offset = 0
    while offset < bytes.byteCount {
      let length = 4 + 4 * Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
      let isPadded = bytes.bigEndian(at: offset, as: UInt8.self) & 0x20 != 0
      let padding = isPadded ? Int(bytes.bigEndian(at: offset + length - 1, as: UInt8.self)) : 0
      body(RTCPPacketView(checked: bytes.extracting(offset..<offset + length - padding)))
      offset += length
    }
  }
}
