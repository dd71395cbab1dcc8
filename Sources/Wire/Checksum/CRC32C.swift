/// The Castagnoli CRC of iSCSI (RFC 3720 §B.4), which SCTP puts in its header (RFC 9260 appendix A).
public struct CRC32C: Sendable {
  private static let tables = CRCTables(polynomial: 0x82F6_3B78)
  private var register: UInt32 = 0xFFFF_FFFF

  public init() {}

  public mutating func update(_ bytes: RawSpan) {
    register = Self.tables.update(register, with: bytes)
  }

  /// The checksum of everything so far; SCTP sends it least significant byte first.
  public var value: UInt32 { ~register }

  public static func checksum(_ bytes: RawSpan) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }
}

extension CRC32C {
  /// Continues over `count` bytes of zero.
  mutating func updateZeros(_ count: Int) {
    let zeros: [8 of UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
    var rest = count
    while rest > 0 {
      let length = min(rest, 8)
      unsafe update(zeros.span.bytes.extracting(0..<length))
      rest -= length
    }
  }
}
