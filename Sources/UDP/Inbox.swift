internal import CLinux
internal import Glibc
package import Wire

/// Received datagrams, each lent as mutable bytes so that it can be decrypted in place.
///
/// Owns its memory, one slot per message, allocated in `init` and reused by every receive.
@safe
package struct Inbox: ~Copyable {
  struct Entry {
    var offset: Int
    var length: Int
    var address: TransportAddress
  }

  /// Longer than any datagram a peer may send us over Ethernet; longer ones are counted drops.
  package static let slotSize = 2_048
  /// With coalescing the kernel fills a slot with up to 64 KiB of equal datagrams.
  package static let coalescingSlotSize = 65_536

  /// Messages per receive.
  package let capacity: Int
  let slotSize: Int
  private let arena: UnsafeMutableRawPointer
  private let messages: UnsafeMutablePointer<stoa_message>
  private let vectors: UnsafeMutablePointer<iovec>
  private let names: UnsafeMutablePointer<sockaddr_in6>
  private let controls: UnsafeMutableRawPointer
  private var entries: [Entry] = []
  private(set) var usedSlots = 0

  /// - Parameters:
  ///   - capacity: messages per receive; 64 takes the fixed cost of the call off each.
  ///   - coalescing: room for the runs that a socket with `coalescing` receives.
  package init(capacity: Int = 64, coalescing: Bool = false) {
    self.capacity = capacity
    slotSize = coalescing ? Self.coalescingSlotSize : Self.slotSize
    unsafe arena = .allocate(byteCount: capacity * slotSize, alignment: 64)
    unsafe messages = .allocate(capacity: capacity)
    unsafe vectors = .allocate(capacity: capacity)
    unsafe names = .allocate(capacity: capacity)
    let controlSize = Int(STOA_CONTROL_SIZE)
    unsafe controls = .allocate(byteCount: capacity * controlSize, alignment: 16)
    unsafe messages.initialize(repeating: stoa_message(), count: capacity)
    unsafe names.initialize(repeating: sockaddr_in6(), count: capacity)
    entries.reserveCapacity(capacity * (coalescing ? Outbox.maximumSegments : 1))
    for index in 0..<capacity {
      unsafe (vectors + index).initialize(
        to: iovec(iov_base: arena + index * slotSize, iov_len: slotSize))
      unsafe messages[index].header.msg_iov = vectors + index
      unsafe messages[index].header.msg_iovlen = 1
      unsafe messages[index].header.msg_name = UnsafeMutableRawPointer(names + index)
    }
  }

  deinit {
    unsafe arena.deallocate()
    unsafe messages.deallocate()
    unsafe vectors.deallocate()
    unsafe names.deallocate()
    unsafe controls.deallocate()
  }

  /// Datagrams held.
  package var count: Int { entries.count }
  package var indices: Range<Int> { entries.indices }
  package var isEmpty: Bool { entries.isEmpty }
  var isFull: Bool { usedSlots >= capacity }

  /// Where datagram `index` came from.
  package func address(_ index: Int) -> TransportAddress { entries[index].address }
  package func byteCount(_ index: Int) -> Int { entries[index].length }

  /// Lends the bytes of datagram `index`, which may be overwritten.
  @_lifetime(&self)
  package mutating func datagram(_ index: Int) -> MutableRawSpan {
    let entry = entries[index]
    let bytes = unsafe MutableRawSpan(
      _unsafeStart: arena + entry.offset, byteCount: entry.length)
    return unsafe _overrideLifetime(bytes, mutating: &self)
  }

  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    usedSlots = 0
  }

  /// Copies a datagram that came over a stream into a free slot; false if there is none.
  mutating func append(_ bytes: RawSpan, from address: TransportAddress) -> Bool {
    guard !isFull, bytes.byteCount <= slotSize else { return false }
    let offset = usedSlots * slotSize
    var slot = unsafe MutableRawSpan(_unsafeStart: arena + offset, byteCount: slotSize)
    slot.copy(bytes, at: 0)
    entries.append(Entry(offset: offset, length: bytes.byteCount, address: address))
    usedSlots += 1
    return true
  }

  /// What one call to the kernel brought.
  struct Batch {
    var messages = 0
    var oversized = 0
    /// The socket had no more than was taken.
    var isDrained = false
  }

  /// Receives into the free slots with one system call.
  mutating func receive(from socket: Int32) throws(UDPError) -> Batch {
    var batch = Batch()
    let first = usedSlots
    let room = capacity - first
    guard room > 0 else { return batch }
    let controlSize = Int(STOA_CONTROL_SIZE)
    let wantsControl = slotSize == Self.coalescingSlotSize
    for index in first..<capacity {  // the kernel overwrote these lengths last time
      unsafe messages[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size)
      guard wantsControl else { continue }
      unsafe messages[index].header.msg_control = controls + index * controlSize
      unsafe messages[index].header.msg_controllen = controlSize
    }
    let result = unsafe stoa_receive_messages(socket, messages + first, UInt32(room))
    switch -result {
    case EAGAIN, EINTR:
      batch.isDrained = true
      return batch
    case ECONNREFUSED, ENETUNREACH, EHOSTUNREACH:  // an ICMP answer to something sent earlier
      return batch
    default: try check(result, .receive)
    }
    batch.messages = Int(result)
    batch.isDrained = Int(result) < room
    usedSlots = first + Int(result)
    for index in first..<usedSlots { accept(message: index, into: &batch) }
    return batch
  }

  private mutating func accept(message index: Int, into batch: inout Batch) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var port: UInt16 = 0
    guard unsafe stoa_decode_address(names + index, &high, &low, &port) else { return }
    guard unsafe messages[index].header.msg_flags & Int32(MSG_TRUNC) == 0 else {
      batch.oversized += 1
      return
    }
    let address = TransportAddress(high: high, low: low, port: port)
    let length = Int(unsafe messages[index].length)
    let start = index * slotSize
    var segment = length
    if slotSize == Self.coalescingSlotSize {
      let size = Int(unsafe stoa_segment_size(messages + index))
      if size > 0 { segment = size }
    }
    var offset = 0
    repeat {  // once, also for an empty datagram
      let size = min(segment, length - offset)
      entries.append(Entry(offset: start + offset, length: size, address: address))
      offset += max(size, 1)
    } while offset < length
  }
}
