/// A borrowed view of one STUN message (RFC 8489 §5).
///
/// Parsing walks the attributes once and keeps where the ones ICE uses are. Of an attribute that
/// appears twice the first counts; what follows MESSAGE-INTEGRITY is not covered by it and ignored,
/// FINGERPRINT excepted (§14.5).
public struct STUNMessageView: ~Escapable {
  /// The whole message; every range counts from its start.
  public let bytes: RawSpan
  public let messageClass: STUNMessageClass
  public let method: STUNMethod
  public let transactionID: STUNTransactionID

  /// Where the USERNAME value is.
  public private(set) var username: Range<Int>?
  /// PRIORITY of the candidate a check would reveal (RFC 8445 §7.1.1).
  public private(set) var priority: UInt32?
  /// The controlling side nominates the pair (RFC 8445 §7.1.2).
  public private(set) var useCandidate = false
  /// Tie-breaker of a sender in the controlling role.
  public private(set) var iceControlling: UInt64?
  /// Tie-breaker of a sender in the controlled role.
  public private(set) var iceControlled: UInt64?
  /// 300...699.
  public private(set) var errorCode: Int?
  public private(set) var xorMappedAddress: TransportAddress?
  /// The first attribute that must be understood and is not: answer with 420 (§6.3.1).
  public private(set) var unknownRequiredAttribute: UInt16?
  private var integrityOffset: Int?
  private var fingerprintOffset: Int?

  /// Parses `bytes` as one whole message.
  ///
  /// - Throws: `STUNParseError` when a length points past the end or differs from the datagram's,
  ///   the cookie is missing, or an attribute we use is malformed.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(STUNParseError) {
    guard bytes.byteCount >= STUNAttribute.headerLength else { throw .truncated }
    let type: UInt16 = bytes.bigEndian(at: 0)
    let length = Int(bytes.bigEndian(at: 2, as: UInt16.self))
    guard type & 0xC000 == 0, length % 4 == 0, length == bytes.byteCount - 20 else {
      throw .badHeader
    }
    guard bytes.bigEndian(at: 4) == STUNAttribute.magicCookie else { throw .badCookie }
    let decoded = STUNMessageType(wireValue: type)
    self.bytes = bytes
    messageClass = decoded.messageClass
    method = decoded.method
    transactionID = STUNTransactionID(high: bytes.bigEndian(at: 8), low: bytes.bigEndian(at: 12))

    var offset = STUNAttribute.headerLength
    while offset < bytes.byteCount, fingerprintOffset == nil {
      guard offset + 4 <= bytes.byteCount else { throw .truncated }
      let type: UInt16 = bytes.bigEndian(at: offset)
      let length = Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
      guard length <= bytes.byteCount - offset - 4 else { throw .truncated }
      try read(type, at: offset, value: offset + 4..<offset + 4 + length)
      offset += 4 + (length + 3) & ~3
    }
  }

  public var isRequest: Bool { messageClass == .request }
  public var isIndication: Bool { messageClass == .indication }
  public var isSuccess: Bool { messageClass == .success }
  public var isError: Bool { messageClass == .error }

  /// The two ICE fragments of USERNAME; `nil` if there is none or a part is longer than 16 bytes.
  public var usernameFragments: STUNUsername? {
    guard let username else { return nil }
    return STUNUsername(bytes, in: username)
  }

  /// What to verify MESSAGE-INTEGRITY with; `nil` if the message has none.
  public var integrity: STUNIntegrity? {
    guard let offset = integrityOffset,
      let digest = SHA1Digest(bytes, in: offset + 4..<offset + 24)
    else { return nil }
    let length = UInt16(truncatingIfNeeded: offset + 24 - STUNAttribute.headerLength)
    let header = [20 of UInt8] { index in
      switch index {
      case 2: UInt8(truncatingIfNeeded: length >> 8)
      case 3: UInt8(truncatingIfNeeded: length)
      default: bytes.bigEndian(at: index)
      }
    }
    return STUNIntegrity(
      header: header, coveredRange: STUNAttribute.headerLength..<offset, digest: digest)
  }

  /// FINGERPRINT holds the CRC-32 of what precedes it (§14.7); `nil` if the message has none.
  public var hasValidFingerprint: Bool? {
    guard let offset = fingerprintOffset else { return nil }
    let expected = CRC32.checksum(bytes.extracting(0..<offset)) ^ STUNAttribute.fingerprintMask
    return bytes.checkedBigEndian(at: offset + 4) == expected
  }

  private mutating func read(
    _ type: UInt16, at offset: Int, value: Range<Int>
  ) throws(STUNParseError) {
    guard integrityOffset == nil || type == STUNAttribute.fingerprint else { return }
    switch type {
    case STUNAttribute.username: if username == nil { username = value }
    case STUNAttribute.priority: if priority == nil { priority = try integer(in: value) }
    case STUNAttribute.useCandidate: useCandidate = true
    case STUNAttribute.iceControlling:
      if iceControlling == nil { iceControlling = try integer(in: value) }
    case STUNAttribute.iceControlled:
      if iceControlled == nil { iceControlled = try integer(in: value) }
    case STUNAttribute.errorCode:
      guard value.count >= 4 else { throw .badAttribute }
      let hundreds = Int(bytes.bigEndian(at: value.lowerBound + 2, as: UInt8.self) & 7)
      let rest = Int(bytes.bigEndian(at: value.lowerBound + 3, as: UInt8.self))
      guard (3...6).contains(hundreds), rest < 100 else { throw .badAttribute }
      if errorCode == nil { errorCode = hundreds * 100 + rest }
    case STUNAttribute.xorMappedAddress:
      if xorMappedAddress == nil { xorMappedAddress = try xorAddress(in: value) }
    case STUNAttribute.messageIntegrity:
      guard value.count == SHA1Digest.byteCount else { throw .badAttribute }
      integrityOffset = offset
    case STUNAttribute.fingerprint:
      guard value.count == 4 else { throw .badAttribute }
      fingerprintOffset = offset
    case STUNAttribute.mappedAddress, STUNAttribute.unknownAttributes, STUNAttribute.realm,
      STUNAttribute.nonce, STUNAttribute.messageIntegritySHA256:
      break  // understood, not used
    default:
      if type < STUNAttribute.firstOptional, unknownRequiredAttribute == nil {
        unknownRequiredAttribute = type
      }
    }
  }

  private func integer<T: FixedWidthInteger & BitwiseCopyable>(
    in value: Range<Int>
  ) throws(STUNParseError) -> T {
    guard value.count == MemoryLayout<T>.size else { throw .badAttribute }
    return bytes.bigEndian(at: value.lowerBound)
  }

  /// XOR-MAPPED-ADDRESS: cookie over IPv4 and port, cookie and transaction id over IPv6 (§14.2).
  private func xorAddress(in value: Range<Int>) throws(STUNParseError) -> TransportAddress {
    guard value.count >= 8 else { throw .badAttribute }
    let family: UInt8 = bytes.bigEndian(at: value.lowerBound + 1)
    let cookie = STUNAttribute.magicCookie
    let port =
      bytes.bigEndian(at: value.lowerBound + 2, as: UInt16.self)
      ^ UInt16(truncatingIfNeeded: cookie >> 16)
    switch (family, value.count) {
    case (1, 8):
      return TransportAddress(ipv4: bytes.bigEndian(at: value.lowerBound + 4) ^ cookie, port: port)
    case (2, 20):
      let high = bytes.bigEndian(at: value.lowerBound + 4, as: UInt64.self)
      let low = bytes.bigEndian(at: value.lowerBound + 12, as: UInt64.self)
      return TransportAddress(
        high: high ^ (UInt64(cookie) << 32 | UInt64(transactionID.high)),
        low: low ^ transactionID.low, port: port)
    default: throw .badAttribute
    }
  }
}
