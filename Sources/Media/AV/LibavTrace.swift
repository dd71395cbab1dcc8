internal import CFFmpeg
internal import Glibc
internal import Synchronization

/// Keeps libav's log lines away from our output: some of them name stream keys.
///
/// Lines are thrown away unformatted. A thread can ask to see the templates of its own lines, which have no values in
/// them: that tells how far a connection came, for which libav has no other word.
enum LibavTrace {
  private final class Observer {
    let body: (UnsafePointer<CChar>) -> Void
    init(_ body: @escaping (UnsafePointer<CChar>) -> Void) { self.body = body }
  }

  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    guard pthread_key_create(&key, nil) == 0 else { return nil }
    av_log_set_callback { _, _, template, _ in
      guard let template, let key = LibavTrace.key, let pointer = pthread_getspecific(key) else {
        return
      }
      Unmanaged<Observer>.fromOpaque(pointer).takeUnretainedValue().body(template)
    }
    return key
  }()

  /// Makes libav silent; done once, whoever asks.
  static func redirect() { _ = key }

  /// Runs `body`; what libav logs on this thread meanwhile goes to `observer` as a template.
  static func observing<Result>(
    _ observer: @escaping (UnsafePointer<CChar>) -> Void, _ body: () -> Result
  ) -> Result {
    guard let key else { return body() }
    let box = Observer(observer)
    return withExtendedLifetime(box) {
      let outer = pthread_getspecific(key)
      pthread_setspecific(key, Unmanaged.passUnretained(box).toOpaque())
      defer { pthread_setspecific(key, outer) }
      return body()
    }
  }
}
