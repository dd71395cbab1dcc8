import Glibc

/// A file that only takes up room, to be given up on a full disk: the store can then still write down what
/// happened, and tell of it.
package struct DiskBallast: Sendable {
  /// Bytes: what a busy server's records take in some hours.
  private static let size: Int64 = 32 << 20
  /// Free bytes below which it is given up.
  private static let released: Int64 = 8 << 20
  /// Free bytes from which on it is made: four times itself.
  private static let restored: Int64 = 128 << 20

  package let path: String

  package init(path: String) { self.path = path }

  /// What became of the file.
  package enum Change: Equatable { case made, givenUp }

  /// Makes the file or gives it up, as the disk is.
  ///
  /// Blocks; `nil` if it stays as it was.
  package func adjust(to space: DiskSpace) -> Change? {
    let exists = access(path, F_OK) == 0
    if exists, space.free < Self.released { return unlink(path) == 0 ? .givenUp : nil }
    if !exists, space.free >= Self.restored { return make() ? .made : nil }
    return nil
  }

  private func make() -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    // Blocks that are reserved, not a hole; a disk that cannot do that has no ballast.
    guard posix_fallocate(file, 0, off_t(Self.size)) == 0 else {
      unlink(path)
      return false
    }
    return true
  }
}
