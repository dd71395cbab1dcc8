import Signal

/// The persisted messages of one session, for those who subscribe late.
struct PubSubHistory: Sendable {
  private struct Entry: Sendable {
    var ordinal: Int
    var json: [UInt8]
    var senderID: String
    var sendOnly: Set<String>?

    /// Some words of bookkeeping per message, so that tiny ones cannot grow without bound.
    var cost: Int { json.count + 128 }
  }
  private var topics: [String: FIFO<Entry>] = [:]
  /// Oldest first, over all topics; may name messages that are gone already.
  private var order = FIFO<(topic: String, ordinal: Int)>()
  private var count = 0
  private var bytes = 0
  private let limits: PubSubLimits

  /// The place of the last message in the session; 0 before the first.
  private(set) var lastOrdinal = 0

  init(limits: PubSubLimits) { self.limits = limits }

  /// Keeps a message, `json` being what the event has; gives the ordinals of those that had to go.
  mutating func append(
    _ json: [UInt8], topic: String, senderID: String, sendOnly: [String]?
  ) -> [Int] {
    lastOrdinal += 1
    let entry = Entry(
      ordinal: lastOrdinal, json: json, senderID: senderID, sendOnly: sendOnly.map(Set.init))
    topics[topic, default: FIFO()].append(entry)
    order.append((topic, lastOrdinal))
    count += 1
    bytes += entry.cost

    var forgotten: [Int] = []
    while topics[topic, default: FIFO()].count > limits.historyPerTopic {
      forgetFirst(of: topic, &forgotten)
    }
    while bytes > limits.historyBytes, let oldest = order.popFirst() {
      if topics[oldest.topic]?.first?.ordinal == oldest.ordinal {
        forgetFirst(of: oldest.topic, &forgotten)
      }
    }
    if order.count > 2 * count + 1_024 {  // mostly names of messages that are gone
      let topics = topics
      order.removeAll { name in (topics[name.topic]?.first?.ordinal ?? .max) > name.ordinal }
    }
    return forgotten
  }

  /// The JSON of a topic's messages that a participant may see, up to `ordinal`, oldest first.
  func messages(topic: String, for participantID: String, through ordinal: Int) -> [[UInt8]] {
    guard let entries = topics[topic]?.elements else { return [] }
    return entries.filter { entry in
      entry.ordinal <= ordinal
        && (entry.sendOnly.map { $0.contains(participantID) || entry.senderID == participantID }
          ?? true)
    }.map(\.json)
  }

  private mutating func forgetFirst(of topic: String, _ forgotten: inout [Int]) {
    guard let entry = topics[topic]?.popFirst() else { return }
    if topics[topic]?.isEmpty == true { topics[topic] = nil }
    count -= 1
    bytes -= entry.cost
    forgotten.append(entry.ordinal)
  }
}
