internal import Glibc

/// What the system said about a file.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `errno`.
  package let code: Int32
  package let operation: String

  package init(_ code: Int32, _ operation: String) {
    self.code = code
    self.operation = operation
  }

  /// True if the disk, or the quota, is full.
  package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

  package var description: String { "\(operation): \(String(cString: strerror(code))) (\(code))" }
}

extension AVError {
  /// True if libav could not write because the disk, or the quota, is full.
  var isDiskFull: Bool { code == -ENOSPC || code == -EDQUOT }
}

/// A file that is appended to, and of which we know how much would survive a power failure.
///
/// Closes in `deinit`. One thread at a time owns it.
final class DurableFile {
  let path: String
  private let descriptor: Int32
  /// Bytes in the file.
  private(set) var length: Int

  /// Opens for appending.
  ///
  /// - Parameter truncatedTo: cuts what follows; nil keeps all.
  init(appendingTo path: String, truncatedTo size: Int? = nil) throws(FileError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    self.path = path
    guard descriptor >= 0 else {
      length = 0
      throw FileError(errno, "open \(path)")
    }
    if let size, ftruncate(descriptor, size) != 0 {
      length = 0
      throw FileError(errno, "cut \(path)")
    }
    length = lseek(descriptor, 0, SEEK_END)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends all of the bytes or, when the disk is full, none of them.
  func append(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let result = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count &- written)
      }
      if result < 0, errno == EINTR { continue }
      guard result > 0 else {
        let code = result < 0 ? errno : ENOSPC
        // Half a fragment is worth nothing, and its bytes may be needed.
        ftruncate(descriptor, length)
        lseek(descriptor, length, SEEK_SET)
        throw FileError(code, "write \(path)")
      }
      written &+= result
    }
    length &+= written
  }

  /// Returns when everything appended would survive a power failure.
  func synchronize() throws(FileError) {
    guard fdatasync(descriptor) == 0 else { throw FileError(errno, "write \(path) to disk") }
  }
}

/// Operations on whole files and folders.
enum Files {
  /// Makes a folder unless it is there; its parent exists.
  static func createFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileError(errno, "make folder \(path)")
    }
  }

  /// Puts bytes in the place of a file, so that readers see the old or the new one and nothing between.
  ///
  /// - Parameter isDurable: waits until it would survive a power failure.
  static func replace(
    _ path: String, with bytes: [UInt8], isDurable: Bool
  ) throws(FileError) {
    let temporary = path + ".new"
    let file = try DurableFile(appendingTo: temporary, truncatedTo: 0)
    try file.append(bytes)
    if isDurable { try file.synchronize() }
    try rename(temporary, to: path, isDurable: isDurable)
  }

  static func rename(_ path: String, to target: String, isDurable: Bool) throws(FileError) {
    guard Glibc.rename(path, target) == 0 else { throw FileError(errno, "rename \(path)") }
    if isDurable { synchronizeFolder(of: target) }
  }

  /// Makes the names in a folder survive a power failure; file systems that cannot are left alone.
  static func synchronizeFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes a file; it is no error if it is not there.
  static func remove(_ path: String) { unlink(path) }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Bytes of a file; nil if there is none.
  static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// All of a small file.
  ///
  /// - Parameter limit: a longer one is refused.
  static func read(_ path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errno, "read \(path)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(errno, "read \(path)") }
      guard count > 0 else { return bytes }
      guard bytes.count &+ count <= limit else { throw FileError(EFBIG, "read \(path)") }
      bytes += buffer[..<count]
    }
  }

  /// Names in a folder, without `.` and `..`.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
