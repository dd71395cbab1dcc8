import SFU
import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct Attacks {
  @Test func `what was overheard and is sent again goes nowhere`() throws {
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 20)
    harness.send(frames: 0..<30, from: publisher)
    harness.run(for: .milliseconds(100))
    let before = subscriber.received.values.reduce(0) { $0 + $1.count }
    let media = harness.overheard.filter {
      $0.source == publisher.address
        && DatagramKind(firstByte: $0.bytes[0], secondByte: $0.bytes[1]) == .rtp
    }
    #expect(media.count >= 90)

    for datagram in media { harness.inject(datagram.bytes, from: publisher.address) }
    for datagram in media {
      harness.inject(datagram.bytes, from: TransportAddress(ipv4: 0x0A00_0666, port: 9))
    }
    harness.run(for: .milliseconds(100))

    #expect(subscriber.received.values.reduce(0) { $0 + $1.count } == before)
    #expect(harness.statistics.drops["replayed", default: 0] >= UInt64(media.count) * 9 / 10)
    #expect(harness.statistics.drops["unknownSource"] == UInt64(media.count))
  }

  @Test func `a certificate that is not the one announced gets no keys`() throws {
    let harness = try ShardHarness(seed: 21)
    let honest = try harness.join(sending: [.vp8])
    let liar = try harness.join(
      seats: 1, announcing: "sha-256 " + Array(repeating: "AB", count: 32).joined(separator: ":"))

    harness.run(for: .seconds(5))

    #expect(honest.connection.state == .connected)
    #expect(!harness.events.contains(.connected(liar.number)))
    let isClosed = harness.events.contains {
      if case .closed(liar.number, let reason) = $0 { reason.contains("ingerprint") } else { false }
    }
    #expect(isClosed, "\(harness.events)")
  }

  @Test(arguments: 0..<20)
  func `damaged datagrams from a known address are counted and forwarded to nobody`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let (harness, publisher, subscriber) = try ShardHarness.call(seed: 500 + seed)
    harness.send(frames: 0..<5, from: publisher)
    let before = subscriber.received.values.reduce(0) { $0 + $1.count }
    let overheard = harness.overheard

    for datagram in overheard {
      var bytes = datagram.bytes
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      case 1:
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      default:
        bytes.append(contentsOf: (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) })
      }
      harness.inject(bytes, from: publisher.address)
    }

    #expect(subscriber.received.values.reduce(0) { $0 + $1.count } == before, "seed \(seed)")
    let sent = harness.send(frames: 5..<10, from: publisher)
    #expect(
      subscriber.received.values.reduce(0) { $0 + $1.count } == before + sent.count,
      "the call goes on, seed \(seed): \(harness.statistics)")
  }
}
