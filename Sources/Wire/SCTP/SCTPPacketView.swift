/// A borrowed view of one SCTP packet (RFC 9260 §3).
///
/// Parsing verifies the checksum and the length of every chunk once.
public struct SCTPPacketView: ~Escapable {
  /// Bytes of the common header.
  public static let headerLength = 12

  public let bytes: RawSpan

  /// - Throws: `SCTPParseError` when the checksum or the chunks' lengths are wrong.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(SCTPParseError) {
    guard bytes.byteCount >= Self.headerLength else { throw .truncated }
    // Least significant byte first, unlike everything else in the packet (RFC 9260 appendix A).
    let stated = bytes.bigEndian(at: 8, as: UInt32.self).byteSwapped
    guard Self.checksum(of: bytes) == stated else { throw .badChecksum }
    var offset = Self.headerLength
    while offset < bytes.byteCount {
      guard let length = bytes.checkedBigEndian(at: offset + 2, as: UInt16.self) else {
        throw .truncated
      }
      guard length >= 4 else { throw .badChunk }
      guard Int(length) <= bytes.byteCount - offset else { throw .truncated }
      offset += (Int(length) + 3) & ~3  // padding may be missing after the last chunk
    }
    self.bytes = bytes
  }

  public var sourcePort: UInt16 { bytes.bigEndian(at: 0) }
  public var destinationPort: UInt16 { bytes.bigEndian(at: 2) }
  public var verificationTag: UInt32 { bytes.bigEndian(at: 4) }

  /// Calls `body` with every chunk in order.
  public func forEachChunk(_ body: (borrowing SCTPChunkView) -> Void) {
    var offset = Self.headerLength
    while offset < bytes.byteCount {
      let length = Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
      body(SCTPChunkView(checked: bytes.extracting(offset..<offset + length)))
      offset += (length + 3) & ~3
    }
  }

  /// CRC-32C of a packet whose checksum field counts as zero.
  ///
  /// - Parameter packet: at least `headerLength` bytes.
  /// - Returns: 0 if it is shorter.
  public static func checksum(of packet: RawSpan) -> UInt32 {
    guard packet.byteCount >= headerLength else { return 0 }
    var crc = CRC32C()
    crc.update(packet.extracting(0..<8))
    crc.updateZeros(4)
    crc.update(packet.extracting(headerLength..<packet.byteCount))
    return crc.value
  }
}
