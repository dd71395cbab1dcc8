import RTC
import TestSupport
import Testing
import Wire

@Suite struct DTLSLossTests {
  static let cases: [(Double, DTLSContext.Versions)] = [0, 0.1, 0.3, 0.5].flatMap {
    [($0, .only13), ($0, .only12)]
  }

  @Test(arguments: cases)
  func `connects in spite of loss, reordering and duplicates`(
    loss: Double, versions: DTLSContext.Versions
  ) throws {
    let parties = try DTLSParties(versions: versions)
    let link = LinkConditions(
      loss: loss, duplication: 0.2, reordering: 0.3, delay: .milliseconds(20),
      jitter: .milliseconds(10))
    var times: [Int64] = []
    for seed in UInt64(0)..<40 {
      let pair = try DTLSPair(parties, seed: seed, link: link)

      pair.start()
      pair.run(until: .seconds(60), stopping: \.isConnected)

      #expect(pair.isConnected, "seed \(seed): \(pair.clientProgress) \(pair.serverProgress)")
      #expect(pair.clientKeys?.localKey == pair.serverKeys?.remoteKey, "seed \(seed)")
      times.append(pair.now.nanoseconds / 1_000_000)
    }
    times.sort()
    print("DTLS \(versions) at \(loss): median \(times[20]) ms, worst \(times[39]) ms")
    #expect(times[20] <= 2_000)
    #expect(times[39] <= 8_000)
  }

  @Test func `retransmits with growing pauses of at most 400 ms, then gives up`() throws {
    let pair = try DTLSPair(DTLSParties(), link: .blackout)

    pair.start()
    pair.run(until: .seconds(100))

    let times = Set(pair.clientSendTimes).sorted()
    let gaps = zip(times.dropFirst(), times).map { ($0 - $1).milliseconds }
    #expect(Array(gaps.prefix(3)) == [100, 200, 400])
    #expect(gaps.allSatisfy { $0 <= 400 })
    #expect(gaps.count >= 40 && gaps.count <= 70)
    #expect(pair.clientSent.allSatisfy { $0.count <= 1200 })
    #expect(pair.clientProgress == [.failed(.timedOut)])
    #expect(pair.serverProgress == [.failed(.timedOut)])
    #expect(pair.now >= .seconds(15) && pair.now <= .seconds(20))
    #expect(pair.client.deadline == nil)
    #expect(pair.server.deadline == nil)
  }

  @Test func `recovers when the last flight is lost`() throws {
    for versions in [DTLSContext.Versions.only13, .only12] {
      let pair = try DTLSPair(DTLSParties(versions: versions))
      pair.start()
      pair.run(until: .seconds(1)) { $0.clientSent.count >= (versions == .only12 ? 4 : 3) }
      pair.network = VirtualNetwork(seed: 1)  // all under way is lost

      pair.run(until: .seconds(10))

      #expect(pair.isConnected)
      #expect(pair.client.deadline == nil)
      #expect(pair.server.deadline == nil)
    }
  }
}
