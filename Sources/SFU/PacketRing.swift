public import Wire

/// The last packets of one stream, decrypted, for forwarding and retransmission.
///
/// Bytes lie one after another in a circular arena; a table finds them by packet index. A packet
/// is gone when either has wrapped over it. Memory is only touched as packets arrive.
@safe
public struct PacketRing: ~Copyable {
  @usableFromInline struct Entry {
    /// The unwrapped sequence number; -1 in a slot never used.
    @usableFromInline var index: Int64 = -1
    /// Bytes since the ring was made, at which the packet starts.
    @usableFromInline var position: Int64 = 0
    @usableFromInline var length: Int32 = 0
    @usableFromInline var info = PacketInfo()
  }

  @usableFromInline let arena: UnsafeMutableRawPointer
  @usableFromInline let entries: UnsafeMutablePointer<Entry>
  public let byteCapacity: Int
  public let packetCapacity: Int
  @usableFromInline var head: Int64 = 0

  /// - Parameters:
  ///   - byteCapacity: at least one second at the stream's rate, so that a repair asked for late is there.
  ///   - packetCapacity: a power of two.
  public init(byteCapacity: Int, packetCapacity: Int) {
    precondition(packetCapacity > 0 && packetCapacity & (packetCapacity - 1) == 0)
    self.byteCapacity = byteCapacity
    self.packetCapacity = packetCapacity
    unsafe arena = .allocate(byteCount: byteCapacity, alignment: 64)
    unsafe entries = .allocate(capacity: packetCapacity)
    unsafe entries.initialize(repeating: Entry(), count: packetCapacity)
  }

  /// One second at 2 Mbit/s; a 720p layer of a browser stays below.
  public static func video() -> PacketRing {
    PacketRing(byteCapacity: 256 << 10, packetCapacity: 256)
  }

  /// Audio is never retransmitted; this only has to outlast one batch of datagrams.
  public static func audio() -> PacketRing {
    PacketRing(byteCapacity: 32 << 10, packetCapacity: 64)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe arena.deallocate()
  }

  @inlinable func slot(of index: Int64) -> Int {
    Int(truncatingIfNeeded: index) & (packetCapacity - 1)
  }

  /// Whether the packet is still here.
  @inlinable public func contains(_ index: Int64) -> Bool {
    let entry = unsafe entries + slot(of: index)
    return unsafe entry.pointee.index == index
      && head - entry.pointee.position <= Int64(byteCapacity)
  }

  /// Whether a packet is too old to be told from one that came before.
  @inlinable public func isTooOld(_ index: Int64) -> Bool {
    unsafe entries[slot(of: index)].index > index
  }

  /// Stores a copy of a packet; the caller has checked `contains` and `isTooOld`.
  public mutating func store(_ packet: RawSpan, index: Int64, info: PacketInfo) {
    let length = packet.byteCount
    guard length <= byteCapacity else { return }
    var offset = Int(head % Int64(byteCapacity))
    if offset + length > byteCapacity {  // never split a packet
      head += Int64(byteCapacity - offset)
      offset = 0
    }
    unsafe packet.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress {
        unsafe (arena + offset).copyMemory(from: source, byteCount: length)
      }
    }
    unsafe entries[slot(of: index)] = Entry(
      index: index, position: head, length: Int32(length), info: info)
    head += Int64(length)
  }

  /// What was parsed from a packet that `contains` has just confirmed.
  @inlinable public func info(_ index: Int64) -> PacketInfo {
    unsafe entries[slot(of: index)].info
  }

  /// The bytes of a packet that `contains` has just confirmed.
  @inlinable
  @_lifetime(borrow self)
  public func bytes(_ index: Int64) -> RawSpan {
    let entry = unsafe entries + slot(of: index)
    let offset = unsafe Int(entry.pointee.position % Int64(byteCapacity))
    let span = unsafe RawSpan(
      _unsafeStart: arena + offset, byteCount: Int(entry.pointee.length))
    return unsafe _overrideLifetime(span, borrowing: self)
  }
}
