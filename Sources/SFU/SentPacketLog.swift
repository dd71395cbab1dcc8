public import Wire

/// What was sent under each of a subscriber's recent packet indices, without the bytes.
///
/// Enough to build the very same packet again from the source's `PacketRing`: a GCM nonce must never
/// cover two different packets (RFC 7714 §8.4), so a plain repetition has to be identical.
@safe
public struct SentPacketLog: ~Copyable {
  public struct Entry: Sendable {
    /// The index sent; -1 in a slot never used.
    public var index: Int64 = -1
    /// The packet's index in its source stream, and that stream's slot.
    public var source: Int64 = 0
    public var stream: Int32 = 0
    public var timestampOffset: UInt32 = 0
    public var absoluteSendTime: UInt32 = 0
    public var pictureOffset: UInt16 = 0
    public var levelOffset: UInt8 = 0
    public var padding: UInt8 = 0
    /// When it was last sent again, in milliseconds of the low 32 bits of the clock; 0 for never.
    public var repeatedAt: UInt32 = 0

    public init() {}
  }

  /// Packets; with the ring's second of media more would find nothing.
  public static let capacity = 256
  private let entries: UnsafeMutablePointer<Entry>

  public init() {
    unsafe entries = .allocate(capacity: Self.capacity)
    unsafe entries.initialize(repeating: Entry(), count: Self.capacity)
  }

  deinit { unsafe entries.deallocate() }

  private func slot(of index: Int64) -> Int {
    Int(truncatingIfNeeded: index) & (Self.capacity - 1)
  }

  public mutating func record(_ entry: Entry) {
    unsafe entries[slot(of: entry.index)] = entry
  }

  public func entry(_ index: Int64) -> Entry? {
    let entry = unsafe entries[slot(of: index)]
    return entry.index == index ? entry : nil
  }

  /// Notes a repetition; false if the last one is younger than `interval` and may still arrive.
  public mutating func mayRepeat(
    _ index: Int64, at now: MonotonicTime, interval: Nanoseconds
  ) -> Bool {
    let milliseconds = max(UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000), 1)
    let slot = slot(of: index)
    let last = unsafe entries[slot].repeatedAt
    if last != 0, Int64(milliseconds &- last) < interval.milliseconds { return false }
    unsafe entries[slot].repeatedAt = milliseconds
    return true
  }
}
