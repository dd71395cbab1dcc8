/// Writes JSON text; the keys of objects in order, so that equal values are equal texts.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package static func write(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.append(value)
    return writer.bytes
  }

  package mutating func append(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let value): raw(value ? "true" : "false")
    case .integer(let value): bytes += String(value).utf8
    case .number(let value): append(value)
    case .string(let value): append(value)
    case .array(let elements):
      raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(",") }
        append(element)
      }
      raw("]")
    case .object(let members):
      raw("{")
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { raw(",") }
        append(member.key)
        raw(":")
        append(member.value)
      }
      raw("}")
    }
  }

  private mutating func append(_ number: Double) {
    // What JSON cannot say; no parser of ours makes such a number.
    guard number.isFinite else { return raw("null") }
    let text = String(number)
    bytes += (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8
  }

  private mutating func append(_ text: String) {
    raw("\"")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: raw("\\n")
      case 0x0D: raw("\\r")
      case 0x09: raw("\\t")
      case ..<0x20:
        raw("\\u00")
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    raw("\"")
  }

  private mutating func raw(_ text: StaticString) {
    bytes += text.description.utf8
  }
}
