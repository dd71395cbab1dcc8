import Glibc
import Signal

/// What commands print for people and programs; to standard output, unbuffered.
enum Output {
  static func text(_ text: String) {
    _ = text.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
  }

  static func json(_ value: some Encodable) {
    text(String(decoding: SignalJSON.encode(value), as: UTF8.self) + "\n")
  }

  /// Columns as wide as their widest cell, two spaces between them.
  static func table(_ head: [String], _ rows: [[String]]) {
    let lines = [head] + rows.map { $0.map(printable) }
    let widths = head.indices.map { column in
      lines.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    var output = ""
    for line in lines {
      var text = ""
      for (cell, width) in zip(line, widths) {
        text += cell + String(repeating: " ", count: max(0, width - cell.count) + 2)
      }
      while text.last == " " { text.removeLast() }
      output += text + "\n"
    }
    text(output)
  }

  /// One name and value a line, values below one another.
  static func pairs(_ pairs: [(name: String, value: String)]) {
    let width = pairs.map(\.name.count).max() ?? 0
    for (name, value) in pairs {
      text(name + String(repeating: " ", count: width - name.count + 2) + printable(value) + "\n")
    }
  }

  /// Names come from strangers: what moves the cursor is not printed.
  private static func printable(_ cell: String) -> String {
    String(
      String.UnicodeScalarView(
        cell.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }
}
