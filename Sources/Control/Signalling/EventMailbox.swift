import Wire

/// The events of one participant: numbered, and remembered for a socket that comes back.
struct EventMailbox: Sendable {
  /// What adding an event did.
  enum Outcome: Sendable {
    /// Numbered; to be written to the socket, if there is one.
    case added(OutboundFrame)
    /// Nobody reads, and there is no more room to remember it.
    case full
  }

  private struct Entry: Sendable {
    var seq: Int
    var time: MonotonicTime
    var body: SharedBody
  }
  private var entries = FIFO<Entry>()
  private var bytes = 0
  private let maximumCount: Int
  private let maximumBytes: Int

  /// The number of the last event; 0 before the first.
  private(set) var lastSeq = 0
  /// The last event that was handed to a socket; later ones must not be forgotten.
  private var lastHandedOver = 0

  init(limits: SignallingLimits) {
    // Less than an outbox takes, so that all of it fits into the outbox of a new socket.
    maximumCount = limits.waitingMessages * 9 / 10
    maximumBytes = limits.waitingBytes
  }

  mutating func add(
    _ body: SharedBody, at now: MonotonicTime, isConnected: Bool
  ) -> Outcome {
    while entries.count >= maximumCount || bytes + body.bytes.count > maximumBytes {
      guard let oldest = entries.first else { break }
      if !isConnected, oldest.seq > lastHandedOver { return .full }
      removeFirst()
    }
    lastSeq += 1
    if isConnected { lastHandedOver = lastSeq }
    entries.append(Entry(seq: lastSeq, time: now, body: body))
    bytes += body.bytes.count
    return .added(Self.frame(lastSeq, body))
  }

  /// The events after `seq`, for a new socket; `nil` if some are forgotten or never were.
  mutating func replay(after seq: Int) -> [OutboundFrame]? {
    guard (0...lastSeq).contains(seq) else { return nil }
    if seq < lastSeq, (entries.first?.seq ?? .max) > seq + 1 { return nil }
    lastHandedOver = lastSeq
    return entries.elements.filter { $0.seq > seq }.map { Self.frame($0.seq, $0.body) }
  }

  /// Forgets what a client that still lives must have read.
  mutating func forget(before time: MonotonicTime) {
    while let oldest = entries.first, oldest.time < time, oldest.seq <= lastHandedOver {
      removeFirst()
    }
  }

  private mutating func removeFirst() {
    if let entry = entries.popFirst() { bytes -= entry.body.bytes.count }
  }

  private static func frame(_ seq: Int, _ body: SharedBody) -> OutboundFrame {
    OutboundFrame(head: "{\"seq\":\(seq),", body: body)
  }
}
