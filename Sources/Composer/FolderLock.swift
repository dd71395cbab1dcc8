internal import Glibc

/// The right to write to an output's folder, which one process has at a time; it ends with the process.
struct FolderLock {
  private let descriptor: Int32

  /// Waits until nobody else has it; a folder that cannot be locked is not waited for.
  init(_ folder: String) {
    descriptor = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  func release() {
    if descriptor >= 0 { close(descriptor) }
  }
}
