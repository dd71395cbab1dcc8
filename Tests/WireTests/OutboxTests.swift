import Testing
import Wire

@Suite struct OutboxTests {
  private let alice = TransportAddress(ipv4: 0x7F00_0001, port: 1)
  private let bob = TransportAddress(ipv4: 0x7F00_0001, port: 2)

  private func bytes(_ length: Int, _ value: UInt8 = 7) -> [UInt8] {
    [UInt8](repeating: value, count: length)
  }

  @Test func `equal sizes to one address become one run, a shorter one ends it`() {
    var outbox = Outbox()
    for length in [100, 100, 60, 100] {
      let datagram = bytes(length)
      outbox.append(datagram.span.bytes, to: alice)
    }

    #expect(outbox.runs.map(\.segmentCount) == [3, 1])
    #expect(outbox.runs.map(\.byteCount) == [260, 100])
    #expect(outbox.datagramCount == 4)
  }

  @Test func `a longer datagram and another address start a run`() {
    var outbox = Outbox()
    for (length, address) in [(60, alice), (100, alice), (100, bob), (100, alice)] {
      let datagram = bytes(length)
      outbox.append(datagram.span.bytes, to: address)
    }

    #expect(outbox.runs.map(\.segmentCount) == [1, 1, 1, 1])
  }

  @Test func `a run has no more segments and bytes than the kernel takes`() {
    var outbox = Outbox(capacity: 1 << 20)
    let small = bytes(10)
    for _ in 0..<65 { outbox.append(small.span.bytes, to: alice) }
    let large = bytes(1_500)
    for _ in 0..<60 { outbox.append(large.span.bytes, to: bob) }

    #expect(outbox.runs.allSatisfy { $0.segmentCount <= Outbox.maximumSegments })
    #expect(outbox.runs.allSatisfy { $0.byteCount <= Outbox.maximumRunBytes })
    #expect(outbox.runs.first?.segmentCount == 64)
  }

  @Test(arguments: 0..<50) func `datagrams come out as they went in`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var outbox = Outbox(capacity: 64 << 10)
    var expected: [[UInt8]] = []
    while !outbox.isFull {
      let datagram = bytes(
        [40, 100, 100, 1_200][Int.random(in: 0..<4, using: &random)], random.next())
      outbox.append(datagram.span.bytes, to: Bool.random(using: &random) ? alice : bob)
      expected.append(datagram)
    }
    let late = bytes(10)
    outbox.append(late.span.bytes, to: alice)  // full: dropped

    var found: [[UInt8]] = []
    outbox.forEachDatagram { _, datagram in
      found.append((0..<datagram.byteCount).map { datagram.bigEndian(at: $0) })
    }
    #expect(found == expected)
    outbox.removeAll()
    #expect(outbox.isEmpty == true)
    #expect(outbox.byteCount == 0)
  }

  @Test func `what is empty, too long or never reserved is left out`() {
    var outbox = Outbox()
    for length in [0, 1_501] {
      let datagram = bytes(length)
      outbox.append(datagram.span.bytes, to: alice)
    }
    outbox.commit(length: 10)
    _ = outbox.reserve(to: alice)
    outbox.commit(length: 0)
    outbox.commit(length: 1_501)
    #expect(outbox.isEmpty == true)
  }
}
