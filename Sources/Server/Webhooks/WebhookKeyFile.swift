import Control
import Glibc

/// The server's signing key in a file of the data folder; made when first needed.
actor WebhookKeyFile: WebhookKeyring {
  private let path: String
  private var key: WebhookSigningKey?

  /// Reads the key if it is there.
  ///
  /// - Throws: `ConfigurationError` if the file is no key, or strangers can read it.
  init(folder: String) throws(ConfigurationError) {
    path = folder + "/webhook-key.pem"
    guard access(path, F_OK) == 0 else { return }
    do {
      key = try WebhookSigningKey(pem: try PrivateFile.text(at: path))
    } catch let refusal as PrivateFile.Refusal {
      throw ConfigurationError(path, refusal.problem, cure: refusal.cure)
    } catch {
      throw ConfigurationError(
        path, "is no RSA key in PEM form", cure: "remove it, and a new one is made")
    }
  }

  func signingKey() async throws -> WebhookSigningKey {
    if let key { return key }
    let made = try WebhookSigningKey()
    try NewFile.write(Array((made.pem + "\n").utf8), at: path)
    key = made
    return made
  }
}

/// Files that are there whole, or not at all.
enum NewFile {
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let code: Int32
    var description: String { "\(path) cannot be written: \(String(cString: strerror(code)))" }
  }

  /// Writes a file that only this user can read, and waits for the disk.
  static func write(_ bytes: [UInt8], at path: String) throws(Failure) {
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    var isWritten = fchmod(descriptor, 0o600) == 0
    var rest = bytes[...]
    while isWritten, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      isWritten = count > 0
      rest = rest.dropFirst(max(count, 0))
    }
    isWritten = isWritten && fsync(descriptor) == 0
    let code = errno
    close(descriptor)
    guard isWritten else {
      unlink(draft)
      throw Failure(path: path, code: code)
    }
    guard rename(draft, path) == 0 else { throw Failure(path: path, code: errno) }
  }
}
