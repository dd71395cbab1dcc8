extension TransportAddress {
  /// An address from its usual text, IPv4 or IPv6 (RFC 4291 §2.2); no names, no zones.
  ///
  /// - Parameters:
  ///   - address: such as "192.0.2.1", "2001:db8::1" or "::ffff:192.0.2.1".
  ///   - port: 0...65535.
  ///   - transport: what carries the datagrams.
  public init?(address: some StringProtocol, port: UInt16, transport: Transport = .udp) {
    let text = Array(address.utf8.prefix(46))
    if let ipv4 = Self.ipv4(text[...]) {
      self.init(ipv4: ipv4, port: port, transport: transport)
    } else if let groups = Self.ipv6(text[...]) {
      let high = groups[0..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
      let low = groups[4..<8].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
      self.init(high: high, low: low, port: port, transport: transport)
    } else {
      return nil
    }
  }

  /// The address without its port, as RFC 5952 writes it.
  public var addressText: String {
    if let ipv4 {
      return "\(ipv4 >> 24).\(ipv4 >> 16 & 0xFF).\(ipv4 >> 8 & 0xFF).\(ipv4 & 0xFF)"
    }
    let groups = (0..<8).map { index in
      UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)))
    }
    // The longest run of two or more zero groups, the first of equals, becomes "::" (§4.2).
    var zeros = 0..<0
    var start = 0
    while start < 8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(zeros.count, 1) { zeros = start..<end }
      start = end + 1
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    if zeros.isEmpty { return text(0..<8) }
    return "\(text(0..<zeros.lowerBound))::\(text(zeros.upperBound..<8))"
  }

  private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      let number = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
      guard number <= 255, part.count == 1 || part.first != 0x30 else { return nil }
      value = value << 8 | number
    }
    return value
  }

  private static func ipv6(_ text: ArraySlice<UInt8>) -> [UInt16]? {
    var text = text
    var tail: [UInt16] = []
    if let colon = text.lastIndex(of: UInt8(ascii: ":")),
      let ipv4 = ipv4(text[(colon + 1)...])
    {
      tail = [UInt16(truncatingIfNeeded: ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
      // Keep the colon when it is the second of "::".
      let isDouble = colon > text.startIndex && text[colon - 1] == UInt8(ascii: ":")
      text = text[..<(isDouble ? colon + 1 : colon)]
    }
    let colons = Array("::".utf8)
    guard
      let gap = text.indices.dropLast().first(where: { text[$0..<$0 + 2].elementsEqual(colons) })
    else {
      guard let groups = Self.groups(text), groups.count + tail.count == 8 else { return nil }
      return groups + tail
    }
    guard let head = Self.groups(text[..<gap]), let rest = Self.groups(text[(gap + 2)...]),
      head.count + rest.count + tail.count < 8
    else { return nil }
    let zeros = 8 - head.count - rest.count - tail.count
    return head + [UInt16](repeating: 0, count: zeros) + rest + tail
  }

  /// Hexadecimal groups between colons; none for empty text.
  private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    for part in text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
      guard (1...4).contains(part.count),
        part.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
        let group = UInt16(String(decoding: part, as: Unicode.UTF8.self), radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }
}

extension TransportAddress: CustomStringConvertible {
  /// "192.0.2.1:9/udp" or "[2001:db8::1]:9/tcp".
  public var description: String {
    ipv4 == nil
      ? "[\(addressText)]:\(port)/\(transport)" : "\(addressText):\(port)/\(transport)"
  }
}
