import RTC
import TestSupport
import Testing
import Wire

@Suite struct DTLSDataTests {
  static let datagram: [UInt8] = [1, 2, 3]

  @Test(arguments: [DTLSContext.Versions.only13, .only12])
  func `carries application datagrams both ways, one for one`(
    versions: DTLSContext.Versions
  ) throws {
    let pair = try DTLSPair.connected(DTLSParties(versions: versions))
    var random = SplitMix64(seed: 3)
    let sizes = [1, 2, 100, 1_100]
    let toServer = sizes.map { random.bytes($0) }
    let toClient = sizes.map { random.bytes($0) }

    for (up, down) in zip(toServer, toClient) {
      var outgoing: [[UInt8]] = []
      #expect(pair.client.send(up.span.bytes, at: pair.now, outgoing: &outgoing))
      #expect(outgoing.count == 1)
      #expect(outgoing[0].count > up.count && outgoing[0].count <= up.count + 40)
      pair.sendFromClient(outgoing)
      outgoing = []
      #expect(pair.server.send(down.span.bytes, at: pair.now, outgoing: &outgoing))
      pair.sendFromServer(outgoing)
    }
    pair.run(until: .seconds(30))

    #expect(pair.server.takeReceived() == toServer)
    #expect(pair.client.takeReceived() == toClient)
    #expect(pair.server.takeReceived().isEmpty)
  }

  @Test func `delivers each datagram once, however often it arrives`() throws {
    let pair = try DTLSPair.connected(DTLSParties())
    var outgoing: [[UInt8]] = []
    _ = pair.client.send(Self.datagram.span.bytes, at: pair.now, outgoing: &outgoing)

    for _ in 0..<3 { pair.handleAtServer(outgoing[0]) }

    #expect(pair.server.takeReceived() == [Self.datagram])
  }

  @Test func `keeps a bounded number of datagrams and counts the rest`() throws {
    let pair = try DTLSPair.connected(DTLSParties())
    for byte in UInt8(0)..<100 {
      var outgoing: [[UInt8]] = []
      _ = pair.client.send([byte].span.bytes, at: pair.now, outgoing: &outgoing)
      pair.handleAtServer(outgoing[0])
    }

    #expect(pair.server.takeReceived() == (UInt8(0)..<64).map { [$0] })
    #expect(pair.server.droppedCount == 36)
  }

  @Test func `sends nothing before it is connected or after it has ended`() throws {
    let parties = try DTLSParties()
    let early = try DTLSPair(parties)
    early.start()
    var outgoing: [[UInt8]] = []
    #expect(!early.client.send(Self.datagram.span.bytes, at: early.now, outgoing: &outgoing))

    let late = try DTLSPair.connected(parties)
    #expect(!late.client.send([UInt8]().span.bytes, at: late.now, outgoing: &outgoing))
    let tooLong = [UInt8](repeating: 0, count: 16_385)
    #expect(!late.client.send(tooLong.span.bytes, at: late.now, outgoing: &outgoing))
    #expect(outgoing.isEmpty)
    late.client.close(at: late.now, outgoing: &outgoing)
    #expect(outgoing.count == 1)
    #expect(!late.client.send(Self.datagram.span.bytes, at: late.now, outgoing: &outgoing))
    #expect(outgoing.count == 1)
  }

  @Test(arguments: [DTLSContext.Versions.only13, .only12])
  func `says goodbye and hears it`(versions: DTLSContext.Versions) throws {
    let pair = try DTLSPair.connected(DTLSParties(versions: versions))
    var outgoing: [[UInt8]] = []

    pair.server.close(at: pair.now, outgoing: &outgoing)
    pair.sendFromServer(outgoing)
    pair.run(until: .seconds(40))

    #expect(pair.clientProgress.last == .closed)
    #expect(pair.clientProgress.count == 2)
    #expect(pair.client.deadline == nil)
    #expect(pair.server.deadline == nil)
  }
}
