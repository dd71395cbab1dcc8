/// Datagrams waiting to be sent, packed one after another in one arena.
///
/// Datagrams of equal size to one address, appended in a row, become one *run*, which a socket can
/// hand to the kernel as one segmented write (UDP_SEGMENT). The last datagram of a run may be
/// shorter. Owns its memory; allocates only in `init`.
@safe
public struct Outbox: ~Copyable {
  /// Equal-sized datagrams to one address, back to back in the arena.
  public struct Run: Sendable {
    public var address: TransportAddress
    /// Bytes from the start of the arena.
    public var offset: Int
    public var byteCount: Int
    /// Size of every datagram but the last, which has what remains.
    public var segmentSize: Int
    public var segmentCount: Int
    /// A datagram shorter than `segmentSize` has ended the run.
    public var isClosed: Bool
  }

  /// UDP_SEGMENT takes at most 64 segments on older kernels, and one IP datagram of 65,535 bytes.
  public static let maximumSegments = 64
  public static let maximumRunBytes = 65_000
  /// The longest datagram anyone here sends: an Ethernet payload.
  public static let maximumDatagram = 1_500

  @usableFromInline let arena: UnsafeMutableRawPointer
  public let capacity: Int
  public private(set) var byteCount = 0
  public private(set) var datagramCount = 0
  public private(set) var runs: [Run] = []
  private var reservedAddress: TransportAddress?

  /// - Parameter capacity: bytes; 256 KiB holds a tick of the largest rooms and stays in the L2 cache.
  public init(capacity: Int = 256 << 10) {
    unsafe arena = .allocate(byteCount: capacity, alignment: 64)
    self.capacity = capacity
    runs.reserveCapacity(capacity / 256)
  }

  deinit { unsafe arena.deallocate() }

  public var isEmpty: Bool { runs.isEmpty }
  /// Another datagram of full size may not fit: send and `removeAll` first.
  public var isFull: Bool { byteCount + Self.maximumDatagram > capacity }

  /// Lends room for one datagram to `address`; `commit` makes it part of the outbox.
  ///
  /// The outbox must not be full. What is not committed is overwritten by the next `reserve`.
  @_lifetime(&self)
  public mutating func reserve(to address: TransportAddress) -> MutableRawSpan {
    precondition(!isFull, "reserve in a full outbox")
    reservedAddress = address
    let slot = unsafe MutableRawSpan(
      _unsafeStart: arena + byteCount, byteCount: Self.maximumDatagram)
    return unsafe _overrideLifetime(slot, mutating: &self)
  }

  /// Ends the datagram lent by the last `reserve`; `length` is 1...`maximumDatagram`.
  public mutating func commit(length: Int) {
    guard let address = reservedAddress, length > 0, length <= Self.maximumDatagram else { return }
    reservedAddress = nil
    let last = runs.count - 1
    if last >= 0, !runs[last].isClosed, length <= runs[last].segmentSize,
      runs[last].address == address, runs[last].segmentCount < Self.maximumSegments,
      runs[last].byteCount + length <= Self.maximumRunBytes
    {
      runs[last].byteCount += length
      runs[last].segmentCount += 1
      runs[last].isClosed = length < runs[last].segmentSize
    } else {
      runs.append(
        Run(
          address: address, offset: byteCount, byteCount: length, segmentSize: length,
          segmentCount: 1, isClosed: false))
    }
    byteCount += length
    datagramCount += 1
  }

  /// Copies a whole datagram in; dropped if it is empty, too long or the outbox is full.
  public mutating func append(_ datagram: RawSpan, to address: TransportAddress) {
    let length = datagram.byteCount
    guard length > 0, length <= Self.maximumDatagram, !isFull else { return }
    var slot = reserve(to: address)
    slot.copy(datagram, at: 0)
    commit(length: length)
  }

  /// The bytes of one run.
  @_lifetime(borrow self)
  public func bytes(of run: Run) -> RawSpan {
    let bytes = unsafe RawSpan(_unsafeStart: arena + run.offset, byteCount: run.byteCount)
    return unsafe _overrideLifetime(bytes, borrowing: self)
  }

  /// Calls `body` with each datagram, in the order they were appended.
  public func forEachDatagram(_ body: (TransportAddress, RawSpan) -> Void) {
    for run in runs {
      var offset = run.offset
      let end = run.offset + run.byteCount
      while offset < end {
        let length = min(run.segmentSize, end - offset)
        body(run.address, unsafe RawSpan(_unsafeStart: arena + offset, byteCount: length))
        offset += length
      }
    }
  }

  public mutating func removeAll() {
    runs.removeAll(keepingCapacity: true)
    byteCount = 0
    datagramCount = 0
  }
}
