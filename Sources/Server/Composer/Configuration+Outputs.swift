import Control
import FoundationEssentials
import Glibc

extension Configuration {
  /// Where outputs lie and how many there may be; makes the key of their links if it is absent.
  ///
  /// - Throws: `ConfigurationError` if the data folder cannot be used.
  func outputSettings() throws -> OutputSettings {
    let folder =
      dataDirectory.hasPrefix("/")
      ? dataDirectory : FileManager.default.currentDirectoryPath + "/" + dataDirectory
    return OutputSettings(
      dataFolder: folder, perKey: compose.outputsPerKey, cores: compose.cores,
      links: OutputLinks(key: try LinkKeyFile.key(in: folder)))
  }

  /// Where a program on this machine joins.
  func loopbackSignallingURL(port: Int) -> String {
    let scheme = tls == nil ? "ws" : "wss"
    let host = bind.isWildcard ? "127.0.0.1" : bind.urlHost
    return "\(scheme)://\(host):\(port)/signal"
  }
}

/// The key with which the addresses of files are signed, in a file of the data folder.
enum LinkKeyFile {
  /// Bytes, as many as the hash has.
  private static let size = 32

  static func key(in folder: String) throws -> [UInt8] {
    let path = folder + "/link-key"
    if access(path, F_OK) == 0 {
      let text: String
      do {
        text = try PrivateFile.text(at: path)
      } catch {
        throw ConfigurationError(path, error.problem, cure: error.cure)
      }
      guard let key = Data(base64Encoded: text.trimmingSpaces), key.count == size else {
        throw ConfigurationError(
          path, "is no key", cure: "remove it, and a new one is made; old links end with it")
      }
      return Array(key)
    }
    var random = SystemRandomNumberGenerator()
    let key = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    try NewFile.write(Array((Data(key).base64EncodedString() + "\n").utf8), at: path)
    return key
  }
}
