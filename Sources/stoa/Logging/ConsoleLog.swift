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
    let entry = LogLine(
      time: Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
      level: event.level, label: label, message: "\(event.message)", fields: fields)
    var line =
      switch format {
      case .text: entry.text
      case .json: entry.json
      }
    line += "\n"
    // One write per line, so that lines of several threads and processes do not mix.
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
