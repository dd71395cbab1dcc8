import TestSupport
import Testing
import Wire

@Suite struct VirtualNetworkTests {
  static let a = TransportAddress(ipv4: 0x0A00_0001, port: 1)
  static let b = TransportAddress(ipv4: 0x0A00_0002, port: 2)

  /// Sends `count` numbered datagrams of `size` bytes, one per millisecond, and returns what arrives.
  private func arrivals(
    _ network: inout VirtualNetwork, count: Int, size: Int = 2
  ) -> [(time: Int64, number: Int)] {
    for number in 0..<count {
      let bytes =
        [UInt8(number >> 8), UInt8(number & 0xFF)] + [UInt8](repeating: 0, count: size - 2)
      network.send(bytes, from: Self.a, to: Self.b, at: .ms(Int64(number)))
    }
    return network.deliver(until: .distantFuture).map { delivery in
      (
        (delivery.time - MonotonicTime(nanoseconds: 0)).milliseconds,
        Int(delivery.bytes[0]) << 8 | Int(delivery.bytes[1])
      )
    }
  }

  @Test func `delivers after the delay, in order, to whom it was sent`() throws {
    var network = VirtualNetwork(seed: 1, link: LinkConditions(delay: .milliseconds(30)))
    network.send([1], from: Self.a, to: Self.b, at: .ms(0))
    network.send([2], from: Self.a, to: Self.b, at: .ms(0))

    #expect(network.nextDelivery == .ms(30))
    let early = network.popDelivery(at: .ms(29))
    #expect(early == nil)
    let next = network.popDelivery(at: .ms(30))
    let first = try #require(next)
    #expect(first.bytes == [1] && first.source == Self.a && first.destination == Self.b)
    let second = network.popDelivery(at: .ms(30))
    #expect(second?.bytes == [2])
    #expect(network.nextDelivery == nil)
  }

  @Test func `loses, doubles and overtakes as often as it is told to`() {
    var lossy = VirtualNetwork(seed: 2, link: LinkConditions(loss: 0.3))
    let received = arrivals(&lossy, count: 10_000).count
    #expect((6_800...7_200).contains(received))
    #expect(lossy.sentCount == 10_000 && lossy.lostCount == 10_000 - received)

    var doubling = VirtualNetwork(seed: 2, link: LinkConditions(duplication: 0.2))
    #expect((11_800...12_200).contains(arrivals(&doubling, count: 10_000).count))

    var ordered = VirtualNetwork(seed: 2, link: LinkConditions(jitter: .milliseconds(20)))
    #expect(arrivals(&ordered, count: 1_000).map(\.number) == Array(0..<1_000))

    var disordered = VirtualNetwork(
      seed: 2, link: LinkConditions(reordering: 0.1, jitter: .milliseconds(20)))
    let numbers = arrivals(&disordered, count: 1_000).map(\.number)
    #expect(numbers.sorted() == Array(0..<1_000))
    let overtaken = zip(numbers.dropFirst(), numbers).count { $0 < $1 }
    #expect((20...150).contains(overtaken))
  }

  @Test func `loses in bursts when told to`() {
    var link = LinkConditions(loss: 0.02)
    link.lossAfterLoss = 0.8
    var network = VirtualNetwork(seed: 3, link: link)
    let numbers = arrivals(&network, count: 10_000).map(\.number)

    let bursts = zip(numbers.dropFirst(), numbers).map { $0 - $1 - 1 }.filter { $0 > 0 }
    let mean = Double(bursts.reduce(0, +)) / Double(bursts.count)
    #expect((4.0...6.0).contains(mean))  // 1 / (1 - 0.8)
  }

  @Test func `queues at the bottleneck and drops what the queue cannot hold`() {
    // 972 bytes and 28 of headers: 8 ms each at 1 Mb/s, 64 in 64 KiB.
    var network = VirtualNetwork(seed: 4, link: LinkConditions(bitsPerSecond: 1_000_000))
    let received = arrivals(&network, count: 1_000, size: 972)

    #expect(received.first?.time == 8)
    #expect(zip(received.dropFirst(), received).allSatisfy { $0.time - $1.time == 8 })
    #expect((180...200).contains(received.count))  // a second's worth and the queue
    #expect(received.allSatisfy { $0.time - Int64($0.number) <= 540 })
  }

  @Test func `swallows long datagrams, changes bits, and heals`() {
    var link = LinkConditions.perfect
    link.maximumDatagram = 100
    link.corruption = 1
    var network = VirtualNetwork(seed: 5)
    network.setLink(link, from: Self.a, to: Self.b)
    network.send([UInt8](repeating: 0, count: 101), from: Self.a, to: Self.b, at: .ms(0))
    network.send([UInt8](repeating: 0, count: 100), from: Self.a, to: Self.b, at: .ms(0))
    network.send([7], from: Self.b, to: Self.a, at: .ms(0))

    let bytes = network.deliver(until: .ms(0)).map(\.bytes)
    #expect(bytes.count == 2)
    #expect(bytes[0].count == 100 && bytes[0].reduce(0) { $0 + $1.nonzeroBitCount } == 1)
    #expect(bytes[1] == [7])
    network.setLink(.perfect, from: Self.a, to: Self.b)
    network.send([UInt8](repeating: 0, count: 101), from: Self.a, to: Self.b, at: .ms(1))
    let healed = network.deliver(until: .ms(1))
    #expect(healed.count == 1)
  }

  @Test func `does the same again for the same seed, and not for another`() {
    let link = LinkConditions(
      loss: 0.2, duplication: 0.1, reordering: 0.2, delay: .milliseconds(10),
      jitter: .milliseconds(30))
    func run(_ seed: UInt64) -> [Int] {
      var network = VirtualNetwork(seed: seed, link: link)
      return arrivals(&network, count: 500).map(\.number)
    }

    #expect(run(1) == run(1))
    #expect(run(1) != run(2))
  }
}

extension MonotonicTime {
  fileprivate static func ms(_ n: Int64) -> Self { Self(nanoseconds: n * 1_000_000) }
}
