import FoundationEssentials
package import Server
import Yams

/// `stoa.yaml`: one mapping from settings to values or lists of values.
package struct ConfigurationFile {
  /// Looked for in the working directory when no file is named.
  static let defaultPath = "stoa.yaml"

  package let path: String
  /// In the order of the file.
  package let values: [(key: String, values: [String])]

  /// Reads the file named, or the default one if it is there.
  ///
  /// - Throws: `ConfigurationError` if a named file is absent, or a file is no such mapping.
  package init(named name: String?) throws(ConfigurationError) {
    path = name ?? Self.defaultPath
    guard let data = FileManager.default.contents(atPath: path) else {
      guard let name else {
        values = []
        return
      }
      throw ConfigurationError(name, "cannot be read", cure: "check the path of the configuration")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ConfigurationError(path, "is not UTF-8 text")
    }
    values = try Self.values(of: text, in: path)
    if values.contains(where: { $0.key == Setting.apiSecret.key }) {
      do {
        try PrivateFile.requirePrivate(path)
      } catch {
        throw ConfigurationError(
          "'\(Setting.apiSecret.key)' in \(path)", "the file \(error.problem)", cure: error.cure)
      }
    }
  }

  private static func values(
    of text: String, in path: String
  ) throws(ConfigurationError) -> [(key: String, values: [String])] {
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch {
      let line = "\(error)".split(separator: "\n").first.map(String.init) ?? "not YAML"
      throw ConfigurationError(path, "is not YAML: \(line)")
    }
    guard let root, root.null == nil else { return [] }  // empty, or comments only
    guard let mapping = root.mapping else {
      throw ConfigurationError(path, "must be a list of 'setting: value' lines")
    }
    var values: [(key: String, values: [String])] = []
    for (key, value) in mapping {
      guard let name = key.string else {
        throw ConfigurationError(path, "has a key that is not text")
      }
      if let text = value.scalar?.string {
        values.append((name, [text]))
      } else if let items = value.sequence {
        let texts = items.compactMap { $0.scalar?.string }
        guard texts.count == items.count else {
          throw ConfigurationError("'\(name)' in \(path)", "must be a list of plain values")
        }
        values.append((name, texts))
      } else {
        throw ConfigurationError("'\(name)' in \(path)", "must be a value or a list of values")
      }
    }
    return values
  }
}
