package import Logging

/// One message of the log as text: one line, whatever it contains.
package struct LogLine: Sendable {
  /// Unicode scalars a value may have; longer ones are cut, so that nobody floods the log.
  package static let maximumLength = 1_024
  /// Fields of one message; those beyond are left out.
  private static let maximumFields = 32

  private let time: String
  private let level: Logger.Level
  private let label: String
  private let message: String
  /// In the order of their names.
  private let fields: [(key: String, value: String)]

  package init(
    time: String, level: Logger.Level, label: String, message: String, fields: Logger.Metadata
  ) {
    self.time = time
    self.level = level
    self.label = label
    self.message = message
    self.fields = fields.sorted { $0.key < $1.key }.prefix(Self.maximumFields)
      .map { (key: $0.key, value: "\($0.value)") }
  }

  /// For people: time, level, message, `key=value`.
  package var text: String {
    let name = level.rawValue.uppercased()
    var line = time + " " + name + String(repeating: " ", count: max(0, 8 - name.count)) + " "
    line += Self.escaped(message, quotes: false)
    for (key, value) in fields {
      let isPlain = value.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType != nil
          || "-_.:/".unicodeScalars.contains($0)
      }
      line += " \(Self.escaped(key, quotes: false))="
      line +=
        isPlain && !value.isEmpty
        ? Self.escaped(value, quotes: false) : "\"\(Self.escaped(value, quotes: true))\""
    }
    return line
  }

  /// For programs: one JSON object.
  package var json: String {
    var line = #"{"time":"\#(time)","level":"\#(level.rawValue)","#
    line += #""logger":"\#(Self.escaped(label, quotes: true))","#
    line += #""message":"\#(Self.escaped(message, quotes: true))""#
    let taken: Set<String> = ["time", "level", "logger", "message"]
    for (key, value) in fields {
      // The same name twice is read by each program as it likes.
      let name = taken.contains(key) ? "\(key)_" : key
      line +=
        #","\#(Self.escaped(name, quotes: true))":"\#(Self.escaped(value, quotes: true))""#
    }
    return line + "}"
  }

  /// Without line ends, terminal controls and other characters that could fake a line of the log.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    var left = maximumLength
    for scalar in text.unicodeScalars {
      guard left > 0 else { return result + "…" }
      left -= 1
      switch scalar {
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      case "\\" where quotes: result += "\\\\"
      default:
        let isHarmless =
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
          default: true
          }
        if isHarmless {
          result.unicodeScalars.append(scalar)
        } else {
          for unit in String(scalar).utf16 {
            let hex = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
          }
        }
      }
    }
    return result
  }
}
