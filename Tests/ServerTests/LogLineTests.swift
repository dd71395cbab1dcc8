import Logging
import Signal
import Testing
import stoa

@Suite struct LogLineTests {
  private func line(_ message: String = "m", _ fields: Logger.Metadata = [:]) -> LogLine {
    LogLine(time: "T", level: .info, label: "stoa", message: message, fields: fields)
  }

  private func object(_ line: LogLine) throws -> JSONValue {
    try SignalJSON.decode(JSONValue.self, from: Array(line.json.utf8))
  }

  @Test func `a JSON line has time, level, logger, message and the fields`() throws {
    let object = try object(line("hello", ["room": "r-1", "session": "s"]))
    #expect(
      object == [
        "time": "T", "level": "info", "logger": "stoa", "message": "hello", "room": "r-1",
        "session": "s",
      ])
  }

  @Test(arguments: [
    "a\nb", "a\r\n{\"level\":\"critical\"}", "\u{1B}[2Jcleared", "a\u{2028}b\u{2029}c",
    "\u{0}\u{7F}\u{85}\u{9B}", "\u{202E}reversed\u{200B}", "\"},\"x\":\"", "\\", "\\\"",
  ])
  func `nothing that people write ends a line or a value`(text: String) throws {
    for line in [line(text), line("m", ["participant": "\(text)"]), line("m", ["\(text)": "v"])] {
      for written in [line.text, line.json] {
        let isOneLine = written.unicodeScalars.allSatisfy { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: false
          default: true
          }
        }
        #expect(isOneLine, "\(written)")
      }
      let object = try object(line)
      #expect(object["level"] == "info")
      #expect(object["x"] == nil)
    }
    #expect(try object(line(text))["message"]?.string == text)
  }

  @Test func `long values are cut, however few characters they seem`() {
    let long = String(repeating: "x", count: 100_000)
    let stacked = "e" + String(repeating: "\u{301}", count: 100_000)
    for text in [long, stacked] {
      let written = line(text, ["a": "\(text)"])
      #expect(written.json.unicodeScalars.count < 3 * LogLine.maximumLength)
      #expect(written.text.unicodeScalars.count < 3 * LogLine.maximumLength)
    }
  }

  @Test func `a field cannot pose as the time or the level`() throws {
    let object = try object(line("m", ["level": "critical", "time": "never"]))
    #expect(object["level"] == "info")
    #expect(object["time"] == "T")
    #expect(object["level_"] == "critical")
  }

  @Test func `many fields are cut`() {
    let fields = Dictionary(
      uniqueKeysWithValues: (0..<1_000).map { ("f\($0)", Logger.MetadataValue.string("v")) })
    #expect(line("m", fields).json.count < 1_000)
  }
}
