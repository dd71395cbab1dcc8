/// Where a request of the server's own goes to, read strictly from a URL that a stranger wrote.
///
/// Read by one parser, once: what was checked is what is connected to. Whatever two parsers could
/// read in two ways is refused: user names, backslashes, encoded hosts, numbers for addresses.
package struct OutboundURL: Sendable, Hashable {
  package struct Malformed: Error, Equatable, Sendable {
    /// For whoever wrote the URL.
    package var problem: String
  }

  /// In lower case.
  package let scheme: String
  /// A name in lower case, or an address without brackets.
  package let host: String
  /// The address, if the host is one.
  package let address: NetworkNumber?
  package let port: Int
  /// Path and query, for the request line.
  package let target: String

  /// Bytes of a URL.
  package static let maximumLength = 512
  private static let standardPorts = [
    "http": 80, "https": 443, "rtmp": 1_935, "rtmps": 443,
  ]

  /// Reads `scheme://host[:port][/path][?query]`.
  ///
  /// - Throws: `Malformed` saying what is wrong.
  package init(
    _ text: String, maximumLength: Int = maximumLength
  ) throws(Malformed) {
    guard text.utf8.count <= maximumLength else {
      throw Malformed(problem: "has more than \(maximumLength) characters")
    }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }) else {
      throw Malformed(problem: "has spaces, backslashes or letters beyond ASCII")
    }
    guard let mark = text.firstRange(of: "://") else {
      throw Malformed(problem: "is no URL with scheme and host")
    }
    scheme = text[..<mark.lowerBound].lowercased()
    guard let standardPort = Self.standardPorts[scheme] else {
      throw Malformed(problem: "has a scheme that is not used here")
    }
    let rest = text[mark.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let path = rest[authority.endIndex...]
    target = path.first == "/" ? String(path) : "/" + path
    guard !authority.contains("@") else {
      throw Malformed(problem: "has a user name or password in it")
    }
    let parts = try Self.split(authority)
    port =
      try parts.port.map { text throws(Malformed) in
        guard let number = UInt16(text), number > 0, text.utf8.allSatisfy(Self.isDigit) else {
          throw Malformed(problem: "has a port that is none")
        }
        return Int(number)
      } ?? standardPort
    if parts.isBracketed {
      guard parts.host.contains(":"), let number = NetworkNumber(parts.host) else {
        throw Malformed(problem: "has an address that is none")
      }
      (host, address) = (parts.host, number)
    } else {
      (host, address) = try Self.name(parts.host)
    }
  }

  private struct Parts {
    var host: String
    var isBracketed: Bool
    var port: Substring?
  }

  private static func split(_ authority: Substring) throws(Malformed) -> Parts {
    let host: Substring
    var rest: Substring
    let isBracketed = authority.first == "["
    if isBracketed {
      guard let end = authority.firstIndex(of: "]") else {
        throw Malformed(problem: "has an address that is none")
      }
      host = authority[..<end].dropFirst()
      rest = authority[end...].dropFirst()
    } else {
      host = authority.prefix { $0 != ":" }
      rest = authority[host.endIndex...]
    }
    let name = host.lowercased()
    guard !rest.isEmpty else { return Parts(host: name, isBracketed: isBracketed, port: nil) }
    guard rest.removeFirst() == ":" else {
      throw Malformed(problem: "has something between host and port")
    }
    return Parts(host: name, isBracketed: isBracketed, port: rest)
  }

  /// A name, or an IPv4 address in its only usual form.
  private static func name(_ text: String) throws(Malformed) -> (String, NetworkNumber?) {
    var name = text[...]
    if name.last == "." { name.removeLast() }  // the root, which every name ends in
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...253).contains(name.utf8.count), let last = labels.last else {
      throw Malformed(problem: "has no host, or too long a one")
    }
    // What ends in a number is an address (WHATWG URL §3.5): 127.1, 2130706433, 0x7f.1 too.
    if last.utf8.allSatisfy(isDigit) || last.hasPrefix("0x") {
      guard let number = NetworkNumber(String(name)) else {
        throw Malformed(problem: "has a number for a host that is no IPv4 address")
      }
      return (String(name), number)
    }
    for label in labels {
      let isLabel = label.utf8.allSatisfy { byte in
        isDigit(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
      }
      guard (1...63).contains(label.utf8.count), isLabel else {
        throw Malformed(problem: "has a host that is no name")
      }
    }
    return (String(name), nil)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
