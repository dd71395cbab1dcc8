internal import CLinux
internal import Glibc
package import Wire

/// The passive side of ICE-TCP (RFC 6544): accepts connections and moves framed datagrams.
///
/// A connection's peer appears as an ordinary `TransportAddress` with transport `tcp`. Used by one
/// thread; nothing here blocks.
package struct TCPListener: ~Copyable {
  /// What the listener moved and what it refused, since it was made.
  package struct Counters: Sendable, Equatable {
    package var accepted: UInt64 = 0
    /// Refused or evicted because there were `maximumConnections`.
    package var refused: UInt64 = 0
    /// Closed because nothing was sent to them for too long.
    package var expired: UInt64 = 0
    package var datagramsReceived: UInt64 = 0
    package var datagramsSent: UInt64 = 0
    /// The peer did not read, or its connection was gone.
    package var dropped: UInt64 = 0
  }

  /// How long a peer may take to pass its first check.
  package static let patience = Nanoseconds.seconds(10)
  /// Live peers are sent an answer to a consent check every few seconds (RFC 7675).
  package static let idleLimit = Nanoseconds.seconds(60)
  /// How often time limits are looked at.
  private static let sweepInterval = Nanoseconds.seconds(1)
  /// Handled per receive, so that a flood of connections delays media by little.
  private static let eventsPerReceive = 64

  /// An epoll descriptor: readable when `receive` has something to do.
  let descriptor: Int32
  package let maximumConnections: Int
  /// One per bound address, with the ports that were chosen if 0 was asked for.
  package let localAddresses: [TransportAddress]
  private let listeners: [Int32]
  package private(set) var counters = Counters()

  private var connections: [Int32: TCPConnection] = [:]
  private var descriptors: [TransportAddress: Int32] = [:]
  /// Have whole frames in their buffers that no inbox had room for.
  private var unfinished: [Int32] = []
  private var nextSweep: MonotonicTime = .distantFuture
  private var isPaused = false
  private var ready = [stoa_ready](repeating: stoa_ready(), count: eventsPerReceive)

  /// Listens on each of `addresses`; port 0 takes a free one.
  ///
  /// - Parameters:
  ///   - addresses: local addresses with their ports.
  ///   - maximumConnections: at this many, a peer that did not pass a check yet makes room for a
  ///     new one; if there is none, the new one is refused.
  /// - Throws: `listen` if an address is not ours or its port is taken.
  package init(
    bind addresses: [TransportAddress], maximumConnections: Int = 1_024
  ) throws(UDPError) {
    self.maximumConnections = maximumConnections
    let opened = try Self.open(addresses)
    descriptor = opened.epoll
    listeners = opened.listeners
    localAddresses = opened.addresses
  }

  private struct Opened {
    let epoll: Int32
    var listeners: [Int32] = []
    var addresses: [TransportAddress] = []

    func close() { for descriptor in [epoll] + listeners { closeDescriptor(descriptor) } }
  }

  private static func open(_ addresses: [TransportAddress]) throws(UDPError) -> Opened {
    var opened = Opened(epoll: try check(stoa_epoll_create(), .event))
    for address in addresses {
      let isIPv4 = address.ipv4 != nil
      let listener = stoa_tcp_listener(
        isIPv4 ? AF_INET : AF_INET6, address.isUnspecified, address.high, address.low,
        address.port, 256)
      guard listener >= 0 else {
        opened.close()
        throw UDPError(.listen, code: -listener, subject: "tcp \(address.hostAndPort)")
      }
      var bound = address.with(transport: .tcp)
      opened.listeners.append(listener)
      let result = unsafe stoa_local_address(listener, &bound.high, &bound.low, &bound.port)
      opened.addresses.append(bound)
      guard result >= 0, stoa_epoll_add(opened.epoll, listener, true, false) >= 0 else {
        opened.close()
        throw UDPError(.listen, code: EIO, subject: "tcp \(address.hostAndPort)")
      }
    }
    return opened
  }

  deinit {
    for descriptor in connections.keys { closeDescriptor(descriptor) }
    for descriptor in listeners { closeDescriptor(descriptor) }
    closeDescriptor(descriptor)
  }

  package var connectionCount: Int { connections.count }
  /// When `receive` should be called even if nothing arrives.
  var deadline: MonotonicTime { unfinished.isEmpty ? nextSweep : MonotonicTime(nanoseconds: 0) }

  // MARK: Inputs

  /// Accepts, reads, writes what waits, and appends whole datagrams to `inbox`.
  package mutating func receive(into inbox: inout Inbox, at now: MonotonicTime) {
    if now >= nextSweep { sweep(at: now) }
    let before = inbox.count
    let waiting = unfinished
    unfinished.removeAll(keepingCapacity: true)
    for descriptor in waiting { read(descriptor, into: &inbox) }

    let count = unsafe stoa_epoll_ready(descriptor, &ready, Int32(Self.eventsPerReceive))
    for index in 0..<Int(max(count, 0)) {
      let event = ready[index]
      if listeners.contains(event.fd) {
        accept(from: event.fd, at: now)
        continue
      }
      if event.writable { flush(event.fd, at: now) }
      if event.readable || event.failed, !unfinished.contains(event.fd) {
        read(event.fd, into: &inbox)
      }
    }
    counters.datagramsReceived &+= UInt64(inbox.count - before)
  }

  /// Sends the runs that go to connections; the number of datagrams in them.
  mutating func sendRuns(of outbox: borrowing Outbox, at now: MonotonicTime) -> Int {
    var handled = 0
    for index in outbox.runs.indices where outbox.runs[index].address.transport == .tcp {
      let run = outbox.runs[index]
      handled += run.segmentCount
      guard let descriptor = descriptors[run.address], let connection = connections[descriptor]
      else {
        counters.dropped &+= UInt64(run.segmentCount)
        continue
      }
      let bytes = outbox.bytes(of: run)
      var offset = 0
      while offset < bytes.byteCount {
        let end = min(offset + run.segmentSize, bytes.byteCount)
        if connection.append(bytes.extracting(offset..<end)) {
          counters.datagramsSent &+= 1
        } else {
          counters.dropped &+= 1
        }
        offset = end
      }
      // We are silent to anyone who did not pass a check, so who is sent something may stay.
      connection.isKept = true
      connection.expires = now + Self.idleLimit
      flush(descriptor, at: now)
    }
    return handled
  }

  /// Keeps the connection of `address` open for another `idleLimit`; sending to it does too.
  package mutating func keep(_ address: TransportAddress, at now: MonotonicTime) {
    guard let descriptor = descriptors[address], let connection = connections[descriptor] else {
      return
    }
    connection.isKept = true
    connection.expires = now + Self.idleLimit
  }

  /// Closes the connection of `address`, if there is one.
  package mutating func close(_ address: TransportAddress) {
    if let descriptor = descriptors[address] { remove(descriptor) }
  }

  // MARK: Connections

  private mutating func accept(from listener: Int32, at now: MonotonicTime) {
    for _ in 0..<Self.eventsPerReceive {
      var address = TransportAddress(high: 0, low: 0, port: 0, transport: .tcp)
      let descriptor = unsafe stoa_accept(
        listener, TCPConnection.unsentLimit, &address.high, &address.low, &address.port)
      switch -descriptor {
      case EAGAIN: return
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        pause(at: now)
        return
      case 1...: continue  // this one was gone before we took it
      default: add(descriptor, address, at: now)
      }
    }
  }

  private mutating func add(_ descriptor: Int32, _ address: TransportAddress, at now: MonotonicTime)
  {
    if let old = descriptors[address] { remove(old) }
    if connections.count >= maximumConnections {
      counters.refused &+= 1
      let stranger = connections.values.filter { !$0.isKept }.min { $0.expires < $1.expires }
      guard let stranger else {
        closeDescriptor(descriptor)
        return
      }
      remove(stranger.descriptor)
    }
    guard stoa_epoll_add(self.descriptor, descriptor, true, false) >= 0 else {
      closeDescriptor(descriptor)
      return
    }
    connections[descriptor] = TCPConnection(
      descriptor: descriptor, address: address, at: now, expires: now + Self.patience)
    descriptors[address] = descriptor
    counters.accepted &+= 1
    nextSweep = min(nextSweep, now + Self.sweepInterval)
  }

  private mutating func read(_ descriptor: Int32, into inbox: inout Inbox) {
    guard let connection = connections[descriptor] else { return }
    switch connection.receive(into: &inbox) {
    case .drained: break
    case .unfinished: unfinished.append(descriptor)
    case .ended: remove(descriptor)
    }
  }

  private mutating func flush(_ descriptor: Int32, at now: MonotonicTime) {
    guard let connection = connections[descriptor] else { return }
    guard connection.flush(at: now) else { return remove(descriptor) }
    guard connection.isWatchedForRoom != connection.hasOutput else { return }
    connection.isWatchedForRoom = connection.hasOutput
    stoa_epoll_change(self.descriptor, descriptor, true, connection.hasOutput)
  }

  private mutating func remove(_ descriptor: Int32) {
    guard let connection = connections.removeValue(forKey: descriptor) else { return }
    descriptors[connection.address] = nil
    unfinished.removeAll { $0 == descriptor }
    closeDescriptor(descriptor)  // leaves the epoll set by itself
  }

  /// Out of descriptors: looks away from the listeners until the next sweep instead of spinning.
  private mutating func pause(at now: MonotonicTime) {
    guard !isPaused else { return }
    isPaused = true
    for listener in listeners { stoa_epoll_change(descriptor, listener, false, false) }
    nextSweep = min(nextSweep, now + Self.sweepInterval)
  }

  private mutating func sweep(at now: MonotonicTime) {
    if isPaused {
      isPaused = false
      for listener in listeners { stoa_epoll_change(descriptor, listener, true, false) }
    }
    for (descriptor, connection) in connections {
      if now >= connection.expires {
        counters.expired &+= 1
        remove(descriptor)
      } else if connection.hasOutput {
        flush(descriptor, at: now)  // closes it if its peer stopped reading
      }
    }
    nextSweep = connections.isEmpty ? .distantFuture : now + Self.sweepInterval
  }
}
