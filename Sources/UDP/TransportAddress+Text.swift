internal import CLinux
package import Wire

extension TransportAddress {
  /// Reads a numeric IPv4 or IPv6 address; names are not resolved.
  package init?(host: String, port: UInt16, transport: Transport = .udp) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    guard unsafe stoa_parse_host(host, &high, &low) else { return nil }
    self.init(high: high, low: low, port: port, transport: transport)
  }

  /// The address without port, in its usual text form (RFC 5952).
  package var host: String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      guard let start = text.baseAddress else { return "" }
      unsafe start.initialize(repeating: 0, count: 64)
      unsafe stoa_format_host(high, low, start)
      return unsafe String(cString: start)
    }
  }

  /// `192.0.2.1:4000` or `[2001:db8::1]:4000`.
  package var hostAndPort: String {
    ipv4 == nil ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Reads what `hostAndPort` writes.
  package init?(hostAndPort text: String, transport: Transport = .udp) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.first == "[" && host.last == "]"
    if isBracketed { host = host.dropFirst().dropLast() }
    guard host.contains(":") == isBracketed else { return nil }
    self.init(host: String(host), port: port, transport: transport)
  }

  /// All interfaces: 0.0.0.0 or `::`.
  package var isUnspecified: Bool { ipv4 == 0 || (high == 0 && low == 0) }
  /// In 127.0.0.0/8, or `::1`.
  package var isLoopback: Bool { ipv4.map { $0 >> 24 == 127 } ?? (high == 0 && low == 1) }

  /// The same address with another port or transport.
  package func with(port: UInt16? = nil, transport: Transport? = nil) -> TransportAddress {
    var copy = self
    copy.port = port ?? self.port
    copy.transport = transport ?? self.transport
    return copy
  }
}
