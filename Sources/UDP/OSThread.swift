internal import CLinux
internal import Glibc

/// A thread of its own for a loop that blocks in the kernel, outside Swift's task pool.
package enum OSThread {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts a detached thread that runs `body` once; it tells of its end by its own means.
  ///
  /// - Parameters:
  ///   - name: at most 15 ASCII characters, as shown by `top -H`.
  ///   - body: runs until it returns.
  /// - Throws: `thread` if the system has no room for another one.
  package static func start(
    named name: String, _ body: @escaping @Sendable () -> Void
  ) throws(UDPError) {
    let box = unsafe Unmanaged.passRetained(Body(name: name, run: body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        unsafe stoa_name_thread(String(body.name.prefix(15)))
        stoa_set_precise_timers()
        body.run()
        return nil
      }, box.toOpaque())
    guard result == 0 else {
      unsafe box.release()
      throw UDPError(.thread, code: result, subject: name)
    }
    pthread_detach(thread)
  }
}
