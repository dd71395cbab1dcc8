internal import CLinux
internal import Glibc
package import Wire

/// Everything a media thread receives from and sends to: UDP in one or both IP families, and
/// ICE-TCP, on one port number each.
package struct MediaSocket: ~Copyable {
  /// A port that is free for one socket may be taken for the next.
  private static let portAttempts = 16

  private var primary: UDPSocket
  private var secondary: UDPSocket?
  private var listener: TCPListener?
  private let secondaryDescriptor: Int32
  private let listenerDescriptor: Int32
  /// Datagrams to addresses that nothing here serves.
  private var unroutable: UInt64 = 0
  private var primaryIsReady = true
  private var secondaryIsReady: Bool
  private var listenerIsReady: Bool
  private var connectionsFilledInbox = false

  /// Binds one address, or one of each family; `::` alone serves both.
  ///
  /// - Parameters:
  ///   - addresses: local addresses; their ports are ignored.
  ///   - port: of all of them; 0 takes a free one.
  ///   - tcp: also accept ICE-TCP on the same port.
  ///   - coalescing: see `UDPSocket`.
  /// - Throws: `bind` with `EINVAL` if `addresses` is empty or has two of one family, and what
  ///   the system refuses.
  package init(
    bind addresses: [TransportAddress], port: UInt16, tcp: Bool = true, coalescing: Bool = false
  ) throws(UDPError) {
    let parts = try Self.open(addresses, port: port, tcp: tcp, coalescing: coalescing)
    localAddresses = parts.addresses
    secondaryDescriptor = parts.secondaryDescriptor
    listenerDescriptor = parts.listenerDescriptor
    secondaryIsReady = parts.secondaryDescriptor >= 0
    listenerIsReady = parts.listenerDescriptor >= 0
    primary = parts.primary
    secondary = parts.secondary
    listener = parts.listener
  }

  private struct Parts: ~Copyable {
    var primary: UDPSocket
    var secondary: UDPSocket?
    var listener: TCPListener?
    var addresses: [TransportAddress]
    var secondaryDescriptor: Int32 = -1
    var listenerDescriptor: Int32 = -1
  }

  private static func open(
    _ addresses: [TransportAddress], port: UInt16, tcp: Bool, coalescing: Bool
  ) throws(UDPError) -> Parts {
    var attempts = port == 0 ? portAttempts : 1
    while true {
      do throws(UDPError) {
        return try openOnce(addresses, port: port, tcp: tcp, coalescing: coalescing)
      } catch {
        attempts -= 1
        guard attempts > 0, error.code == EADDRINUSE else { throw error }
      }
    }
  }

  private static func openOnce(
    _ addresses: [TransportAddress], port: UInt16, tcp: Bool, coalescing: Bool
  ) throws(UDPError) -> Parts {
    guard let first = addresses.first, addresses.count <= 2,
      addresses.count == 1 || (addresses[0].ipv4 == nil) != (addresses[1].ipv4 == nil)
    else {
      throw UDPError(.bind, code: EINVAL, subject: "one address of each family at most")
    }
    let primary = try UDPSocket(bind: first.with(port: port), coalescing: coalescing)
    let bound = primary.localAddress
    var parts = Parts(primary: primary, addresses: [bound])
    if addresses.count == 2 {
      let other = try UDPSocket(
        bind: addresses[1].with(port: bound.port), coalescing: coalescing)
      parts.addresses.append(other.localAddress)
      parts.secondaryDescriptor = other.descriptor
      parts.secondary = consume other
    }
    if tcp {
      let listener = try TCPListener(bind: parts.addresses)
      parts.listenerDescriptor = listener.descriptor
      parts.listener = consume listener
    }
    return parts
  }

  /// The bound UDP addresses; ICE-TCP has the same ones.
  package let localAddresses: [TransportAddress]
  package var port: UInt16 { localAddresses.first?.port ?? 0 }
  package var hasTCP: Bool { listenerDescriptor >= 0 }

  /// Sleeps until something arrived, something was posted, or it is `time` (`nil`: no limit).
  ///
  /// Returns at once if the last `receive` left something behind.
  ///
  /// - Returns: whether the mailbox has something to drain.
  /// - Throws: `poll`, which means a bug.
  @discardableResult
  package mutating func wait<T>(
    until time: MonotonicTime?, orWokenBy mailbox: Mailbox<T>
  ) throws(UDPError) -> Bool {
    try wait(until: time, wake: mailbox.descriptor)
  }

  /// Sleeps until something arrived or it is `time` (`nil`: no limit).
  package mutating func wait(until time: MonotonicTime?) throws(UDPError) {
    _ = try wait(until: time, wake: -1)
  }

  private mutating func wait(
    until time: MonotonicTime?, wake: Int32
  ) throws(UDPError) -> Bool {
    var limit = time ?? .distantFuture
    limit = min(limit, listenerDeadline)
    var timeout: Int64 = -1
    if limit != .distantFuture { timeout = max((limit - MonotonicTime.now).count, 0) }
    if isReady { timeout = 0 }
    // A negative descriptor is skipped by the kernel.
    var descriptors = (
      pollfd(fd: primary.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: secondaryDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listenerDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
    )
    let result = unsafe withUnsafeMutableBytes(of: &descriptors) { bytes in
      unsafe stoa_poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 4, timeout)
    }
    if result == -EINTR { return false }
    try check(result, .poll)
    if descriptors.0.revents != 0 { primaryIsReady = true }
    if descriptors.1.revents != 0 { secondaryIsReady = true }
    if descriptors.2.revents != 0 { listenerIsReady = true }
    return descriptors.3.revents != 0
  }

  private var listenerDeadline: MonotonicTime {
    switch listener {
    case .some(let listener): listener.deadline
    case .none: .distantFuture
    }
  }

  /// The last `receive` may have left something behind.
  package var isReady: Bool { primaryIsReady || secondaryIsReady || listenerIsReady }

  /// Replaces what `inbox` holds by what arrived, at most one inbox full; does not block.
  package mutating func receive(into inbox: inout Inbox, at now: MonotonicTime) throws(UDPError) {
    inbox.removeAll()
    // Taking turns, so that neither transport can keep the other waiting by filling the inbox.
    let connectionsLast = connectionsFilledInbox
    if !connectionsLast { receiveFromConnections(&inbox, at: now) }
    if primaryIsReady { primaryIsReady = try !primary.receive(into: &inbox) }
    if secondaryIsReady, secondaryDescriptor >= 0 {
      secondaryIsReady = try !(secondary?.receive(into: &inbox) ?? true)
    }
    if connectionsLast { receiveFromConnections(&inbox, at: now) }
  }

  private mutating func receiveFromConnections(_ inbox: inout Inbox, at now: MonotonicTime) {
    connectionsFilledInbox = false
    guard hasTCP, listenerIsReady || now >= listenerDeadline else { return }
    listener?.receive(into: &inbox, at: now)
    listenerIsReady = inbox.isFull
    connectionsFilledInbox = inbox.isFull
  }

  /// Sends everything in `outbox`, each run by the transport of its address, and empties it.
  ///
  /// Never waits longer than `UDPSocket.patience`; what cannot be sent is dropped and counted.
  package mutating func send(_ outbox: inout Outbox, at now: MonotonicTime) {
    guard !outbox.isEmpty else { return }
    var handled = primary.sendRuns(of: outbox)
    if secondaryDescriptor >= 0, handled < outbox.datagramCount {
      handled += secondary?.sendRuns(of: outbox) ?? 0
    }
    if hasTCP, handled < outbox.datagramCount {
      handled += listener?.sendRuns(of: outbox, at: now) ?? 0
    }
    unroutable &+= UInt64(max(outbox.datagramCount - handled, 0))
    outbox.removeAll()
  }

  /// Keeps the ICE-TCP connection of `address` open; sending to it does too.
  package mutating func keep(_ address: TransportAddress, at now: MonotonicTime) {
    listener?.keep(address, at: now)
  }

  /// Closes the ICE-TCP connection of `address`, if there is one.
  package mutating func close(_ address: TransportAddress) {
    listener?.close(address)
  }

  // MARK: Counters

  /// The size of the kernel's receive buffer in bytes, as it accounts it.
  package var receiveBuffer: Int { primary.receiveBuffer }

  /// Of all UDP sockets together.
  package var datagrams: UDPSocket.Counters {
    var sum = primary.counters
    switch secondary {
    case .some(let other): sum.add(other.counters)
    case .none: break
    }
    sum.unsendable &+= unroutable
    return sum
  }
  /// Of ICE-TCP, `nil` without it.
  package var connections: TCPListener.Counters? {
    switch listener {
    case .some(let listener): listener.counters
    case .none: nil
    }
  }
  /// Open ICE-TCP connections.
  package var connectionCount: Int {
    switch listener {
    case .some(let listener): listener.connectionCount
    case .none: 0
    }
  }
}

extension UDPSocket.Counters {
  /// Adds another socket's counters to these.
  mutating func add(_ other: Self) {
    datagramsReceived &+= other.datagramsReceived
    datagramsSent &+= other.datagramsSent
    bytesSent &+= other.bytesSent
    oversized &+= other.oversized
    droppedByBackpressure &+= other.droppedByBackpressure
    unsendable &+= other.unsendable
    segmentationRefused &+= other.segmentationRefused
  }
}
