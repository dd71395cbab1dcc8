import SFU
import TestSupport
import Testing
import Wire

@Suite struct PacketRingTests {
  private func bytes(_ index: Int64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: Int(index) &* 31 &+ $0) }
  }

  private func content(_ ring: borrowing PacketRing, _ index: Int64) -> [UInt8] {
    let span = ring.bytes(index)
    return (0..<span.byteCount).map { span.bigEndian(at: $0, as: UInt8.self) }
  }

  @Test(arguments: 0..<30)
  func `a packet that is still there is whole, whatever wrapped around it`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var ring = PacketRing(byteCapacity: 8_000, packetCapacity: 32)
    var sizes: [Int64: Int] = [:]
    var index: Int64 = 65_536
    for _ in 0..<1_000 {
      index += Int64.random(in: 1...3, using: &random)
      let packet = index - Int64.random(in: 0...4, using: &random)
      guard !ring.contains(packet), !ring.isTooOld(packet) else { continue }
      let size = Int.random(in: 1...1_400, using: &random)
      let data = bytes(packet, count: size)
      unsafe ring.store(data.span.bytes, index: packet, info: PacketInfo())
      sizes[packet] = size

      for (stored, size) in sizes where ring.contains(stored) {
        #expect(content(ring, stored) == bytes(stored, count: size), "seed \(seed)")
      }
    }
  }

  @Test func `a packet stays for a ring's length of bytes and no longer`() {
    var ring = PacketRing(byteCapacity: 10_000, packetCapacity: 64)
    for index in 0..<20 {
      let data = bytes(Int64(index), count: 1_000)
      unsafe ring.store(data.span.bytes, index: Int64(index), info: PacketInfo())
    }

    var kept: [Int64] = []
    for index in 0..<Int64(20) where ring.contains(index) { kept.append(index) }
    let isTooOld = ring.isTooOld(19 - 64)
    #expect(kept == Array(10..<20))
    #expect(isTooOld)
  }
}
