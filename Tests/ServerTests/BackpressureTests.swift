import Control
import Server
import Signal
import Testing

@Suite(.timeLimit(.minutes(2))) struct BackpressureTests {
  private typealias Sockets = SignallingSocketTests

  /// Reads events until a pubsub message, and gives its text.
  private func nextMessage(_ socket: TestSocket) async -> String? {
    while let message = await socket.message() {
      if case .event(_, .pubsub(let message)) = message { return message.message.string }
    }
    return nil
  }

  private struct Received {
    var texts: [String]
    var hasLeft: Bool

    mutating func note(_ message: ServerMessage) {
      switch message {
      case .event(_, .pubsub(let message)):
        if let text = message.message.string { texts.append(text) }
      case .event(_, .participantLeft(let id, _)): hasLeft = hasLeft || id == "sleeper"
      default: break
      }
    }
  }

  /// Reads until there are `count` texts.
  private func receive(
    _ count: Int, of socket: TestSocket, into received: inout Received
  ) async {
    while received.texts.count < count, let message = await socket.message() {
      received.note(message)
    }
  }

  private func subscribe(_ socket: TestSocket) async throws {
    try await socket.send(.request(id: 2, .subscribe(topic: "CHAT")))
    while let message = await socket.message() {
      if case .reply(id: 2, .history) = message { return }
    }
  }

  @Test func `who does not read is disconnected with 4408, and the others get every message`()
    async throws
  {
    var limits = TestServer.patient
    limits.messageBurst = 10_000
    try await TestServer.run([.maxMessagesPerSecond: "0"], limits: limits) { server in
      let room = try await Sockets.room(server)
      let (sender, _) = try await Sockets.join(server, room, "sender")
      let (reader, _) = try await Sockets.join(server, room, "reader")
      // Small buffers in the kernel, so that little is in flight.
      let (sleeper, _) = try await Sockets.join(server, room, "sleeper", receiveBuffer: 8_192)
      try await subscribe(reader)
      try await subscribe(sleeper)
      try await sleeper.stopReading()

      // 16 KiB each, far more in all than kernel (up to 6 MiB) and outbox (1 MiB) hold.
      let text = String(repeating: "x", count: 16_000)
      let count = 600
      var all = Received(texts: [], hasLeft: false)
      for number in 0..<count {
        try await sender.send(
          .request(
            id: number + 2,
            .publish(PublishRequest(topic: "CHAT", message: .string("\(number) \(text)")))))
        // A reader who keeps up: never more behind than a quarter of what the outbox holds.
        guard (number + 1).isMultiple(of: 16) || number == count - 1 else { continue }
        await receive(number + 1, of: reader, into: &all)
      }
      // The sleeper's leaving comes somewhere among the messages, or after them.
      while !all.hasLeft, let message = await reader.message() { all.note(message) }
      var answers = 0
      while answers < count, let message = await sender.message() {
        if case .reply(_, .published) = message { answers += 1 }
      }
      #expect(answers == count)
      #expect(all.texts.map { $0.prefix { $0 != " " } } == (0..<count).map { Substring("\($0)") })

      // The server hung up while nobody read: what the kernel had comes, then the end or 4408.
      try await sleeper.startReading()
      let closing = await sleeper.closing()
      #expect(closing.code == nil || closing.code == ErrorCode.slowConsumer.number)
      #expect(all.hasLeft)
    }
  }

  @Test func `a dropped socket is resumed, and what was missed comes once and in order`()
    async throws
  {
    try await TestServer.run { server in
      let room = try await Sockets.room(server)
      let (sender, _) = try await Sockets.join(server, room, "sender")
      let (first, joined) = try await Sockets.join(server, room, "ann")
      try await subscribe(first)
      func publish(_ numbers: Range<Int>) async throws {
        for number in numbers {
          try await sender.send(
            .request(
              id: number + 2,
              .publish(PublishRequest(topic: "CHAT", message: .string("\(number)")))))
        }
        while let message = await sender.message() {
          if isReply(message, to: numbers.upperBound + 1) { break }
        }
      }

      try await publish(0..<5)
      var seen = 0
      var texts: [String] = []
      while texts.count < 5, let message = await first.message() {
        guard case .event(let seq, let event) = message else { continue }
        if seen > 0 { #expect(seq == seen + 1) }  // `subscribe` read those before
        seen = seq
        if case .pubsub(let message) = event { texts.append(message.message.string ?? "") }
      }
      await first.disconnect()
      try await publish(5..<10)

      let second = try await TestSocket.connect(port: server.port)
      try await second.send(
        .resume(id: 0, ResumeRequest(resumeToken: joined.resumeToken, seq: seen)))
      guard case .reply(id: 0, .resumed) = await second.message() else {
        Issue.record("not resumed")
        return
      }
      try await publish(10..<12)
      while texts.count < 12, let message = await second.message() {
        guard case .event(let seq, let event) = message else { continue }
        #expect(seq == seen + 1)
        seen = seq
        if case .pubsub(let message) = event { texts.append(message.message.string ?? "") }
      }
      #expect(texts == (0..<12).map { "\($0)" })

      let stranger = try await TestSocket.connect(port: server.port)
      try await stranger.send(.resume(id: 0, ResumeRequest(resumeToken: "guess", seq: 0)))
      #expect(await stranger.closing().code == ErrorCode.resumeExpired.number)
    }
  }

  private func isReply(_ message: ServerMessage?, to id: Int) -> Bool {
    switch message {
    case .reply(let number, _): number == id
    case nil: true
    default: false
    }
  }

  @Test func `a server that stops says so to every socket`() async throws {
    try await TestServer.run { server in
      let (joined, _) = try await Sockets.join(server, try await Sockets.room(server), "ann")
      let fresh = try await TestSocket.connect(port: server.port)
      await server.stop()
      #expect(await joined.closing().code == 1_001)
      #expect(await fresh.closing().code == 1_001)
    }
  }
}
