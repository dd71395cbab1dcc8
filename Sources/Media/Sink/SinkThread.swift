internal import Glibc

/// The thread of one sink; its owner can wait for its end.
final class SinkThread: Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void
    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private let thread: pthread_t

  /// Starts it.
  ///
  /// - Parameters:
  ///   - name: at most 15 ASCII characters, as `top -H` shows them.
  ///   - body: runs until it returns.
  /// - Throws: if the system has no room for another thread.
  init(named name: String, _ body: @escaping @Sendable () -> Void) throws(AVError) {
    let box = Unmanaged.passRetained(Body(name, body))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        // Glibc's module lacks the call for it.
        let comm = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        if comm >= 0 {
          write(comm, body.name, min(15, body.name.utf8.count))
          close(comm)
        }
        body.run()
        return nil
      }, box.toOpaque())
    guard result == 0 else {
      box.release()
      throw AVError(-result, "start thread \(name)")
    }
    self.thread = thread
  }

  /// Waits until the body has returned; to be called once.
  func join() { pthread_join(thread, nil) }
}
