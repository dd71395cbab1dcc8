import NIOCore

/// An IPv4 or IPv6 address without a port.
package struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
  /// The text as given, without brackets.
  package let description: String
  package let isIPv6: Bool
  /// Whether only this machine can reach it.
  package let isLoopback: Bool

  /// Reads `192.0.2.1` or `2001:db8::1`; names are not looked up.
  package init?(_ text: String) {
    guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
    description = text
    switch address {
    case .v4:
      isIPv6 = false
      isLoopback = text.hasPrefix("127.")  // the parser takes dotted quads only
    case .v6:
      isIPv6 = true
      isLoopback = address.ipAddress == "::1"
    case .unixDomainSocket: return nil
    }
  }

  /// Whether it stands for every address of the machine.
  package var isWildcard: Bool { description == "0.0.0.0" || description == "::" }

  /// As it stands in a URL.
  package var urlHost: String { isIPv6 ? "[\(description)]" : description }
}

/// An address that browsers are told instead of this machine's own, with a port if that differs too.
package struct AnnouncedAddress: Hashable, Sendable, CustomStringConvertible {
  package let address: NetworkAddress
  /// `nil` for the port that the shard listens on; else shard *n* is announced at `port + n`.
  package let port: UInt16?

  /// Reads `192.0.2.1`, `192.0.2.1:40000`, `2001:db8::1` or `[2001:db8::1]:40000`.
  package init?(_ text: String) {
    if let address = NetworkAddress(text) {
      self.address = address
      port = nil
      return
    }
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.first == "[" && host.last == "]"
    if isBracketed { host = host.dropFirst().dropLast() }
    guard let address = NetworkAddress(String(host)), address.isIPv6 == isBracketed
    else { return nil }
    self.address = address
    self.port = port
  }

  package var description: String {
    port.map { "\(address.urlHost):\($0)" } ?? address.description
  }
}
