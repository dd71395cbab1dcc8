import Testing
import UDP
import Wire

@Suite struct DatagramTests {
  private func makeSocket(_ host: TransportAddress = loopback) throws -> MediaSocket {
    try MediaSocket(bind: [host], port: 0, tcp: false)
  }

  @Test func `datagrams of all lengths arrive in order, unchanged, with their sender`() throws {
    var sender = try makeSocket()
    var receiver = try makeSocket()
    var outbox = Outbox()
    let sent = [1, 3, 160, 1_199, 1_200, 1_472, 1_500].map { payload($0, length: $0) }
    for bytes in sent { outbox.append(bytes, to: receiver.localAddresses[0]) }

    sender.send(&outbox, at: .now)
    let received = try receiver.receive(sent.count)

    #expect(outbox.isEmpty == true)
    #expect(received.map(\.bytes) == sent)
    #expect(received.allSatisfy { $0.from == sender.localAddresses[0] })
    #expect(sender.datagrams.datagramsSent == UInt64(sent.count))
  }

  @Test(arguments: [1, 2, 7, 16, 54, 64, 100])
  func `a run is split at the receiver as it was appended, the short last one too`(
    count: Int
  ) throws {
    var sender = try makeSocket()
    var receiver = try makeSocket()
    var outbox = Outbox()
    var sent = (0..<count).map { payload($0, length: 1_200) }
    sent.append(payload(count, length: 700))
    for bytes in sent { outbox.append(bytes, to: receiver.localAddresses[0]) }
    let runs = outbox.runs.count

    sender.send(&outbox, at: .now)
    let received = try receiver.receive(sent.count)

    #expect(received.map(\.bytes) == sent)
    #expect(sender.datagrams.segmentationRefused == 0)
    #expect(sender.datagrams.datagramsSent == UInt64(sent.count))
    if count <= 53 { #expect(runs == 1) }
  }

  @Test func `a coalescing receiver sees the same datagrams`() throws {
    var sender = try makeSocket()
    var receiver = try MediaSocket(bind: [loopback], port: 0, tcp: false, coalescing: true)
    var outbox = Outbox()
    let sent = (0..<40).map { payload($0, length: $0 % 8 == 7 ? 300 : 1_200) }
    for bytes in sent { outbox.append(bytes, to: receiver.localAddresses[0]) }

    sender.send(&outbox, at: .now)
    let received = try receiver.receive(sent.count, coalescing: true)

    #expect(received.map(\.bytes) == sent)
  }

  @Test func `a run longer than the path's MTU still arrives, datagram by datagram`() throws {
    // Loopback has an MTU of 64 KiB, so only a refusal of another kind can be provoked here:
    // 0 is no port, and the kernel answers EINVAL for the run as for the single datagram.
    var sender = try makeSocket()
    var receiver = try makeSocket()
    var outbox = Outbox()
    for number in 0..<4 {
      outbox.append(payload(number, length: 100), to: loopback)
    }
    for number in 4..<8 {
      outbox.append(payload(number, length: 100), to: receiver.localAddresses[0])
    }

    sender.send(&outbox, at: .now)
    let received = try receiver.receive(4)

    #expect(received.map(\.bytes) == (4..<8).map { payload($0, length: 100) })
    #expect(sender.datagrams.unsendable == 4)
    #expect(sender.datagrams.segmentationRefused == 1)
    #expect(sender.datagrams.datagramsSent == 4)
  }

  @Test func `ten thousand paced datagrams arrive without loss`() throws {
    var sender = try makeSocket()
    var receiver = try makeSocket()
    var outbox = Outbox()
    var inbox = Inbox()
    var next = 0
    var wrong = 0
    for batch in 0..<200 {
      for number in batch * 50..<(batch + 1) * 50 {
        outbox.append(payload(number, length: 400 + number % 900), to: receiver.localAddresses[0])
      }
      sender.send(&outbox, at: .now)
      let limit = MonotonicTime.now + .seconds(10)
      while next < (batch + 1) * 50, MonotonicTime.now < limit {
        try receiver.wait(until: limit)
        try receiver.receive(into: &inbox, at: .now)
        for datagram in inbox.copyDatagrams() {
          if datagram.bytes != payload(next, length: 400 + next % 900) { wrong += 1 }
          next += 1
        }
      }
    }

    #expect(next == 10_000)
    #expect(wrong == 0)
    #expect(receiver.datagrams.datagramsReceived == 10_000)
  }

  @Test func `IPv6 datagrams and runs arrive`() throws {
    let host = try #require(TransportAddress(host: "::1", port: 0))
    var sender = try makeSocket(host)
    var receiver = try makeSocket(host)
    var outbox = Outbox()
    let sent = (0..<10).map { payload($0, length: 1_000) }
    for bytes in sent { outbox.append(bytes, to: receiver.localAddresses[0]) }

    sender.send(&outbox, at: .now)
    let received = try receiver.receive(sent.count)

    #expect(received.map(\.bytes) == sent)
    #expect(received.allSatisfy { $0.from == sender.localAddresses[0] })
  }

  @Test func `a socket on all addresses serves both families, IPv4 as IPv4`() throws {
    let any = try #require(TransportAddress(host: "::", port: 0))
    let loopback6 = try #require(TransportAddress(host: "::1", port: 0))
    var server = try makeSocket(any)
    var client4 = try makeSocket()
    var client6 = try makeSocket(loopback6)
    var outbox = Outbox()
    for (number, client) in [client4.localAddresses[0], client6.localAddresses[0]].enumerated() {
      for _ in 0..<3 { outbox.append(payload(number, length: 900), to: client) }
    }

    server.send(&outbox, at: .now)
    let at4 = try client4.receive(3)
    let at6 = try client6.receive(3)

    #expect(at4.map(\.bytes) == Array(repeating: payload(0, length: 900), count: 3))
    #expect(at6.map(\.bytes) == Array(repeating: payload(1, length: 900), count: 3))
    #expect(at4.allSatisfy { $0.from == loopback.with(port: server.port) })
    outbox.append([7], to: loopback.with(port: server.port))
    client4.send(&outbox, at: .now)
    let answer = try server.receive(1)
    #expect(answer == [Datagram(bytes: [7], from: client4.localAddresses[0])])
  }

  @Test func `one socket of each family shares a port`() throws {
    let loopback6 = try #require(TransportAddress(host: "::1", port: 0))
    var server = try MediaSocket(bind: [loopback, loopback6], port: 0)
    var client6 = try makeSocket(loopback6)
    var outbox = Outbox()
    outbox.append([1, 2], to: loopback6.with(port: server.port))

    client6.send(&outbox, at: .now)
    let received = try server.receive(1)
    outbox.append([3], to: client6.localAddresses[0])
    server.send(&outbox, at: .now)

    #expect(received.map(\.from) == client6.localAddresses)
    #expect(try client6.receive(1).map(\.bytes) == [[3]])
    #expect(Set(server.localAddresses.map(\.port)).count == 1)
  }

  @Test func `a datagram longer than a slot is counted and dropped, an empty one is not`() throws {
    var sender = try makeSocket()
    var receiver = try makeSocket()
    let target = receiver.localAddresses[0]
    try sendRaw(bytes: [UInt8](repeating: 1, count: 5_000), to: target)
    try sendRaw(bytes: [], to: target)
    var outbox = Outbox()
    outbox.append([9], to: target)
    sender.send(&outbox, at: .now)

    let received = try receiver.receive(2)

    #expect(received.map(\.bytes) == [[], [9]])
    #expect(receiver.datagrams.oversized == 1)
  }

  @Test func `the inbox lends bytes that can be changed in place`() throws {
    var sender = try makeSocket()
    var receiver = try makeSocket()
    var outbox = Outbox()
    outbox.append([1, 2, 3], to: receiver.localAddresses[0])
    sender.send(&outbox, at: .now)
    var inbox = Inbox()
    try receiver.wait(until: .now + .seconds(10))
    try receiver.receive(into: &inbox, at: .now)

    var datagram = inbox.datagram(0)
    datagram.storeBigEndian(UInt8(42), at: 1)

    #expect(inbox.copyDatagrams().map(\.bytes) == [[1, 42, 3]])
  }

  @Test func `a taken port and a foreign address are refused with the reason`() throws {
    let taken = try makeSocket()

    #expect(throws: UDPError(.bind, code: 98, subject: "udp 127.0.0.1:\(taken.port)")) {
      _ = try UDPSocket(bind: taken.localAddresses[0])
    }
    #expect(throws: UDPError(.bind, code: 99, subject: "udp 192.0.2.77:0")) {
      _ = try UDPSocket(bind: TransportAddress(ipv4: 0xC000_024D, port: 0))
    }
  }

  @Test func `waiting ends at its time, within a millisecond`() throws {
    var socket = try makeSocket()
    _ = try socket.turn()
    var best = Nanoseconds.seconds(1)
    for _ in 0..<20 {  // the best of a few, as other programs want the processor too
      let due = MonotonicTime.now + .milliseconds(2)
      try socket.wait(until: due)
      let late = MonotonicTime.now - due
      #expect(late >= .zero)
      best = min(best, late)
    }

    #expect(best < .milliseconds(1))
  }
}
