internal import Glibc

/// Packets between the composition's thread and one sink's.
///
/// Bounded by bytes and by number. When a packet does not fit, everything queued is dropped with it, and what follows
/// up to the next keyframe: what is late is worth nothing, and half a group of pictures cannot be decoded.
// Sendable: all state is guarded by the mutex.
package final class PacketQueue: @unchecked Sendable {
  /// What the sink's thread found.
  package struct Taken {
    package var packets: [EncodedPacket] = []
    /// True if packets before these were dropped.
    package var followsDrop = false
    /// True if nothing follows these.
    package var isLast = false
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let maximumBytes: Int
  private let maximumPackets: Int
  /// The tracks on whose keyframes everything can begin anew: video's, or all if there is none.
  private let keyTrackIDs: Set<Int>

  private var packets: [EncodedPacket] = []
  private var bytes = 0
  private var dropped = 0
  private var isWaitingForKeyframe = false
  private var isSuspended = false
  private var followsDrop = false
  private var isClosed = false

  /// - Parameters:
  ///   - tracks: what will be pushed.
  ///   - maximumBytes: of queued packets.
  ///   - maximumPackets: their number.
  package init(tracks: [EncodedTrack], maximumBytes: Int, maximumPackets: Int) {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // Waiting must not end early or late because somebody set the machine's clock.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
    self.maximumBytes = maximumBytes
    self.maximumPackets = maximumPackets
    let video = tracks.filter(\.isVideo)
    keyTrackIDs = Set((video.isEmpty ? tracks : video).map(\.id))
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Appends a packet and wakes the sink's thread.
  ///
  /// - Returns: true if packets were dropped and only a keyframe helps: time to ask the encoder for one.
  @discardableResult
  package func push(_ packet: EncodedPacket) -> Bool {
    withLock {
      guard !isClosed, !isSuspended else { return false }
      if isWaitingForKeyframe {
        guard packet.isKeyframe, keyTrackIDs.contains(packet.trackID) else {
          dropped &+= 1
          return false
        }
        isWaitingForKeyframe = false
      }
      guard packets.count < maximumPackets, bytes &+ packet.byteCount <= maximumBytes else {
        dropQueued()
        dropped &+= 1
        isWaitingForKeyframe = true
        return true
      }
      packets.append(packet)
      bytes &+= packet.byteCount
      pthread_cond_signal(condition)
      return false
    }
  }

  /// Takes nothing until `resume`: there is nobody to send it to, and it is not counted as dropped.
  package func suspend() {
    withLock {
      packets.removeAll()
      bytes = 0
      isSuspended = true
    }
  }

  /// Begins to take packets again, from the next keyframe on.
  package func resume() {
    withLock {
      isSuspended = false
      isWaitingForKeyframe = true
    }
  }

  /// Takes nothing more; what is queued can still be taken.
  package func close() {
    withLock {
      isClosed = true
      pthread_cond_broadcast(condition)
    }
  }

  /// Takes all that is queued, waiting for the first if there is none.
  ///
  /// - Parameter milliseconds: the longest wait; nothing came if the result is empty.
  package func take(waitingAtMost milliseconds: Int) -> Taken {
    withLock {
      if packets.isEmpty, !isClosed, milliseconds > 0 {
        var until = Self.time(in: milliseconds)
        while packets.isEmpty, !isClosed, pthread_cond_timedwait(condition, mutex, &until) == 0 {}
      }
      var taken = Taken()
      taken.followsDrop = followsDrop && !packets.isEmpty
      taken.isLast = isClosed
      swap(&taken.packets, &packets)
      bytes = 0
      if taken.followsDrop { followsDrop = false }
      return taken
    }
  }

  /// Waits until the queue is closed, however much is queued; true if it is.
  package func waitForClose(atMost milliseconds: Int) -> Bool {
    withLock {
      var until = Self.time(in: milliseconds)
      while !isClosed, pthread_cond_timedwait(condition, mutex, &until) == 0 {}
      return isClosed
    }
  }

  package var isClosedNow: Bool { withLock { isClosed } }
  package var droppedCount: Int { withLock { dropped } }
  package var count: Int { withLock { packets.count } }

  private static func time(in milliseconds: Int) -> timespec {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)
    let nanoseconds = until.tv_nsec &+ (milliseconds % 1000) &* 1_000_000
    until.tv_sec = until.tv_sec &+ milliseconds / 1000 &+ nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    return until
  }

  private func dropQueued() {
    dropped &+= packets.count
    packets.removeAll(keepingCapacity: true)
    bytes = 0
    followsDrop = true
  }

  private func withLock<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
