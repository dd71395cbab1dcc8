import Glibc

/// Each socket is a file to the kernel, and shells allow 1,024 by default.
enum FileDescriptorLimit {
  /// Raises the soft limit to the hard one; children inherit it.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
