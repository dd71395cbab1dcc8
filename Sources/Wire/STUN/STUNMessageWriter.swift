/// Builds one STUN message, attribute by attribute (RFC 8489 §5).
///
/// Attributes come first, then `appendIntegrity`, then `appendFingerprint`. The length field is
/// right after every step, so `bytes` is always a whole message.
public struct STUNMessageWriter: Sendable {
  /// A longer attribute value is cut: the protocol's own limit for text (RFC 8489 §14.8).
  public static let maximumText = 763

  public private(set) var bytes: [UInt8] = []
  private let transactionID: STUNTransactionID

  public init(
    _ messageClass: STUNMessageClass, _ method: STUNMethod = .binding,
    transactionID: STUNTransactionID
  ) {
    self.transactionID = transactionID
    bytes.reserveCapacity(128)
    append(STUNMessageType(messageClass, method).wireValue)
    append(UInt16(0))
    append(STUNAttribute.magicCookie)
    append(transactionID.high)
    append(transactionID.low)
  }

  /// - Parameter username: at most `maximumText` bytes; the rest is cut.
  public mutating func appendUsername(_ username: String) {
    attribute(STUNAttribute.username) {
      $0.append(contentsOf: username.utf8.prefix(Self.maximumText))
    }
  }

  public mutating func appendPriority(_ priority: UInt32) {
    attribute(STUNAttribute.priority) { Self.append(priority, to: &$0) }
  }

  public mutating func appendUseCandidate() { attribute(STUNAttribute.useCandidate) { _ in } }

  public mutating func appendICEControlling(_ tieBreaker: UInt64) {
    attribute(STUNAttribute.iceControlling) { Self.append(tieBreaker, to: &$0) }
  }

  public mutating func appendICEControlled(_ tieBreaker: UInt64) {
    attribute(STUNAttribute.iceControlled) { Self.append(tieBreaker, to: &$0) }
  }

  /// SOFTWARE, for whoever reads a capture.
  public mutating func appendSoftware(_ software: String) {
    attribute(STUNAttribute.software) {
      $0.append(contentsOf: software.utf8.prefix(Self.maximumText))
    }
  }

  /// - Parameters:
  ///   - code: 300...699, clamped.
  ///   - reason: at most `maximumText` bytes; the rest is cut.
  public mutating func appendErrorCode(_ code: Int, reason: String) {
    let code = min(max(code, 300), 699)
    attribute(STUNAttribute.errorCode) {
      $0.append(contentsOf: [0, 0, UInt8(code / 100), UInt8(code % 100)])
      $0.append(contentsOf: reason.utf8.prefix(Self.maximumText))
    }
  }

  /// UNKNOWN-ATTRIBUTES of a 420 response (§14.13).
  public mutating func appendUnknownAttributes(_ types: [UInt16]) {
    attribute(STUNAttribute.unknownAttributes) {
      for type in types.prefix(64) { Self.append(type, to: &$0) }
    }
  }

  public mutating func appendXORMappedAddress(_ address: TransportAddress) {
    let cookie = STUNAttribute.magicCookie
    let id = transactionID
    attribute(STUNAttribute.xorMappedAddress) {
      let port = address.port ^ UInt16(truncatingIfNeeded: cookie >> 16)
      if let ipv4 = address.ipv4 {
        Self.append(UInt16(1), to: &$0)
        Self.append(port, to: &$0)
        Self.append(ipv4 ^ cookie, to: &$0)
      } else {
        Self.append(UInt16(2), to: &$0)
        Self.append(port, to: &$0)
        Self.append(address.high ^ (UInt64(cookie) << 32 | UInt64(id.high)), to: &$0)
        Self.append(address.low ^ id.low, to: &$0)
      }
    }
  }

  /// Appends MESSAGE-INTEGRITY (§14.5).
  ///
  /// - Parameter hmac: computes HMAC-SHA1 of the message so far; its length field already counts
  ///   MESSAGE-INTEGRITY.
  public mutating func appendIntegrity(hmac: (RawSpan) -> SHA1Digest) {
    setLength(bytes.count - STUNAttribute.headerLength + 4 + SHA1Digest.byteCount)
    let digest = unsafe hmac(bytes.span.bytes)
    attribute(STUNAttribute.messageIntegrity) {
      for index in 0..<SHA1Digest.byteCount { $0.append(digest.bytes[index]) }
    }
  }

  /// Appends FINGERPRINT, which must be the last attribute (§14.7).
  public mutating func appendFingerprint() {
    setLength(bytes.count - STUNAttribute.headerLength + 8)
    let crc = unsafe CRC32.checksum(bytes.span.bytes) ^ STUNAttribute.fingerprintMask
    attribute(STUNAttribute.fingerprint) { Self.append(crc, to: &$0) }
  }

  private mutating func attribute(_ type: UInt16, _ value: (inout [UInt8]) -> Void) {
    append(type)
    let lengthOffset = bytes.count
    append(UInt16(0))
    value(&bytes)
    store(UInt16(clamping: bytes.count - lengthOffset - 2), at: lengthOffset)
    while bytes.count % 4 != 0 { bytes.append(0) }
    setLength(bytes.count - STUNAttribute.headerLength)
  }

  private mutating func setLength(_ length: Int) { store(UInt16(clamping: length), at: 2) }

  private mutating func store(_ value: UInt16, at offset: Int) {
    bytes[offset] = UInt8(value >> 8)
    bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  private mutating func append(_ value: some FixedWidthInteger) { Self.append(value, to: &bytes) }

  private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
    for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> T(shift)))
    }
  }
}
