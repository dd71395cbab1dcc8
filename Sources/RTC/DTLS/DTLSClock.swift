internal import CNIOBoringSSL
internal import Glibc
internal import Wire

/// The time BoringSSL sees: whatever the endpoint in use on this thread was last handed.
///
/// Its callback gets no context, so the value waits in the thread, not in an object. The only file
/// of this module that imports the C library.
enum DTLSClock {
  /// Microseconds, as the bits of a pointer: nothing is allocated, so nothing is freed.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = unsafe pthread_key_create(&key, nil)
    precondition(status == 0, "no thread-specific key left")
    return key
  }()

  /// Sets the time for the calls into BoringSSL that follow on this thread.
  ///
  /// A negative time counts as zero.
  static func set(_ now: MonotonicTime) {
    let microseconds = UInt(clamping: now.nanoseconds / 1_000)
    unsafe pthread_setspecific(key, UnsafeRawPointer(bitPattern: microseconds))
  }

  /// For `SSL_CTX_set_current_time_cb`.
  static let callback: @convention(c) (OpaquePointer?, UnsafeMutablePointer<timeval>?) -> Void = {
    _, time in
    let microseconds = unsafe Int(bitPattern: pthread_getspecific(key))
    unsafe time?.pointee = timeval(
      tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
  }

  /// What the timers of `ssl` have left, by the time last set; `nil` if none runs.
  static func remaining(_ ssl: OpaquePointer) -> Nanoseconds? {
    var time = timeval()
    guard unsafe DTLSv1_get_timeout(ssl, &time) == 1 else { return nil }
    return .microseconds(Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_usec))
  }
}
