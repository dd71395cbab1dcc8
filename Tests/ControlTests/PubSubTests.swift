import Control
import Signal
import Testing

@Suite struct PubSubTests {
  private func messages(_ room: RoomHarness, _ connection: ConnectionID) -> [PubSubMessage] {
    room.events(connection).compactMap { event in
      if case .pubsub(let message) = event { message } else { nil }
    }
  }

  private func history(
    _ room: RoomHarness, _ connection: ConnectionID, _ id: Int
  )
    -> [JSONValue]
  {
    guard case .reply(_, .history(_, let messages))? = room.answers(connection, to: id).first else {
      return ["no history"]
    }
    return messages.map(\.message)
  }

  private func publish(
    _ message: JSONValue, topic: String = "t", persist: Bool = false, sendOnly: [String]? = nil,
    payload: JSONValue? = nil
  ) -> ClientRequest {
    .publish(
      PublishRequest(
        topic: topic, message: message, persist: persist, sendOnly: sendOnly, payload: payload))
  }

  @Test func `subscribers get a message as it was sent, the sender too`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let cid = room.join("cid")
    room.request(.subscribe(topic: "t"), id: 2, ann)
    room.request(.subscribe(topic: "t"), id: 2, bob)
    room.request(publish("h\"é\u{1F600}", payload: ["n": [1, .number(2.5), nil]]), id: 3, ann)

    let message = try #require(messages(room, bob).first)
    #expect(message.message == "h\"é\u{1F600}")
    #expect(message.payload == ["n": [1, .number(2.5), nil]])
    #expect(message.senderID == "ann")
    #expect(message.senderName == "ANN")
    #expect(message.timestamp == 1_700_000_000_000)
    #expect(messages(room, ann) == [message])
    #expect(messages(room, cid) == [])
    #expect(
      room.answers(ann, to: 3) == [
        .reply(id: 3, .published(messageID: message.messageID, timestamp: message.timestamp))
      ])
  }

  @Test func `what a client may nest can be read by all who get it`() throws {
    var value: JSONValue = 1
    for _ in 0..<JSONParser.clientDepth - 1 { value = [value] }
    let text = SignalJSON.encode(
      ClientMessage.request(
        id: 3, .publish(PublishRequest(topic: "t", message: value, persist: true))))
    let message = try SignalJSON.decode(
      ClientMessage.self, from: text, maximumDepth: JSONParser.clientDepth)
    guard case .request(_, let request) = message else { return }
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.request(request, id: 2, ann)
    room.request(.subscribe(topic: "t"), id: 3, ann)
    #expect(history(room, ann, 3) == [value])  // the harness reads it as a client would
  }

  @Test func `nothing comes after unsubscribing`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.request(.subscribe(topic: "t"), id: 2, ann)
    room.request(.unsubscribe(topic: "t"), id: 3, ann)
    room.request(publish("x"), id: 4, ann)
    #expect(messages(room, ann) == [])
  }

  @Test func `all see one order`() throws {
    var room = try RoomHarness()
    let all = ["ann", "bob", "cid"].map { room.join($0) }
    for connection in all { room.request(.subscribe(topic: "t"), id: 2, connection) }
    for round in 0..<50 {
      for connection in all {
        room.request(publish(.integer(Int64(round))), id: 3 + round, connection)
      }
    }
    let orders = all.map { messages(room, $0).map(\.messageID) }
    #expect(orders[0].count == 150)
    #expect(orders[0] == orders[1] && orders[1] == orders[2])
  }

  @Test func `sendOnly reaches only those named`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    let bob = room.join("bob")
    let cid = room.join("cid")
    for connection in [ann, bob, cid] { room.request(.subscribe(topic: "t"), id: 2, connection) }
    room.request(publish("secret", persist: true, sendOnly: ["bob"]), id: 3, ann)
    room.request(publish("all", persist: true), id: 4, ann)

    #expect(messages(room, bob).map(\.message) == ["secret", "all"])
    #expect(messages(room, cid).map(\.message) == ["all"])
    #expect(messages(room, ann).map(\.message) == ["all"])
    for (connection, expected) in [
      (ann, ["secret", "all"]), (bob, ["secret", "all"]), (cid, ["all"]),
    ]
      as [(ConnectionID, [JSONValue])]
    {
      room.request(.subscribe(topic: "t"), id: 10, connection)
      #expect(history(room, connection, 10) == expected)
    }
  }

  @Test func `late subscribers get what persists, in order, and nothing of another session`() throws
  {
    var room = try RoomHarness()
    let ann = room.join("ann")
    for number in 0..<20 {
      room.request(publish(.integer(Int64(number)), persist: number % 2 == 0), id: 2 + number, ann)
    }
    let bob = room.join("bob")
    room.request(.subscribe(topic: "t"), id: 2, bob)
    #expect(history(room, bob, 2) == (0..<10).map { .integer($0 * 2) })

    room.request(.end, id: 50, ann)
    let cid = room.join("cid")
    room.request(.subscribe(topic: "t"), id: 2, cid)
    #expect(history(room, cid, 2) == [])
  }

  @Test func `a repeated subscribe gets the same history although more was said`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.request(publish("one", persist: true), id: 2, ann)
    room.request(.subscribe(topic: "t"), id: 3, ann)
    room.request(publish("two", persist: true), id: 4, ann)
    room.request(.subscribe(topic: "t"), id: 3, ann)
    let replies = room.answers(ann, to: 3)
    #expect(replies.count == 2 && replies[0] == replies[1])
  }

  @Test func `history is bounded by count per topic and by bytes in all`() throws {
    var limits = PubSubLimits.standard
    limits.historyPerTopic = 3
    limits.historyBytes = 5_000
    var room = try RoomHarness(pubSub: limits)
    let ann = room.join("ann")
    for number in 0..<5 {
      room.request(publish(.integer(Int64(number)), persist: true), id: 2 + number, ann)
    }
    room.request(.subscribe(topic: "t"), id: 20, ann)
    #expect(history(room, ann, 20) == [2, 3, 4])

    let long = JSONValue.string(String(repeating: "x", count: 1_000))
    for number in 0..<6 {
      room.request(publish(long, topic: "u\(number)", persist: true), id: 30 + number, ann)
    }
    room.request(.subscribe(topic: "t"), id: 40, ann)
    #expect(history(room, ann, 40) == [])  // the oldest went first
    room.request(.subscribe(topic: "u5"), id: 41, ann)
    #expect(history(room, ann, 41) == [long])
    var stored: Set<Int> = []
    for change in room.changes {
      if case .message(_, let record) = change { stored.insert(record.ordinal) }
      if case .messagesForgotten(_, let ordinals) = change { stored.subtract(ordinals) }
    }
    #expect(stored.count == 3)  // of 1,000 bytes and their words, three fit
  }

  @Test func `one old message does not make a busy topic grow without bound`() throws {
    var limits = PubSubLimits.standard
    limits.historyPerTopic = 2
    var history = try RoomHarness(pubSub: limits)
    let ann = history.join("ann", mode: .signallingOnly)
    history.request(publish("old", topic: "quiet", persist: true), id: 2, ann)
    for number in 0..<5_000 {
      history.request(publish("x", topic: "busy", persist: true), id: 3 + number, ann)
      history.received = [:]
      history.changes = []
    }
    history.request(.subscribe(topic: "quiet"), id: 10_000, ann)
    #expect(self.history(history, ann, 10_000) == ["old"])
  }

  @Test func `limits are refused in words`() throws {
    var limits = PubSubLimits.standard
    limits.topicsPerParticipant = 2
    var room = try RoomHarness(pubSub: limits)
    let ann = room.join("ann")
    let tooLong = JSONValue.string(String(repeating: "x", count: 32 * 1024))
    let refused: [ClientRequest] = [
      publish("x", topic: ""), publish("x", topic: String(repeating: "t", count: 129)),
      publish(tooLong), publish("x", payload: ["a": tooLong]),
      publish("x", sendOnly: Array(repeating: "bob", count: 1_001)),
      publish("x", sendOnly: ["a b"]), .subscribe(topic: ""),
    ]
    for (index, request) in refused.enumerated() {
      room.request(request, id: 2 + index, ann)
      #expect(room.errorCode(ann, to: 2 + index) == 3073)
    }
    room.request(.subscribe(topic: "1"), id: 20, ann)
    room.request(.subscribe(topic: "2"), id: 21, ann)
    room.request(.subscribe(topic: "2"), id: 22, ann)
    room.request(.subscribe(topic: "3"), id: 23, ann)
    #expect(history(room, ann, 22) == [])
    #expect(room.errorCode(ann, to: 23) == 3073)
  }

  @Test func `nothing is promised to persist while the store is behind`() throws {
    var room = try RoomHarness()
    let ann = room.join("ann")
    room.state.backlog = .refusesPersistence
    room.request(publish("x", persist: true), id: 2, ann)
    room.request(publish("x"), id: 3, ann)
    room.state.backlog = .refusesAll
    room.request(publish("x"), id: 4, ann)
    #expect(room.errorCode(ann, to: 2) == 4500)
    #expect(room.errorCode(ann, to: 3) == nil)
    #expect(room.errorCode(ann, to: 4) == 4500)
  }
}
