extension TransportAttributes {
  /// Reads `attribute` if it is one of ours, and returns whether it was.
  mutating func read(_ attribute: SDPAttribute) throws(MalformedAttribute) -> Bool {
    switch attribute.name {
    case "ice-ufrag": iceUfrag = try Self.credential(attribute, 4...256)
    case "ice-pwd": icePassword = try Self.credential(attribute, 22...256)
    case "ice-options": iceOptions = attribute.fields.map(String.init)
    case "setup":
      guard let value = attribute.value, let setup = DTLSSetup(rawValue: String(value.trimmed))
      else { throw .malformed }
      self.setup = setup
    case "fingerprint":
      guard let fingerprint = CertificateFingerprint(fields: attribute.fields) else {
        throw .malformed
      }
      fingerprints.append(fingerprint)
    default: return false
    }
    return true
  }

  private static func credential(
    _ attribute: SDPAttribute, _ length: ClosedRange<Int>
  ) throws(MalformedAttribute) -> String {
    guard let value = attribute.value?.trimmed, length.contains(value.utf8.count),
      value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .malformed }
    return String(value)
  }
}

extension CertificateFingerprint {
  /// - Parameter fields: algorithm, then pairs of hexadecimal digits between colons.
  init?(fields: [Substring]) {
    guard fields.count == 2 else { return nil }
    var digest: [UInt8] = []
    for part in fields[1].utf8.split(separator: 0x3A, omittingEmptySubsequences: false) {
      guard part.count == 2, part.allSatisfy({ $0 != 0x2B && $0 != 0x2D }), digest.count < 64,
        let byte = UInt8(Substring(part), radix: 16)
      else { return nil }
      digest.append(byte)
    }
    self.init(algorithm: fields[0].lowercased(), digest: digest)
  }

  /// `sha-256 AB:CD:…`.
  public var text: String {
    let digits = Array("0123456789ABCDEF".unicodeScalars)
    let pairs = digest.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
    return "\(algorithm) \(pairs.joined(separator: ":"))"
  }
}
