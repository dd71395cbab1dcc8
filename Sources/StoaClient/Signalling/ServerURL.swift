/// Where a Stoa server is: `http://localhost:8080`, `https://meet.example.org`.
public struct ServerURL: Hashable, Sendable, CustomStringConvertible {
  public let isSecure: Bool
  /// Without brackets, if it is an IPv6 address.
  public let host: String
  public let port: Int

  /// `nil` unless it is `http://` or `https://`, a host and perhaps a port; a path is ignored.
  public init?(_ text: String) {
    var rest: Substring
    if text.hasPrefix("http://") {
      isSecure = false
      rest = text.dropFirst(7)
    } else if text.hasPrefix("https://") {
      isSecure = true
      rest = text.dropFirst(8)
    } else {
      return nil
    }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var portText: Substring?
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      let tail = rest[rest.index(after: end)...]
      guard tail.isEmpty || tail.first == ":" else { return nil }
      portText = tail.isEmpty ? nil : tail.dropFirst()
    } else if let colon = rest.firstIndex(of: ":") {
      host = String(rest[..<colon])
      portText = rest[rest.index(after: colon)...]
    } else {
      host = String(rest)
    }
    let allowed = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
    guard !host.isEmpty, allowed else { return nil }
    if let portText {
      guard let number = Int(portText), (1...65_535).contains(number) else { return nil }
      port = number
    } else {
      port = isSecure ? 443 : 80
    }
  }

  /// `localhost` or an address that never leaves this machine.
  public var isLoopback: Bool {
    host == "localhost" || host == "::1"
      || host.hasPrefix("127.") && !host.hasSuffix(".")
        && host.split(separator: ".", omittingEmptySubsequences: false).count == 4
        && host.split(separator: ".").allSatisfy { UInt8($0) != nil }
  }

  /// As a `Host` header has it.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  public var description: String { "\(isSecure ? "https" : "http")://\(authority)" }
}
