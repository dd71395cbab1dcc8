import Wire

/// The last packets of a stream as they were before encryption, to be sent again on request.
struct SendHistory: Sendable {
  struct Entry: Sendable {
    /// -1 in a slot never used.
    var index: Int64 = -1
    var headerLength = 0
    var length = 0
  }

  /// A second of 3 Mbit/s; what is asked for later than that is no use.
  static let capacity = 256
  /// No packet we make is longer.
  static let slotSize = 1_280

  private var bytes: [UInt8] = []
  private var entries = [Entry](repeating: Entry(), count: capacity)

  private static func slot(of index: Int64) -> Int { Int(index & Int64(capacity - 1)) }

  mutating func store(_ packet: RawSpan, headerLength: Int, index: Int64) {
    guard packet.byteCount <= Self.slotSize else { return }
    // Most streams are never written to; their memory is not taken before.
    if bytes.isEmpty { bytes = [UInt8](repeating: 0, count: Self.capacity * Self.slotSize) }
    let slot = Self.slot(of: index)
    entries[slot] = Entry(index: index, headerLength: headerLength, length: packet.byteCount)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    raw.copy(packet, at: slot * Self.slotSize)
  }

  /// The packet with this index, if it is still here.
  func entry(_ index: Int64) -> Entry? {
    guard index >= 0 else { return nil }
    let entry = entries[Self.slot(of: index)]
    return entry.index == index ? entry : nil
  }

  /// A copy of what `entry` has just given; few packets are asked for again.
  func packet(_ entry: Entry) -> [UInt8] {
    let start = Self.slot(of: entry.index) * Self.slotSize
    return Array(bytes[start..<start + entry.length])
  }
}
