import FoundationEssentials

/// Files with secrets: read whole, and only if no stranger can read them.
package enum PrivateFile {
  /// Why such a file was not read.
  package struct Refusal: Error, Equatable, Sendable {
    package let problem: String
    package let cure: String?
  }

  /// Bytes; a longer file is not what the person meant.
  package static let maximumSize = 65_536

  /// The text of a small file that others than owner and group cannot read.
  package static func text(at path: String) throws(Refusal) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Refusal(problem: "cannot be read", cure: "check the path and its permissions")
    }
    try requirePrivate(path)
    guard data.count <= maximumSize, let text = String(validating: data, as: UTF8.self) else {
      throw Refusal(problem: "is not a short text", cure: nil)
    }
    return text
  }

  /// Throws if everybody on this machine can read the file.
  package static func requirePrivate(_ path: String) throws(Refusal) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let mode = attributes?[.posixPermissions] as? Int ?? 0
    guard mode & 0o007 == 0 else {
      throw Refusal(
        problem: "can be read by everybody on this machine", cure: "chmod 640 \(path)")
    }
  }
}
