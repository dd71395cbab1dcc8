internal import CLinux
internal import Glibc
package import Wire

/// Waits for any of a few descriptors; filled anew before each wait, so it holds no state that can
/// go stale.
package struct PollSet {
  private var descriptors: [pollfd] = []

  package init() {}

  package mutating func removeAll() { descriptors.removeAll(keepingCapacity: true) }

  /// Adds a descriptor; the index tells its outcome apart after `wait`.
  ///
  /// - Parameters:
  ///   - descriptor: ignored if negative.
  ///   - forWriting: also waits for room to write.
  /// - Returns: the index for `isReadable` and `isWritable`.
  @discardableResult
  package mutating func add(_ descriptor: Int32, forWriting: Bool = false) -> Int {
    let events = forWriting ? POLLIN | POLLOUT : POLLIN
    descriptors.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
    return descriptors.count - 1
  }

  /// Sleeps until a descriptor is ready or it is `time` (`nil`: no limit).
  ///
  /// - Throws: `poll` for a descriptor that cannot be waited for.
  package mutating func wait(until time: MonotonicTime?) throws(UDPError) {
    var timeout: Int64 = -1
    if let time, time != .distantFuture { timeout = max((time - MonotonicTime.now).count, 0) }
    let result = unsafe stoa_poll(&descriptors, UInt32(descriptors.count), timeout)
    if result != -EINTR { try check(result, .poll) }
  }

  /// Something can be read, or the other end is gone.
  package func isReadable(_ index: Int) -> Bool {
    descriptors[index].revents & ~Int16(POLLOUT) != 0
  }

  package func isWritable(_ index: Int) -> Bool {
    descriptors[index].revents & Int16(POLLOUT) != 0
  }
}
