import RTC
import TestSupport
import Testing
import Wire

/// Whatever arrives, the endpoint neither traps nor hands out keys its peer does not have.
@Suite struct DTLSMalformedTests {
  @Test func `survives truncations and bit flips of a ClientHello`() throws {
    let parties = try DTLSParties()
    var hello: [[UInt8]] = []
    let pair = try DTLSPair(parties)
    _ = pair.client.start(at: pair.now, outgoing: &hello)
    try #require(hello.count == 2)

    func offer(_ first: [UInt8], _ second: [UInt8]) throws {
      var server = try DTLSEndpoint(
        role: .server, context: parties.serverContext,
        remoteFingerprints: [parties.clientIdentity.fingerprint])
      var outgoing: [[UInt8]] = []
      for datagram in [first, second] {
        let progress = server.handle(
          datagram.span.bytes, at: MonotonicTime(nanoseconds: 0), outgoing: &outgoing)
        if case .connected = progress { Issue.record("connected by a ClientHello") }
      }
      #expect(outgoing.count <= 8)
    }
    // The headers and the first extensions byte by byte and bit by bit, the rest in samples: most
    // of it is one key share.
    let lengths = Array(0..<160) + Array(stride(from: 160, to: hello[0].count, by: 13))
    for length in lengths {
      try offer(Array(hello[0][..<length]), hello[1])
      try offer(hello[0], Array(hello[1].prefix(length)))
    }
    var random = SplitMix64(seed: 1)
    for bit in Array(0..<100 * 8)
      + (0..<200).map({ _ in
        Int.random(in: 0..<hello[0].count * 8, using: &random)
      })
    {
      try offer(flipped(hello[0], bit), hello[1])
      if bit < hello[1].count * 8 { try offer(hello[0], flipped(hello[1], bit)) }
    }
  }

  @Test(arguments: [DTLSContext.Versions.only13, .only12])
  func `connects or fails cleanly after a damaged datagram at any point`(
    versions: DTLSContext.Versions
  ) throws {
    let parties = try DTLSParties(versions: versions)
    let whole = try DTLSPair.connected(parties)
    let count = whole.clientSent.count + whole.serverSent.count
    var connectedCount = 0
    for position in 0..<count {
      for seed in UInt64(0)..<12 {
        var random = SplitMix64(seed: seed << 8 | UInt64(position))
        let pair = try DTLSPair(parties)
        pair.start()
        // Deliver in order, one at a time, the damaged copy just before the real one.
        var seen = 0
        while let time = pair.network.nextDelivery, time <= .seconds(30) {
          pair.now = max(pair.now, time)
          guard let delivery = pair.network.popDelivery(at: pair.now) else { break }
          let isForServer = delivery.destination == DTLSPair.serverAddress
          if seen == position {
            let bytes = damaged(delivery.bytes, &random)
            if isForServer { pair.handleAtServer(bytes) } else { pair.handleAtClient(bytes) }
          }
          seen += 1
          if isForServer {
            pair.handleAtServer(delivery.bytes)
          } else {
            pair.handleAtClient(delivery.bytes)
          }
        }
        pair.run(until: .seconds(40))

        if let client = pair.clientKeys, let server = pair.serverKeys {
          #expect(client.localKey == server.remoteKey, "position \(position), seed \(seed)")
          connectedCount += 1
        }
      }
    }
    // Most damage is to encrypted records or repaired by retransmission.
    #expect(connectedCount > count * 12 / 3)
  }

  @Test func `ignores garbage during and after the handshake`() throws {
    var random = SplitMix64(seed: 7)
    let pair = try DTLSPair(DTLSParties())
    for _ in 0..<200 { pair.handleAtServer(random.bytes(Int.random(in: 0...300, using: &random))) }
    pair.start()
    for _ in 0..<200 { pair.handleAtClient(random.bytes(Int.random(in: 0...300, using: &random))) }
    pair.run(until: .seconds(20))
    #expect(pair.isConnected)

    for _ in 0..<2_000 {
      var bytes = random.bytes(Int.random(in: 0...300, using: &random))
      if !bytes.isEmpty { bytes[0] = UInt8.random(in: 20...63, using: &random) }
      pair.handleAtServer(bytes)
    }
    #expect(pair.serverProgress.count == 1)
    #expect(pair.server.takeReceived().isEmpty)
  }

  @Test func `fails a peer that sends more than a handshake needs`() throws {
    let pair = try DTLSPair(DTLSParties())
    pair.start()

    // Fragments of one ClientHello of 16 KiB, over and over, never the last one.
    let fragment = [UInt8](repeating: 0, count: 1_000)
    for count in 0..<200 {
      let sequence = [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
      let record: [UInt8] =
        [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0] + sequence + [0x03, 0xF4]
        + [1, 0, 0x3F, 0xFF, 0, 0, 0, 0, 0, 0, 0x03, 0xE8] + fragment
      pair.handleAtServer(record)
    }

    #expect(pair.serverProgress == [.failed(.tooMuchData)])
    #expect(pair.server.deadline == nil)
  }

  @Test func `gives up on a client that never says hello`() throws {
    let pair = try DTLSPair(DTLSParties())
    var outgoing: [[UInt8]] = []
    _ = pair.server.start(at: pair.now, outgoing: &outgoing)
    #expect(pair.server.deadline == .seconds(20))

    pair.run(until: .seconds(30))

    #expect(pair.serverProgress == [.failed(.timedOut)])
    #expect(pair.serverSent.isEmpty)
  }
}

private func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
  var bytes = bytes
  bytes[bit / 8] ^= 1 << UInt8(bit % 8)
  return bytes
}

private func damaged(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
  switch Int.random(in: 0..<4, using: &random) {
  case 0: return Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
  case 1: return flipped(bytes, Int.random(in: 0..<bytes.count * 8, using: &random))
  case 2: return flipped(bytes, Int.random(in: 0..<min(bytes.count, 40) * 8, using: &random))
  default: return bytes + random.bytes(Int.random(in: 1...60, using: &random))
  }
}
