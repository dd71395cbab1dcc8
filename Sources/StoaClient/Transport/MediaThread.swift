import RTC
import UDP
package import Wire

/// What a `MediaLoop` runs: sockets, connections and publications, all of one thread.
package final class MediaThread {
  /// Rounds over one socket before others get their turn.
  private static let maximumRounds = 8

  private let identity: DTLSIdentity
  private let context: DTLSContext
  private var peers: [Int: MediaPeer] = [:]
  private var bySocket: [Int32: MediaPeer] = [:]
  private var nextID = 0
  private var queue: ReadinessQueue
  private var inbox = Inbox(capacity: 16, coalescing: true)
  private var outbox = Outbox()
  private var ready: [Int32] = []
  /// No connection has work before this.
  private var wakeAt = MonotonicTime.distantFuture

  init() throws {
    let seconds = Int64(NTPTime.now.rawValue >> 32) - 2_208_988_800
    identity = try DTLSIdentity(unixSeconds: seconds)
    context = try DTLSContext(identity: identity)
    queue = try ReadinessQueue()
  }

  // MARK: What others ask for

  /// Makes a connection.
  ///
  /// - Parameters:
  ///   - events: what becomes of it; finished after the last one.
  package func open(
    _ configuration: PeerConnection.Configuration,
    events: AsyncStream<PeerEvent>.Continuation, receiver: (any PacketReceiver)?
  ) -> PeerID {
    nextID += 1
    let connection = PeerConnection(
      configuration, fingerprint: identity.fingerprint, at: .now, wallClock: .now,
      using: SystemRandomNumberGenerator())
    peers[nextID] = MediaPeer(
      id: nextID, connection: connection, events: events, receiver: receiver)
    return PeerID(rawValue: nextID)
  }

  /// Makes a connection in the place of one that is gone: it publishes the same, from where that was.
  package func reopen(
    _ old: PeerID, _ configuration: PeerConnection.Configuration,
    events: AsyncStream<PeerEvent>.Continuation
  ) -> PeerID {
    let before = peers[old.rawValue]
    close(old)
    let id = open(configuration, events: events, receiver: before?.receiver)
    if let before { peers[id.rawValue]?.inherit(from: before) }
    return id
  }

  /// Lends a connection's peer; `nil` once it has been closed.
  package func peer(_ id: PeerID) -> MediaPeer? { peers[id.rawValue] }

  /// Takes the server's answer; the first one opens the socket and begins to connect.
  ///
  /// - Throws: `AnswerError`, `UDPError`, `DTLSFailure`.
  package func accept(_ answer: String, for id: PeerID) throws {
    guard let peer = peers[id.rawValue] else { return }
    try peer.accept(answer, context: context)
    if let socket = peer.takeNewSocket() {
      bySocket[socket] = peer
      try queue.add(socket)
    }
    advance(peer, at: .now)
  }

  /// Sends a source on the n-th sending line until the connection ends.
  package func publish(_ source: PacketSource, on sender: Int, of id: PeerID) {
    guard let peer = peers[id.rawValue] else { return }
    peer.publish(source, on: sender, at: .now)
    note(peer)
  }

  /// Ends what is sent on a line.
  package func unpublish(_ sender: Int, of id: PeerID) { peers[id.rawValue]?.unpublish(sender) }

  /// Stops the source of a line, or lets it go on where it was.
  package func setPaused(_ isPaused: Bool, sender: Int, of id: PeerID) {
    guard let peer = peers[id.rawValue] else { return }
    peer.setPaused(isPaused, sender: sender, at: .now)
    note(peer)
  }

  /// Asks for a keyframe of what an m-line receives.
  package func requestKeyframe(of mid: ShortToken, to id: PeerID) {
    guard let peer = peers[id.rawValue] else { return }
    peer.connection.requestKeyframe(of: mid, at: .now, into: &outbox)
    peer.flush(&outbox)
  }

  /// Leaves what arrives in the kernel from now on, where it is dropped; checks are still sent.
  package func stopReceiving(_ id: PeerID) {
    guard let peer = peers[id.rawValue] else { return }
    peer.stopReceiving()
    if let socket = peer.socketDescriptor { queue.remove(socket) }
  }

  package func close(_ id: PeerID) {
    guard let peer = peers.removeValue(forKey: id.rawValue) else { return }
    peer.close(into: &outbox, at: .now)
    if let socket = peer.socketDescriptor {
      queue.remove(socket)
      bySocket[socket] = nil
    }
  }

  // MARK: The loop

  /// Runs until the mailbox is closed.
  ///
  /// - Parameter gathering: how long packets are left to gather after a round, so that one waking serves many.
  func run(
    _ mailbox: Mailbox<@Sendable (MediaThread) -> Void>, gathering: Nanoseconds = .zero
  ) {
    var readsAt = MonotonicTime(nanoseconds: 0)
    while !mailbox.isClosed {
      do {
        var isPosted = false
        if gathering > .zero, readsAt > .now {
          var posts = PollSet()
          posts.add(mailbox.descriptor)
          try posts.wait(until: min(readsAt, wakeAt))
          isPosted = posts.isReadable(0)
        }
        if !isPosted { isPosted = try queue.wait(until: wakeAt, orWokenBy: mailbox) }
        if isPosted { for body in mailbox.drain() { body(self) } }
      } catch { break }
      // What did not fit into a round is read at once.
      if receive(), gathering > .zero { readsAt = .now + gathering }
      let now = MonotonicTime.now
      if wakeAt <= now { runDue(at: now) }
    }
    mailbox.close()
    for body in mailbox.drain() { body(self) }
    for id in Array(peers.keys) { close(PeerID(rawValue: id)) }
  }

  /// True if nothing is left to read.
  private func receive() -> Bool {
    var isEmpty = true
    ready.removeAll(keepingCapacity: true)
    queue.takeReady(into: &ready)
    for socket in ready {
      guard let peer = bySocket[socket] else { continue }
      var rounds = 0
      var isDrained = false
      while !isDrained, rounds < Self.maximumRounds {
        rounds += 1
        inbox.removeAll()
        isDrained = peer.receive(into: &inbox)
        let now = MonotonicTime.now
        for index in inbox.indices {
          let source = inbox.address(index)
          var datagram = inbox.datagram(index)
          peer.handle(&datagram, from: source, at: now, into: &outbox)
          if outbox.isFull { peer.flush(&outbox) }
        }
        peer.flush(&outbox)
      }
      isEmpty = isEmpty && isDrained
      advance(peer, at: .now)
    }
    return isEmpty
  }

  private func runDue(at now: MonotonicTime) {
    wakeAt = .distantFuture
    for peer in peers.values {
      if peer.deadline <= now {
        advance(peer, at: now)
      } else {
        wakeAt = min(wakeAt, peer.deadline)
      }
    }
  }

  /// Does what is due for one peer and notes when it next has work.
  private func advance(_ peer: MediaPeer, at now: MonotonicTime) {
    peer.handleTimeouts(at: now, into: &outbox)
    peer.flush(&outbox)
    peer.reportState()
    note(peer)
  }

  private func note(_ peer: MediaPeer) {
    peer.updateDeadline()
    wakeAt = min(wakeAt, peer.deadline)
  }
}
