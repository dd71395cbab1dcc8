internal import CLinux
internal import Glibc
package import Wire

/// A bound, non-blocking datagram socket that moves whole batches (recvmmsg, sendmmsg, UDP_SEGMENT).
///
/// Bound to `::` it serves IPv4 too. Used by one thread.
package struct UDPSocket: ~Copyable {
  /// What the socket moved and what it could not, since it was made.
  package struct Counters: Sendable, Equatable {
    package var datagramsReceived: UInt64 = 0
    package var datagramsSent: UInt64 = 0
    package var bytesSent: UInt64 = 0
    /// Longer than an inbox slot.
    package var oversized: UInt64 = 0
    /// The kernel's buffer stayed full for longer than `patience`.
    package var droppedByBackpressure: UInt64 = 0
    /// No route, a forbidden address, or an address of a family this socket does not have.
    package var unsendable: UInt64 = 0
    /// Runs that had to be sent one datagram at a time.
    package var segmentationRefused: UInt64 = 0
  }

  /// What the kernel may hold for us in each direction: 40 ms of a full gigabit.
  package static let bufferSize: Int32 = 4 << 20
  /// The longest `send` may wait for the kernel: media that is later than that is worth less than
  /// the packets behind it.
  package static let patience = Nanoseconds.milliseconds(2)
  /// Runs refused one after the other, to different peers, before segmentation is given up.
  private static let maximumRefusals = 64

  /// To wait with; everything else goes through this type.
  package let descriptor: Int32
  private let family: Int32
  private let servesIPv4: Bool
  private let servesIPv6: Bool
  /// With the port that was chosen if 0 was asked for.
  package let localAddress: TransportAddress
  package private(set) var counters = Counters()
  /// The kernel and, as far as we know, the network card take runs.
  package private(set) var usesSegmentation: Bool
  private var consecutiveRefusals = 0
  private var batch = SendBatch()

  /// Binds `address`; port 0 takes a free one.
  ///
  /// - Parameters:
  ///   - address: a local address, or `::` or 0.0.0.0 for all.
  ///   - coalescing: receive runs of equal datagrams as one (UDP_GRO); needs an `Inbox` made for
  ///     it. Pays where senders on the same machine send runs: 4 times fewer cycles.
  ///   - receiveBuffer: bytes the kernel may hold for us; the kernel counts its overhead against it.
  /// - Throws: `bind` if the address is not ours or the port is taken.
  package init(
    bind address: TransportAddress, coalescing: Bool = false, receiveBuffer: Int32 = bufferSize
  ) throws(UDPError) {
    let isIPv4 = address.ipv4 != nil
    family = isIPv4 ? AF_INET : AF_INET6
    servesIPv4 = isIPv4 || address.isUnspecified
    servesIPv6 = !isIPv4
    let bound = try Self.open(
      address, family: family, coalescing: coalescing, receiveBuffer: receiveBuffer)
    descriptor = bound.descriptor
    localAddress = bound.address
    usesSegmentation = stoa_has_segmentation(bound.descriptor)
  }

  private struct Bound {
    let descriptor: Int32
    var address: TransportAddress
  }

  private static func open(
    _ address: TransportAddress, family: Int32, coalescing: Bool, receiveBuffer: Int32
  ) throws(UDPError) -> Bound {
    let descriptor = try check(stoa_udp_socket(family, address.isUnspecified), .socket)
    stoa_set_buffers(descriptor, receiveBuffer, bufferSize)
    var bound = Bound(descriptor: descriptor, address: address)
    var result = stoa_bind(descriptor, family, address.high, address.low, address.port)
    if result == 0, coalescing { result = stoa_enable_coalescing(descriptor) }
    if result == 0 {
      result = unsafe stoa_local_address(
        descriptor, &bound.address.high, &bound.address.low, &bound.address.port)
    }
    guard result < 0 else { return bound }
    closeDescriptor(descriptor)
    throw UDPError(.bind, code: -result, subject: "udp \(address.hostAndPort)")
  }

  deinit { closeDescriptor(descriptor) }

  /// The size of the kernel's receive buffer in bytes, as it accounts it.
  package var receiveBuffer: Int { Int(stoa_receive_buffer(descriptor)) }

  /// Changes what the kernel may hold for us; what it holds already stays.
  package func setReceiveBuffer(_ bytes: Int32) {
    stoa_set_buffers(descriptor, bytes, Self.bufferSize)
  }

  /// Whether datagrams to `address` leave through this socket.
  package func serves(_ address: TransportAddress) -> Bool {
    address.transport == .udp && (address.ipv4 != nil ? servesIPv4 : servesIPv6)
  }

  /// Appends what has arrived to `inbox`; true if the socket is empty now.
  @discardableResult
  package mutating func receive(into inbox: inout Inbox) throws(UDPError) -> Bool {
    let batch = try inbox.receive(from: descriptor)
    counters.datagramsReceived &+= UInt64(batch.messages)
    counters.oversized &+= UInt64(batch.oversized)
    return batch.isDrained
  }

  /// Sends everything in `outbox` that this socket serves, counts the rest, and empties it.
  package mutating func send(_ outbox: inout Outbox) {
    let handled = sendRuns(of: outbox)
    counters.unsendable &+= UInt64(max(outbox.datagramCount - handled, 0))
    outbox.removeAll()
  }

  /// Sends the runs to addresses that this socket serves; the number of datagrams in them.
  mutating func sendRuns(of outbox: borrowing Outbox) -> Int {
    var patience = Self.patience
    var handled = 0
    for index in outbox.runs.indices {
      let run = outbox.runs[index]
      guard serves(run.address) else { continue }
      handled += run.segmentCount
      let bytes = outbox.bytes(of: run)
      // The outbox stays as it is until the batch was flushed, so the pointers hold until then.
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe append(bytes, of: run, patience: &patience)
      }
    }
    flush(&patience)
    return handled
  }

  private mutating func append(
    _ bytes: UnsafeRawBufferPointer, of run: Outbox.Run, patience: inout Nanoseconds
  ) {
    let step = usesSegmentation ? bytes.count : run.segmentSize
    var offset = 0
    while offset < bytes.count {
      if batch.isFull { flush(&patience) }
      let length = min(step, bytes.count - offset)
      let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
      unsafe batch.append(part, segmentSize: run.segmentSize, to: run.address, family: family)
      offset += length
    }
  }

  private mutating func flush(_ patience: inout Nanoseconds) {
    while !batch.isEmpty {
      let result = batch.send(on: descriptor)
      if result > 0 {
        let load = batch.load(ofFirst: result)
        counters.datagramsSent &+= UInt64(load.datagrams)
        counters.bytesSent &+= UInt64(load.bytes)
        if load.datagrams > result { consecutiveRefusals = 0 }
        batch.removeFirst(result)
      } else {
        recover(from: Int32(truncatingIfNeeded: -result), &patience)
      }
    }
    batch.removeAll()
  }

  /// Every path removes a message or spends patience, so `flush` ends.
  private mutating func recover(from error: Int32, _ patience: inout Nanoseconds) {
    let load = batch.load(ofFirst: 1)
    switch error {
    case EINTR: break
    case EAGAIN where patience > .zero:
      let start = MonotonicTime.now
      var descriptors = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = unsafe stoa_poll(&descriptors, 1, patience.count)
      patience = patience - max(MonotonicTime.now - start, .microseconds(1))
    case EAGAIN, ENOBUFS, ENOMEM:
      let rest = batch.load(ofFirst: SendBatch.capacity)
      counters.droppedByBackpressure &+= UInt64(rest.datagrams)
      batch.removeAll()
    case ECONNREFUSED where patience > .zero:  // an ICMP answer to an earlier datagram: once more
      patience = patience - .microseconds(1)
    case _ where load.datagrams > 1 && Self.refusesSegmentation(error):
      // EIO: the card cannot checksum segments, which will not change. EINVAL: longer than this
      // path's MTU, which concerns one peer.
      counters.segmentationRefused &+= 1
      consecutiveRefusals += 1
      if error == EIO || error == EOPNOTSUPP || consecutiveRefusals >= Self.maximumRefusals {
        usesSegmentation = false
      }
      let sent = batch.sendFirstSingly(on: descriptor)
      counters.datagramsSent &+= UInt64(sent)
      counters.unsendable &+= UInt64(load.datagrams - sent)
      batch.removeFirst(1)
    default:
      counters.unsendable &+= UInt64(load.datagrams)
      batch.removeFirst(1)
    }
  }

  private static func refusesSegmentation(_ error: Int32) -> Bool {
    error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP
  }
}
