/// The path and query of a request, decoded (RFC 3986).
package struct RequestTarget: Equatable, Sendable {
  /// Percent-decoded, without empty ones: `/a//b/` has two.
  package let segments: [String]
  /// The first value of each name.
  package let query: [String: String]

  /// Reads `/path?query`; `nil` for broken percent-encoding and encoded `/` or NUL.
  package init?(_ target: String) {
    let line = target.prefix { $0 != "#" }
    let path = line.prefix { $0 != "?" }
    var segments: [String] = []
    for part in path.split(separator: "/") {
      guard let segment = Self.decoded(part),
        !segment.utf8.contains(where: { $0 == 0 || $0 == 0x2F })
      else { return nil }
      segments.append(segment)
    }
    var query: [String: String] = [:]
    for pair in line.dropFirst(path.count + 1).split(separator: "&") {
      let name = pair.prefix { $0 != "=" }
      guard let key = Self.decoded(name, plusIsSpace: true),
        let value = Self.decoded(pair.dropFirst(name.count + 1), plusIsSpace: true)
      else { return nil }
      if query[key] == nil { query[key] = value }
    }
    self.segments = segments
    self.query = query
  }

  private static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit
        else { return nil }
        bytes.append(high << 4 | low)
      } else if plusIsSpace, byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
