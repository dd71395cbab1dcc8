/// Cuts what a process writes into lines of bounded length.
package struct LineSplitter: Sendable {
  /// Bytes; what is longer is cut.
  package static let maximumLength = 4_096

  private var partial: [UInt8] = []
  private var isSkipping = false

  package init() {}

  /// The lines that end within `bytes`, without their ends; empty ones are left out.
  package mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        if !isSkipping, let line = rest() { lines.append(line) }
        isSkipping = false
      } else if !isSkipping {
        partial.append(byte)
        guard partial.count >= Self.maximumLength else { continue }
        if let line = rest() { lines.append(line) }
        isSkipping = true
      }
    }
    return lines
  }

  /// The line that has not ended, which begins anew.
  package mutating func rest() -> String? {
    defer { partial.removeAll(keepingCapacity: true) }
    return partial.isEmpty ? nil : String(decoding: partial, as: UTF8.self)
  }
}
