/// The settings as written, with where each was found: flags win over variables, those over the file.
package struct SettingValues: Sendable {
  /// Where a value was written, from weakest to strongest.
  package enum Source: Equatable, Sendable {
    case file(String)
    case environment
    case flag
  }

  private struct Entry: Sendable {
    var texts: [String]
    var source: Source
  }
  private var entries: [Setting: Entry] = [:]

  package init() {}

  /// Merges the three sources; all of them are checked for keys that do not exist.
  ///
  /// - Parameters:
  ///   - flags: flags given on the command line, each with its texts.
  ///   - environment: the whole environment; other variables than `STOA_…` are ignored.
  ///   - file: keys and values of the configuration file, in its order.
  ///   - path: of that file, for messages.
  /// - Throws: `ConfigurationError` for an unknown key or variable.
  package init(
    flags: [Setting: String], environment: [String: String],
    file: [(key: String, values: [String])], path: String
  ) throws(ConfigurationError) {
    for (key, values) in file {
      guard let setting = Setting(rawValue: key) else {
        throw ConfigurationError(
          "'\(key)' in \(path)", "unknown key",
          cure: Self.suggestion(key, among: Setting.allCases.map(\.key)))
      }
      entries[setting] = Entry(texts: values, source: .file(path))
    }
    let byVariable = Dictionary(
      uniqueKeysWithValues: Setting.allCases.map { ($0.environmentName, $0) })
    for (name, value) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix("STOA_") && name != Self.fileVariable {
      guard let setting = byVariable[name] else {
        throw ConfigurationError(
          name, "unknown variable",
          cure: Self.suggestion(name, among: byVariable.keys.sorted() + [Self.fileVariable]))
      }
      entries[setting] = Entry(texts: Self.split(value, setting), source: .environment)
    }
    for (setting, value) in flags {
      entries[setting] = Entry(texts: Self.split(value, setting), source: .flag)
    }
  }

  /// Names the configuration file, as `--config` does; not a setting, so not in the file itself.
  package static let fileVariable = "STOA_CONFIG"

  package func isSet(_ setting: Setting) -> Bool { entries[setting] != nil }

  /// How the person wrote the setting: `--port`, `STOA_PORT`, or `'port' in stoa.yaml`.
  package func name(of setting: Setting) -> String {
    switch entries[setting]?.source {
    case .flag: "--\(setting.flag ?? setting.key)"
    case .environment: setting.environmentName
    case .file(let path): "'\(setting.key)' in \(path)"
    case nil: setting.flag.map { "--\($0)" } ?? setting.environmentName
    }
  }

  /// An error about a setting, under the name the person used.
  package func error(
    _ setting: Setting, _ problem: String, cure: String? = nil
  ) -> ConfigurationError {
    ConfigurationError(name(of: setting), problem, cure: cure)
  }

  private static func split(_ value: String, _ setting: Setting) -> [String] {
    guard case .list = setting.kind else { return [value] }
    return value.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingSpaces)
  }

  private static func suggestion(_ word: String, among known: [String]) -> String {
    let nearest = known.min { word.distance(to: $0) < word.distance(to: $1) }
    if let nearest, word.distance(to: nearest) <= 3 { return "did you mean '\(nearest)'?" }
    return "see docs/config.md for what there is"
  }
}

extension SettingValues {
  /// The one text of a setting; `nil` if it is not set.
  ///
  /// - Throws: `ConfigurationError` if it is empty or a list.
  package func text(_ setting: Setting) throws(ConfigurationError) -> String? {
    guard let texts = entries[setting]?.texts else { return nil }
    guard texts.count == 1, let text = texts.first else {
      throw error(setting, "must be one value, not a list")
    }
    guard !text.isEmpty else {
      throw error(setting, "must not be empty", cure: "leave it out for the default")
    }
    return text
  }

  package func list(_ setting: Setting) throws(ConfigurationError) -> [String]? {
    guard let texts = entries[setting]?.texts else { return nil }
    let parts = texts.count == 1 ? Self.split(texts.first ?? "", setting) : texts
    guard !parts.contains("") else { throw error(setting, "has an empty part") }
    return parts
  }

  /// The number of an `integer` setting.
  package func integer(_ setting: Setting) throws(ConfigurationError) -> Int? {
    guard let text = try text(setting) else { return nil }
    guard case .integer(let range) = setting.kind, let number = Int(text), range ~= number else {
      throw error(setting, "'\(text.clipped)' is not a whole number of \(setting.allowed)")
    }
    return number
  }

  package func choice<Choice: RawRepresentable<String>>(
    _ setting: Setting, as _: Choice.Type
  ) throws(ConfigurationError) -> Choice? {
    guard let text = try text(setting) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw error(setting, "'\(text.clipped)' is not one of \(setting.allowed)")
    }
    return choice
  }

  package func toggle(_ setting: Setting) throws(ConfigurationError) -> Bool {
    guard let text = try text(setting) else { return false }
    switch text {
    case "true": return true
    case "false": return false
    default: throw error(setting, "'\(text.clipped)' is neither true nor false")
    }
  }
}

extension StringProtocol {
  /// At most 60 characters, for quoting what a person wrote.
  var clipped: String { count > 60 ? prefix(60) + "…" : String(self) }

  var trimmingSpaces: String {
    let end = reversed().drop(while: \.isWhitespace).count
    return String(prefix(end).drop(while: \.isWhitespace))
  }

  /// Insertions, deletions and replacements between two words (Levenshtein), letters' case ignored.
  func distance(to other: some StringProtocol) -> Int {
    let target = Array(other.lowercased())
    var row = Array(0...target.count)
    for (index, letter) in lowercased().enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in target.indices {
        let replaced = diagonal + (letter == target[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = Swift.min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[target.count]
  }
}
