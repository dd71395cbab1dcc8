import Wire

/// An IP address as a number, IPv4 in its mapped form.
package struct NetworkNumber: Hashable, Sendable, CustomStringConvertible {
  private let address: TransportAddress

  /// Reads `192.0.2.1` or `2001:db8::1`, in their usual forms only.
  package init?(_ text: String) {
    guard let address = TransportAddress(address: text, port: 0) else { return nil }
    self.address = address
  }

  /// - Parameter ipv4: as one number, `0x7F00_0001` for 127.0.0.1.
  package init(ipv4: UInt32) { address = TransportAddress(ipv4: ipv4, port: 0) }

  /// - Parameters:
  ///   - high: the first eight bytes of an IPv6 address.
  ///   - low: the last eight.
  package init(high: UInt64, low: UInt64) {
    address = TransportAddress(high: high, low: low, port: 0)
  }

  package var description: String { address.addressText }

  /// What is special about the address; `nil` for one of the internet.
  var specialty: Specialty? {
    if let ipv4 = address.ipv4 { return Self.specialty(ofIPv4: ipv4) }
    let (high, low) = (address.high, address.low)
    if high == 0 {
      return low == 1 ? .loopback : .reserved  // ::, ::1, and the old ::a.b.c.d
    }
    if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 {  // NAT64 (RFC 6052): an IPv4 address
      let inner = Self.specialty(ofIPv4: UInt32(truncatingIfNeeded: low))
      return inner == .loopback ? .reserved : inner
    }
    if high >> 61 != 1 {  // 2000::/3 is all that was ever given out
      if high >> 57 == 0x7E { return .privateUse }  // fc00::/7
      if high >> 54 == 0x3FA || high >> 54 == 0x3FB { return .privateUse }  // fe80::/10, fec0::/10
      return high >> 56 == 0xFF ? .multicast : .reserved
    }
    if high >> 41 == 0x2001_0000 >> 9 { return .reserved }  // 2001::/23: Teredo, ORCHID, others
    if high >> 32 == 0x2001_0DB8 { return .reserved }  // documentation
    if high >> 48 == 0x2002 { return .reserved }  // 6to4: an IPv4 address inside
    if high >> 44 == 0x3FFF0 { return .reserved }  // 3fff::/20, documentation
    return nil
  }

  /// Why an address is not one of the internet.
  package enum Specialty: Sendable, Equatable { case loopback, privateUse, multicast, reserved }

  /// The registry of special addresses (RFC 6890 and its updates), IPv4.
  private static let ipv4Ranges: [(network: UInt32, bits: UInt32, specialty: Specialty)] = [
    (0x0000_0000, 8, .reserved),  // 0.0.0.0/8, this host
    (0x0A00_0000, 8, .privateUse),  // 10.0.0.0/8
    (0x6440_0000, 10, .privateUse),  // 100.64.0.0/10, behind carriers' NATs
    (0x7F00_0000, 8, .loopback),  // 127.0.0.0/8
    (0xA9FE_0000, 16, .privateUse),  // 169.254.0.0/16, with clouds' metadata
    (0xAC10_0000, 12, .privateUse),  // 172.16.0.0/12
    (0xC000_0000, 24, .reserved),  // 192.0.0.0/24
    (0xC000_0200, 24, .reserved),  // 192.0.2.0/24, documentation
    (0xC058_6300, 24, .reserved),  // 192.88.99.0/24, 6to4 relays
    (0xC0A8_0000, 16, .privateUse),  // 192.168.0.0/16
    (0xC612_0000, 15, .reserved),  // 198.18.0.0/15, benchmarks
    (0xC633_6400, 24, .reserved),  // 198.51.100.0/24, documentation
    (0xCB00_7100, 24, .reserved),  // 203.0.113.0/24, documentation
    (0xE000_0000, 4, .multicast),  // 224.0.0.0/4
    (0xF000_0000, 4, .reserved),  // 240.0.0.0/4, with broadcast
  ]

  private static func specialty(ofIPv4 ipv4: UInt32) -> Specialty? {
    ipv4Ranges.first { ipv4 >> (32 - $0.bits) == $0.network >> (32 - $0.bits) }?.specialty
  }
}
