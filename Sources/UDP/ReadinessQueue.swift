internal import CLinux
package import Wire

/// Tells which of many sockets have something to read, at a cost independent of their number.
///
/// For a thread with hundreds of sockets; a handful is better off in a `PollSet`.
package struct ReadinessQueue: ~Copyable {
  /// Sockets told of at a time; the rest come with the next call.
  private static let batch = 64

  private let descriptor: Int32
  private var ready: [stoa_ready]

  /// - Throws: `event` if the process has no descriptor left.
  package init() throws(UDPError) {
    descriptor = try check(stoa_epoll_create(), .event)
    ready = [stoa_ready](repeating: stoa_ready(), count: Self.batch)
  }

  deinit { closeDescriptor(descriptor) }

  /// Watches a socket; it is forgotten by itself when it is closed.
  ///
  /// - Throws: `event` if the kernel has no room for another one.
  package func add(_ socket: Int32) throws(UDPError) {
    try check(stoa_epoll_add(descriptor, socket, true, false), .event)
  }

  /// Stops watching a socket.
  package func remove(_ socket: Int32) { _ = stoa_epoll_remove(descriptor, socket) }

  /// Sleeps until a socket can be read, something was posted, or it is `time` (`nil`: no limit).
  ///
  /// - Returns: whether something was posted.
  /// - Throws: `poll`, which means a bug.
  package func wait<T>(
    until time: MonotonicTime?, orWokenBy mailbox: Mailbox<T>
  ) throws(UDPError) -> Bool {
    var set = PollSet()
    set.add(descriptor)
    let posted = set.add(mailbox.descriptor)
    try set.wait(until: time)
    return set.isReadable(posted)
  }

  /// Appends the sockets that can be read now, at most 64 of them.
  package mutating func takeReady(into sockets: inout [Int32]) {
    let count = unsafe stoa_epoll_ready(descriptor, &ready, Int32(Self.batch))
    for index in 0..<Int(max(count, 0)) { sockets.append(ready[index].fd) }
  }
}
