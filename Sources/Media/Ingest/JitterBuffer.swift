package import Wire

/// Puts the packets of one RTP stream in order, waiting a bounded time for those that are missing.
///
/// In: `insert`. Out: `next`, until it gives `nil`; and `deadline`, when to call it again though nothing
/// came. Holds at most `capacity` packets and `maximumBytes` of payload: when full, what is missing
/// is given up early.
package struct JitterBuffer: Sendable {
  /// One packet, in its place.
  package struct Packet: Sendable, Equatable {
    package var timestamp: UInt32
    package var marker: Bool
    package var payload: [UInt8]
    package var arrival: MonotonicTime
  }

  /// What comes next in the stream.
  package enum Step: Sendable, Equatable {
    case packet(Packet)
    /// This many packets are missing for good, or a new stream of numbers begins (0).
    case gap(Int64)
  }

  /// What became of an inserted packet.
  package enum Insertion: Sendable, Equatable {
    case taken, duplicate
    /// Given up before, or of a jump that no second packet confirmed yet.
    case ignored
  }

  /// Packets, a power of two; a 4K keyframe at 20 Mbit/s has about 500.
  package static let capacity = 2_048
  /// Of payload.
  package static let maximumBytes = 4 << 20
  /// Packets; a longer step is believed when a second packet confirms it (RFC 3550 appendix A.1).
  ///
  /// Less than the quarter of the capacity that is free after each `next`.
  private static let maximumStep = 500

  /// How long a missing packet is waited for, from when the next one came.
  package let patience: Nanoseconds
  private var slots: [Packet?]
  /// The index handed out next; `nil` before the first packet.
  private var head: Int64?
  /// One above the highest index inserted.
  private var end: Int64 = 0
  private var held = 0
  package private(set) var byteCount = 0
  /// Where the stream would go on after a jump.
  private var expectedAfterJump: SequenceNumber?
  private var pendingGap: Int64?

  package init(patience: Nanoseconds) {
    self.patience = patience
    slots = Array(repeating: nil, count: Self.capacity)
  }

  /// Packets held.
  package var count: Int { held }

  /// When `next` gives up what is missing; distant if nothing is.
  package var deadline: MonotonicTime {
    guard let head, held > 0, slots[slot(head)] == nil, let first = firstHeld else {
      return .distantFuture
    }
    return first.arrival + patience
  }

  /// Takes one packet.
  package mutating func insert(
    sequence: SequenceNumber, timestamp: UInt32, marker: Bool, payload: RawSpan,
    at now: MonotonicTime
  ) -> Insertion {
    let packet = Packet(
      timestamp: timestamp, marker: marker,
      payload: unsafe payload.withUnsafeBytes { unsafe Array($0) }, arrival: now)
    guard let head else {
      restart(at: Int64(sequence.rawValue))
      return place(packet, at: Int64(sequence.rawValue))
    }
    let highest = end - 1
    let step = sequence.distance(from: SequenceNumber(UInt16(truncatingIfNeeded: highest)))
    guard abs(step) <= Self.maximumStep else {
      guard expectedAfterJump == sequence else {
        expectedAfterJump = sequence.advanced(by: 1)
        return .ignored
      }
      clear()
      restart(at: Int64(sequence.rawValue))
      pendingGap = 0
      return place(packet, at: Int64(sequence.rawValue))
    }
    let index = highest + Int64(step)
    guard index >= head else { return .ignored }
    guard slots[slot(index)] == nil || index >= end else { return .duplicate }
    expectedAfterJump = nil
    return place(packet, at: index)
  }

  /// The next packet in order, or that one is missing for good; `nil` if it is to be waited for.
  package mutating func next(at now: MonotonicTime) -> Step? {
    if let gap = pendingGap {
      pendingGap = nil
      return .gap(gap)
    }
    guard var head, held > 0 else { return nil }
    if let packet = slots[slot(head)] {
      slots[slot(head)] = nil
      held -= 1
      byteCount -= packet.payload.count
      self.head = head + 1
      return .packet(packet)
    }
    guard let first = firstHeld, now >= first.arrival + patience || isFull else { return nil }
    let start = head
    while slots[slot(head)] == nil { head += 1 }
    self.head = head
    return .gap(head - start)
  }

  private var isFull: Bool {
    byteCount > Self.maximumBytes || end - (head ?? 0) > Int64(Self.capacity * 3 / 4)
  }

  private var firstHeld: Packet? {
    guard var index = head else { return nil }
    while index < end {
      if let packet = slots[slot(index)] { return packet }
      index += 1
    }
    return nil
  }

  private func slot(_ index: Int64) -> Int { Int(index & Int64(Self.capacity - 1)) }

  private mutating func place(_ packet: Packet, at index: Int64) -> Insertion {
    // Holds as long as `next` is called until it gives `nil` after each packet.
    guard let head, index - head < Int64(Self.capacity) else { return .ignored }
    slots[slot(index)] = packet
    end = max(end, index + 1)
    held += 1
    byteCount += packet.payload.count
    return .taken
  }

  private mutating func restart(at index: Int64) {
    head = index
    end = index + 1
    expectedAfterJump = nil
  }

  private mutating func clear() {
    for index in slots.indices { slots[index] = nil }
    held = 0
    byteCount = 0
  }
}
