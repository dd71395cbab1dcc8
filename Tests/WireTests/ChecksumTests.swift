import Testing
import Wire

@Suite struct ChecksumTests {
  @Test func `CRC-32 of the check string`() {
    #expect(CRC32.checksum(Array("123456789".utf8).span.bytes) == 0xCBF4_3926)
  }

  /// RFC 3720 §B.4; its bytes are listed in the order they are sent, least significant first.
  @Test func `CRC-32C of the vectors of RFC 3720`() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32).span.bytes) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32).span.bytes) == 0x62A8_AB43)
    #expect(CRC32C.checksum([UInt8](0..<32).span.bytes) == 0x46DD_794E)
    #expect(CRC32C.checksum([UInt8]((0..<32).reversed()).span.bytes) == 0x113F_DB5C)
    #expect(CRC32C.checksum(Array("123456789".utf8).span.bytes) == 0xE306_9283)
  }

  @Test(arguments: 0..<20) func `pieces give the checksum of the whole`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    let cut = Int.random(in: 0...bytes.count, using: &random)
    var crc = CRC32C()
    crc.update(bytes.span.bytes.extracting(0..<cut))
    crc.update(bytes.span.bytes.extracting(cut..<bytes.count))

    #expect(crc.value == CRC32C.checksum(bytes.span.bytes))
  }
}
