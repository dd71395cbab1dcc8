import FoundationEssentials
import Glibc
import Logging
import Server

/// Writes log messages to standard error, one line each, whatever they contain.
struct ConsoleLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let format: Configuration.LogFormat

  /// Characters a value may have; longer ones are cut, so that nobody floods the log with one line.
  private static let maximumLength = 1_024

  init(label: String, level: Logger.Level, format: Configuration.LogFormat) {
    self.label = label
    logLevel = level
    self.format = format
  }

  /// Makes this the handler of all loggers of the process; once.
  static func install(level: Logger.Level, format: Configuration.LogFormat) {
    LoggingSystem.bootstrap { ConsoleLog(label: $0, level: level, format: format) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata
    if let provided = metadataProvider?.get() { fields.merge(provided) { own, _ in own } }
    if let explicit = event.metadata { fields.merge(explicit) { _, new in new } }
    let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let pairs = fields.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
    var line =
      switch format {
      case .text: Self.text(time, event.level, "\(event.message)", pairs)
      case .json: Self.json(time, event.level, label, "\(event.message)", pairs)
      }
    line += "\n"
    // One write per line, so that lines of several threads and processes do not mix.
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func text(
    _ time: String, _ level: Logger.Level, _ message: String, _ fields: [(String, String)]
  ) -> String {
    let name = level.rawValue.uppercased()
    var line = time + " " + name + String(repeating: " ", count: max(0, 8 - name.count)) + " "
    line += escaped(message, quotes: false)
    for (key, value) in fields {
      let plain = value.allSatisfy { $0.isLetter || $0.isNumber || "-_.:/".contains($0) }
      line += " \(escaped(key, quotes: false))="
      line += plain && !value.isEmpty ? clipped(value) : "\"\(escaped(value, quotes: true))\""
    }
    return line
  }

  private static func json(
    _ time: String, _ level: Logger.Level, _ label: String, _ message: String,
    _ fields: [(String, String)]
  ) -> String {
    var line = #"{"time":"\#(time)","level":"\#(level.rawValue)","logger":"\#(label)","message":""#
    line += escaped(message, quotes: true) + "\""
    for (key, value) in fields {
      line += #","\#(escaped(key, quotes: true))":"\#(escaped(value, quotes: true))""#
    }
    return line + "}"
  }

  private static func clipped(_ text: String) -> String {
    text.count > maximumLength ? text.prefix(maximumLength) + "…" : text
  }

  /// Without line ends, terminal controls and other characters that could fake a line of the log.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in clipped(text).unicodeScalars {
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
