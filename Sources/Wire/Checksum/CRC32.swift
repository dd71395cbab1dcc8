/// The CRC of ISO 3309 and IEEE 802.3, as STUN's FINGERPRINT uses it (RFC 8489 §14.7).
public struct CRC32: Sendable {
  private static let tables = CRCTables(polynomial: 0xEDB8_8320)
  private var register: UInt32 = 0xFFFF_FFFF

  public init() {}

  public mutating func update(_ bytes: RawSpan) {
    register = Self.tables.update(register, with: bytes)
  }

  /// The checksum of everything so far.
  public var value: UInt32 { ~register }

  public static func checksum(_ bytes: RawSpan) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }
}
