import Signal
import Synchronization
import UDP
import Wire

/// One socket of a messaging load: joins without media, publishes, and checks all that it gets.
///
/// It speaks the protocol by hand, because the checks need the event numbers, and because it has to
/// cost little beside the server.
final class PubSubMember: Sendable {
  static let topic = "load"

  /// What one member saw.
  struct Tally: Sendable {
    var received: UInt64 = 0
    /// Events whose number did not follow on the one before, and messages out of their sender's
    /// order.
    var disordered: UInt64 = 0
    var published: UInt64 = 0
    /// Answers `published`.
    var confirmed: UInt64 = 0
    var errors: [String] = []
    /// Differs between two members who got the same messages in another order.
    var order: UInt64 = 0
    var latency = LatencyHistogram()
    var isClosed = false
  }

  private struct State: Sendable {
    var tally = Tally()
    var lastSeq = 0
    var nextID = 1
    /// By sender: the number of the next message.
    var expected: [Int: UInt64] = [:]
    var isJoined = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  let number: Int
  private let state = Mutex(State())
  private let connection = Mutex<WebSocketConnection?>(nil)

  init(number: Int) { self.number = number }

  /// Joins the room and subscribes to the topic.
  ///
  /// - Throws: `unreachable`, or `refused` with what the server said.
  func join(_ room: String, server: ServerURL, token: String) async throws(SignallingError) {
    let opened = try await WebSocketConnection.open(to: server) { [self] in receive($0) }
    connection.withLock { $0 = opened }
    opened.send(
      SignalJSON.encode(
        ClientMessage.join(
          id: 1,
          JoinRequest(
            token: token, meetingID: room, participantID: "load-\(number)",
            mode: .signallingOnly))))
    opened.send(
      SignalJSON.encode(ClientMessage.request(id: 2, .subscribe(topic: Self.topic))))
    state.withLock { $0.nextID = 3 }
    let timer = Task { [self] in  // ends by itself or with the join
      try await Task.sleep(for: .seconds(15))
      wake { $0.errors.append("no answer to join in 15 s") }
    }
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.isJoined || state.tally.isClosed { return true }
        state.waiting = continuation
        return false
      }
      if isDone { continuation.resume() }
    }
    timer.cancel()
    guard state.withLock({ $0.isJoined }) else {
      throw .unexpectedReply
    }
  }

  /// Sends the next message, stamped with the time.
  func publish() {
    let (id, count) = state.withLock { state in
      defer {
        state.nextID += 1
        state.tally.published += 1
      }
      return (state.nextID, state.tally.published)
    }
    let stamp = "@\(number) \(count) \(MonotonicTime.now.nanoseconds)@"
    let text =
      #"{"type":"publish","id":\#(id),"topic":"\#(Self.topic)","message":"\#(stamp)"}"#
    connection.withLock { $0 }?.send(Array(text.utf8))
  }

  func leave() {
    let id = state.withLock { $0.nextID }
    guard let connection = connection.withLock({ $0 }) else { return }
    connection.send(SignalJSON.encode(ClientMessage.request(id: id, .leave)))
    connection.close()
  }

  var tally: Tally { state.withLock { $0.tally } }

  // MARK: Receiving

  private func receive(_ input: WebSocketConnection.Input) {
    switch input {
    case .closed: wake { $0.isClosed = true }
    case .text(let text): receive(text, at: .now)
    }
  }

  private func receive(_ text: [UInt8], at now: MonotonicTime) {
    if text.starts(with: Self.event) {
      let seq = Self.number(in: text, from: Self.event.count).map { Int($0.value) }
      let stamp = Stamp(in: text)
      state.withLock { state in
        if seq != state.lastSeq + 1 { state.tally.disordered += 1 }
        state.lastSeq = seq ?? state.lastSeq
        if let stamp { Self.note(stamp, at: now, &state) }
      }
    } else if text.starts(with: Self.reply) {
      if Self.contains(text, #""type":"published""#) {
        state.withLock { $0.tally.confirmed += 1 }
      } else if Self.contains(text, #""type":"history""#) {
        wake(joined: true) { _ in }
      } else if Self.contains(text, #""type":"error""#) {
        let words = String(decoding: text.prefix(200), as: UTF8.self)
        wake { if $0.errors.count < 3 { $0.errors.append(words) } }
      }
    }
  }

  private static func note(_ stamp: Stamp, at now: MonotonicTime, _ state: inout State) {
    state.tally.received += 1
    state.tally.latency.record(Nanoseconds(now.nanoseconds &- stamp.sentAt))
    state.tally.order =
      (state.tally.order &* 0x1_0000_0001_B3) ^ (UInt64(stamp.sender) << 32 | stamp.count)
    // A member who came later does not know how many there were before.
    let expected = state.expected[stamp.sender] ?? stamp.count
    if stamp.count != expected { state.tally.disordered += 1 }
    state.expected[stamp.sender] = max(expected, stamp.count + 1)
  }

  private func wake(joined: Bool = false, _ change: (inout Tally) -> Void) {
    let waiting = state.withLock { state in
      defer { state.waiting = nil }
      change(&state.tally)
      if joined { state.isJoined = true }
      return state.waiting
    }
    waiting?.resume()
  }

  // MARK: Reading

  private static let event = Array(#"{"seq":"#.utf8)
  private static let reply = Array(#"{"id":"#.utf8)

  /// What a message of ours says: `@SENDER COUNT NANOSECONDS@`.
  private struct Stamp {
    let sender: Int
    /// From 1.
    let count: UInt64
    let sentAt: Int64

    init?(in text: [UInt8]) {
      guard let mark = text.firstIndex(of: UInt8(ascii: "@")),
        let sender = PubSubMember.number(in: text, from: mark + 1),
        let count = PubSubMember.number(in: text, from: sender.end + 1),
        let time = PubSubMember.number(in: text, from: count.end + 1)
      else { return nil }
      self.sender = Int(clamping: sender.value)
      self.count = count.value
      sentAt = Int64(clamping: time.value)
    }
  }

  /// The decimal number at a place, and where it ends.
  private static func number(
    in text: [UInt8], from start: Int
  ) -> (value: UInt64, end: Int)? {
    var value: UInt64 = 0
    var index = start
    while index < text.count, case let digit = text[index] &- UInt8(ascii: "0"), digit < 10 {
      value = value &* 10 &+ UInt64(digit)
      index += 1
    }
    return index > start ? (value, index) : nil
  }

  private static func contains(_ text: [UInt8], _ part: String) -> Bool {
    // Types stand at the end of an object; its beginning may be as long as a history.
    String(decoding: text.suffix(200), as: UTF8.self).contains(part)
      || String(decoding: text.prefix(200), as: UTF8.self).contains(part)
  }
}
