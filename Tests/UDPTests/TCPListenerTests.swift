import Glibc
import Testing
import UDP
import Wire

@Suite struct TCPListenerTests {
  private func makeServer() throws -> MediaSocket {
    try MediaSocket(bind: [loopback], port: 0)
  }

  @Test func `frames split anywhere across writes arrive whole`() throws {
    var server = try makeServer()
    let client = try TCPClient(to: server.localAddresses[0])
    let bodies = [1, 20, 1_200, 2_048, 2].map { payload($0, length: $0) }
    let stream = bodies.flatMap { frame($0) }
    var received: [Datagram] = []

    for byte in stream.prefix(60) {  // one byte at a time, then in odd pieces
      client.write([byte])
      received += try server.turn()
    }
    for start in stride(from: 60, to: stream.count, by: 97) {
      client.write(Array(stream[start..<min(start + 97, stream.count)]))
      received += try server.turn()
    }
    received += try server.receive(bodies.count - received.count)

    #expect(received.map(\.bytes) == bodies)
    #expect(received.allSatisfy { $0.from.transport == .tcp && $0.from.host == "127.0.0.1" })
    #expect(server.connectionCount == 1)
  }

  @Test func `more frames than an inbox holds arrive in order without another packet`() throws {
    var server = try makeServer()
    let client = try TCPClient(to: server.localAddresses[0])
    let bodies = (0..<500).map { payload($0, length: 8) }
    client.write(bodies.flatMap { frame($0) })

    let received = try server.receive(500)

    #expect(received.map(\.bytes) == bodies)
  }

  @Test func `answers are framed and runs are split`() throws {
    var server = try makeServer()
    let client = try TCPClient(to: server.localAddresses[0])
    client.writeFrame([1])
    let peer = try #require(try server.receive(1).first).from
    var outbox = Outbox()
    let sent = (0..<5).map { payload($0, length: $0 == 4 ? 10 : 1_000) }
    for bytes in sent { outbox.append(bytes, to: peer) }

    server.send(&outbox, at: .now)

    #expect(sent.map { _ in client.readFrame() } == sent)
    #expect(server.connections?.datagramsSent == 5)
  }

  @Test func `empty frames are skipped, a frame longer than a slot ends the connection`() throws {
    var server = try makeServer()
    let client = try TCPClient(to: server.localAddresses[0])
    client.write([0, 0, 0, 0, 0, 1, 9])
    #expect(try server.receive(1).map(\.bytes) == [[9]])

    client.write([0x08, 0x01])  // 2,049 bytes announced
    _ = try server.receive(1, patience: .milliseconds(200))

    #expect(client.isClosedByServer)
    #expect(server.connectionCount == 0)
  }

  @Test func `a peer that does not read loses datagrams, then the connection`() throws {
    var server = try makeServer()
    let client = try TCPClient(to: server.localAddresses[0], receiveBuffer: 4_096)
    client.writeFrame([1])
    let peer = try #require(try server.receive(1).first).from
    let start = MonotonicTime.now
    var outbox = Outbox()

    for number in 0..<8_000 {  // far more than all buffers on the way hold
      outbox.append(payload(number, length: 1_200), to: peer)
      if outbox.isFull { server.send(&outbox, at: start) }
    }
    server.send(&outbox, at: start)

    let dropped = server.connections?.dropped ?? 0
    #expect(dropped > 1_000)
    #expect(server.connectionCount == 1)
    outbox.append([1], to: peer)
    server.send(&outbox, at: start + .seconds(6))
    #expect(server.connectionCount == 0)
    outbox.append([1], to: peer)
    server.send(&outbox, at: start + .seconds(7))
    #expect(server.connections?.dropped == dropped + 1)
  }

  @Test func `a slow reader gets whole frames only, in order`() throws {
    var server = try makeServer()
    let client = try TCPClient(to: server.localAddresses[0], receiveBuffer: 4_096)
    client.writeFrame([1])
    let peer = try #require(try server.receive(1).first).from
    var outbox = Outbox()
    for number in 0..<2_000 {
      outbox.append(payload(number, length: 1_000), to: peer)
      if outbox.isFull { server.send(&outbox, at: .now) }
    }
    server.send(&outbox, at: .now)
    let accepted = Int(server.connections?.datagramsSent ?? 0)
    #expect(accepted < 2_000)

    var last = -1
    for _ in 0..<accepted {
      let body = client.readFrame()
      guard body.count == 1_000 else {
        Issue.record("frame of \(body.count) bytes")
        break
      }
      let number = body.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      #expect(number > last && body == payload(number, length: 1_000))
      last = number
      _ = try server.turn()  // writes on when the client made room
    }
    #expect(last >= accepted - 1)
  }

  @Test func `strangers are closed after 10 s, who is sent something after 60 s`() throws {
    var server = try makeServer()
    let stranger = try TCPClient(to: server.localAddresses[0])
    let friend = try TCPClient(to: server.localAddresses[0])
    friend.writeFrame([1])
    let start = MonotonicTime.now
    let peer = try #require(try server.receive(1).first).from
    _ = try server.turn()
    #expect(server.connectionCount == 2)
    var outbox = Outbox()
    outbox.append([2], to: peer)
    server.send(&outbox, at: start)

    _ = try server.turn(at: start + .seconds(9))
    #expect(server.connectionCount == 2)
    _ = try server.turn(at: start + .seconds(12))
    #expect(server.connectionCount == 1)
    #expect(stranger.isClosedByServer)
    _ = try server.turn(at: start + .seconds(59))
    #expect(server.connectionCount == 1)
    _ = try server.turn(at: start + .seconds(62))
    #expect(server.connectionCount == 0)
    #expect(server.connections?.expired == 2)
  }

  @Test func `at the limit strangers make room for newcomers, accepted peers do not`() throws {
    var listener = try TCPListener(bind: [loopback], maximumConnections: 3)
    var inbox = Inbox()
    let address = listener.localAddresses[0]
    let start = MonotonicTime.now
    var clients: [TCPClient] = []
    for number in 0..<3 {
      clients.append(try TCPClient(to: address))
      clients[number].writeFrame([UInt8(number)])
      let time = start + .milliseconds(Int64(number))
      for _ in 0..<2 { listener.receive(into: &inbox, at: time) }  // accepts, then reads
    }
    let peers = inbox.copyDatagrams().map(\.from)
    try #require(peers.count == 3)
    listener.keep(peers[0], at: start + .seconds(1))

    clients.append(try TCPClient(to: address))  // evicts 1, the oldest stranger
    listener.receive(into: &inbox, at: start + .seconds(1))
    #expect(clients[1].isClosedByServer)
    listener.keep(peers[2], at: start + .seconds(1))
    #expect(listener.connectionCount == 3)
    clients.append(try TCPClient(to: address))  // evicts 3
    listener.receive(into: &inbox, at: start + .seconds(1))
    #expect(clients[3].isClosedByServer)

    #expect(listener.connectionCount == 3)
    #expect(listener.counters.refused == 2)
  }

  @Test func `closing by the owner and by the peer both forget the connection`() throws {
    var server = try makeServer()
    let first = try TCPClient(to: server.localAddresses[0])
    var second: TCPClient? = try TCPClient(to: server.localAddresses[0])
    first.writeFrame([1])
    second?.writeFrame([2])
    let received = try server.receive(2)
    let peer = try #require(received.first { $0.bytes == [1] }).from

    server.close(peer)
    #expect(first.isClosedByServer)
    #expect(server.connectionCount == 1)
    second = nil
    _ = try server.receive(1, patience: .milliseconds(200))
    #expect(server.connectionCount == 0)
  }
}
