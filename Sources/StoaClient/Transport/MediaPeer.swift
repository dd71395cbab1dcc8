import RTC
import UDP
package import Wire

/// One connection of a `MediaThread`: its socket, what it publishes, and who is told of it.
package final class MediaPeer {
  /// Packets of one frame sent at once; a large keyframe is spread over some milliseconds, so that it
  /// does not overrun the buffers on its way.
  private static let maximumBurst = 24
  private static let burstInterval = Nanoseconds.milliseconds(1)
  /// A source that is later than this (the machine slept) goes on from now.
  private static let maximumLag = Nanoseconds.milliseconds(500)
  /// What the kernel keeps for a receiver: a few frames of every stream.
  ///
  /// Small, because hundreds of them share a machine.
  private static let receiveBuffer: Int32 = 1 << 20
  /// Of one that is not read any more: full at once, so that what is sent to it is dropped at once.
  private static let unreadBuffer: Int32 = 16 << 10

  private struct Publication {
    var sender: Int
    var source: PacketSource
    var start: MonotonicTime
    var packets = FramePackets()
    /// The first packet of the frame in `packets` that was not sent.
    var position = 0
    var due: MonotonicTime
    var isPaused = false

    /// Counts time from now on: what was due before there was a connection is not made up for.
    ///
    /// - Parameter position: when the next burst is due, since the first one.
    mutating func restart(at now: MonotonicTime, position: Nanoseconds) {
      if isPaused { return due = .distantFuture }
      start = now - position
      due = now
    }
  }

  let id: Int
  package var connection: PeerConnection
  package let receiver: (any PacketReceiver)?
  private let events: AsyncStream<PeerEvent>.Continuation
  private var socket: UDPSocket?
  private var isSocketNew = false
  private var publications: [Publication] = []
  private var reported = PeerConnection.State.offering
  /// What earlier connections in the place of this one sent and got.
  private var earlier = PeerTotals()
  /// The most a burst was late.
  package private(set) var worstLag = Nanoseconds.zero

  init(
    id: Int, connection: consuming PeerConnection, events: AsyncStream<PeerEvent>.Continuation,
    receiver: (any PacketReceiver)?
  ) {
    self.id = id
    self.connection = connection
    self.events = events
    self.receiver = receiver
  }

  var socketDescriptor: Int32? {
    switch socket {
    case .some(let socket): socket.descriptor
    case .none: nil
    }
  }

  /// The descriptor of a socket made since the last call.
  func takeNewSocket() -> Int32? {
    guard isSocketNew else { return nil }
    isSocketNew = false
    return socketDescriptor
  }

  /// When it next has work, as of the last `updateDeadline`: kept, because the thread looks at all its
  /// peers' often.
  private(set) var deadline = MonotonicTime.distantFuture

  func updateDeadline() {
    deadline = connection.deadline
    guard reported == .connected else { return }
    for publication in publications { deadline = min(deadline, publication.due) }
  }

  /// Nothing will be read from now on.
  func stopReceiving() {
    connection.ignoreSilence()
    switch socket {
    case .some(let socket): socket.setReceiveBuffer(Self.unreadBuffer)
    case .none: break
    }
  }

  func accept(_ answer: String, context: borrowing DTLSContext) throws {
    try connection.accept(answer: answer, context: context, at: .now)
    guard socketDescriptor == nil else { return }
    // IPv4 alone where the server has nothing else: not every host has IPv6.
    let isIPv4 = connection.candidates.allSatisfy { $0.ipv4 != nil }
    let address =
      isIPv4
      ? TransportAddress(ipv4: 0, port: 0) : TransportAddress(high: 0, low: 0, port: 0)
    socket = try UDPSocket(
      bind: address, coalescing: true, receiveBuffer: Self.receiveBuffer)
    isSocketNew = true
  }

  func publish(_ source: PacketSource, on sender: Int, at now: MonotonicTime) {
    unpublish(sender)
    var source = source
    source.prepare(headerLength: connection.headerLength(ofSender: sender))
    publications.append(Publication(sender: sender, source: source, start: now, due: now))
  }

  func unpublish(_ sender: Int) { publications.removeAll { $0.sender == sender } }

  func setPaused(_ isPaused: Bool, sender: Int, at now: MonotonicTime) {
    for index in publications.indices where publications[index].sender == sender {
      publications[index].isPaused = isPaused
      restart(index, at: now)
    }
  }

  private func restart(_ index: Int, at now: MonotonicTime) {
    let position = connection.untilOwnClock(publications[index].source.nextDue)
    publications[index].restart(at: now, position: position)
  }

  /// Goes on with what a lost connection published, from where it was, and with its figures.
  func inherit(from old: MediaPeer) {
    earlier = old.totals
    worstLag = old.worstLag
    publications = old.publications
    for index in publications.indices {
      publications[index].position = publications[index].packets.count
      publications[index].source.keyframeRequested()
    }
  }

  /// Packets that a synthetic source on this line has made; the last one has the number before.
  package func stampedPackets(_ sender: Int) -> UInt64? {
    guard let publication = publications.first(where: { $0.sender == sender }),
      case .synthetic(let video) = publication.source
    else { return nil }
    return video.packetCount
  }

  /// The names of the sending m-lines, in order.
  var mids: [String] { (0..<connection.senderCount).map { connection.mid(ofSender: $0) } }

  /// All that was sent and received, also before media was made anew.
  package var totals: PeerTotals {
    var totals = earlier
    for index in 0..<connection.senderCount { totals.sent.add(connection.sent(index)) }
    totals.received.add(connection.received)
    return totals
  }

  // MARK: On the thread

  /// True if the socket is empty now.
  func receive(into inbox: inout Inbox) -> Bool {
    (try? socket?.receive(into: &inbox)) ?? true
  }

  func flush(_ outbox: inout Outbox) {
    if outbox.isEmpty { return }
    socket?.send(&outbox)
    outbox.removeAll()
  }

  func handle(
    _ datagram: inout MutableRawSpan, from source: TransportAddress, at now: MonotonicTime,
    into outbox: inout Outbox
  ) {
    let packet = connection.handle(&datagram, from: source, at: now, into: &outbox)
    for report in connection.takeReports() { receiver?.receive(report, at: now) }
    guard let packet, let receiver else { return }
    receiver.receive(packet, payload: datagram.bytes.extracting(packet.payload), at: now)
  }

  func handleTimeouts(at now: MonotonicTime, into outbox: inout Outbox) {
    connection.handleTimeouts(at: now, into: &outbox)
    // Sources count time from that report on: a frame sent before it would be one too early for all that follow.
    guard reported == .connected, connection.state == .connected else { return }
    for index in publications.indices where publications[index].due <= now {
      if connection.takeKeyframeRequest(publications[index].sender) {
        publications[index].source.keyframeRequested()
      }
      send(&publications[index], at: now, into: &outbox)
    }
  }

  private func send(
    _ publication: inout Publication, at now: MonotonicTime, into outbox: inout Outbox
  ) {
    if publication.position == publication.packets.count {
      let lag = now - publication.due
      if lag > worstLag { worstLag = lag }
      if lag > Self.maximumLag { publication.start = publication.start + lag }
      publication.source.next(into: &publication.packets)
      publication.position = 0
    }
    publication.source.stamp(&publication.packets, at: .now)
    publication.position = connection.send(
      publication.packets, from: publication.position, limit: Self.maximumBurst,
      stream: publication.sender, at: now, into: &outbox)
    let isDone = publication.position == publication.packets.count
    publication.due =
      isDone
      ? publication.start + connection.untilOwnClock(publication.source.nextDue)
      : now + Self.burstInterval
  }

  /// Tells of a state that was not told yet.
  func reportState() {
    guard connection.state != reported else { return }
    reported = connection.state
    switch connection.state {
    case .offering, .connecting: break
    case .connected:
      for index in publications.indices {
        publications[index].source.prepare(
          headerLength: connection.headerLength(ofSender: publications[index].sender))
        restart(index, at: .now)
      }
      events.yield(.connected)
    case .closed:
      events.yield(.closed)
      events.finish()
    case .failed(let reason):
      events.yield(.failed(reason))
      events.finish()
    }
  }

  func close(into outbox: inout Outbox, at now: MonotonicTime) {
    connection.close(at: now, into: &outbox)
    flush(&outbox)
    events.finish()
  }
}
