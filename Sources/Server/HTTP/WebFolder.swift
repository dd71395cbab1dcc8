import FoundationEssentials
import Glibc

/// Where the page and the SDK are.
enum WebFolder {
  /// The folder to serve; `nil` if none was named and none of the usual ones exists.
  ///
  /// - Throws: `ConfigurationError` if the one named does not exist.
  static func find(_ named: String?) throws(ConfigurationError) -> StaticFiles? {
    if let named {
      guard let files = StaticFiles(folder: named) else {
        throw ConfigurationError(
          "--web \(named)", "there is no such folder", cure: "./run builds it as web/dist")
      }
      return files
    }
    var candidates = ["web/dist"]
    if let program = realpath("/proc/self/exe", nil) {
      defer { free(program) }
      let folder = String(cString: program).split(separator: "/").dropLast().joined(separator: "/")
      candidates.insert("/" + folder + "/web", at: 0)
    }
    return candidates.lazy.compactMap { StaticFiles(folder: $0) }.first
  }
}
