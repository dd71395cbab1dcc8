/// Reads one JSON text (RFC 8259) into a value, in time and memory proportional to its length.
///
/// Foundation's decoder takes seconds for 256 KiB of `[]`, tries encodings other than UTF-8, and
/// recurses as deep as it is told to; this one is for text from strangers.
package struct JSONParser {
  /// Levels of `{` and `[` that a client's message may have; no message of ours has more than five,
  /// the rest is the application's.
  package static let clientDepth = 32
  /// Levels that any text may have: what one client sent lies a little deeper in what others get.
  package static let maximumDepth = 40

  /// What is wrong with a text.
  package enum Violation: Error, Equatable, Sendable {
    case notUTF8
    case tooDeep
    /// Not JSON, found out at this byte.
    case malformed(at: Int)
  }

  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0
  private let maximumDepth: Int
  private let refusesRepeatedKeys: Bool

  private init(_ bytes: [UInt8], maximumDepth: Int, refusesRepeatedKeys: Bool) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.refusesRepeatedKeys = refusesRepeatedKeys
  }

  /// Reads `bytes` as one whole text.
  ///
  /// A key that occurs twice counts where it occurs last, or makes the text malformed where that is
  /// asked for; half a surrogate pair becomes U+FFFD, as in a browser.
  package static func parse(
    _ bytes: [UInt8], maximumDepth: Int = maximumDepth, refusingRepeatedKeys: Bool = false
  ) throws(Violation) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    var parser = JSONParser(
      bytes, maximumDepth: maximumDepth, refusesRepeatedKeys: refusingRepeatedKeys)
    let value = try parser.value()
    guard parser.next() == nil else { throw parser.malformed }
    return value
  }

  private var malformed: Violation { .malformed(at: index) }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// The next byte that is not white space, not yet consumed.
  private mutating func next() -> UInt8? {
    while let byte = peek {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return byte
      }
    }
    return nil
  }

  private mutating func value() throws(Violation) -> JSONValue {
    switch next() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func literal(
    _ text: StaticString, _ value: JSONValue
  ) throws(Violation) -> JSONValue {
    for byte in text.description.utf8 {
      guard peek == byte else { throw malformed }
      index += 1
    }
    return value
  }

  private mutating func enter() throws(Violation) {
    index += 1
    depth += 1
    guard depth <= maximumDepth else { throw .tooDeep }
  }

  private mutating func leave() {
    index += 1
    depth -= 1
  }

  private mutating func array() throws(Violation) -> [JSONValue] {
    try enter()
    var elements: [JSONValue] = []
    if next() == UInt8(ascii: "]") {
      leave()
      return elements
    }
    while true {
      elements.append(try value())
      switch next() {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        leave()
        return elements
      default: throw malformed
      }
    }
  }

  private mutating func object() throws(Violation) -> [String: JSONValue] {
    try enter()
    var members: [String: JSONValue] = [:]
    if next() == UInt8(ascii: "}") {
      leave()
      return members
    }
    while true {
      guard next() == UInt8(ascii: "\"") else { throw malformed }
      let key = try string()
      guard next() == UInt8(ascii: ":") else { throw malformed }
      index += 1
      if refusesRepeatedKeys, members[key] != nil { throw malformed }
      members[key] = try value()
      switch next() {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        leave()
        return members
      default: throw malformed
      }
    }
  }

  private mutating func number() throws(Violation) -> JSONValue {
    let start = index
    var isWhole = true
    if peek == UInt8(ascii: "-") { index += 1 }
    if peek == UInt8(ascii: "0") { index += 1 } else { try digits() }
    if peek == UInt8(ascii: ".") {
      isWhole = false
      index += 1
      try digits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isWhole = false
      index += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw .malformed(at: start) }
    return .number(number)
  }

  private mutating func digits() throws(Violation) {
    let start = index
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
    guard index > start else { throw malformed }
  }

  private mutating func string() throws(Violation) -> String {
    index += 1
    var plainFrom = index
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let last = bytes[plainFrom..<index]
        index += 1
        if text.isEmpty { return String(decoding: last, as: UTF8.self) }
        text += last
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += bytes[plainFrom..<index]
        index += 1
        try escape(into: &text)
        plainFrom = index
      case ..<0x20: throw malformed
      default: index += 1
      }
    }
    throw malformed
  }

  private mutating func escape(into text: inout [UInt8]) throws(Violation) {
    guard let byte = peek else { throw malformed }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text += try scalar().utf8
    default: throw .malformed(at: index - 1)
    }
  }

  /// What follows `\u`: one scalar, of one or two escapes.
  private mutating func scalar() throws(Violation) -> Character {
    let first = try fourHexDigits()
    if (0xD800..<0xDC00).contains(first), index + 1 < bytes.count,
      bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
    {
      let afterFirst = index
      index += 2
      let second = try fourHexDigits()
      if (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF))
      {
        return Character(scalar)
      }
      index = afterFirst
    }
    return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
  }

  private mutating func fourHexDigits() throws(Violation) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { throw malformed }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
