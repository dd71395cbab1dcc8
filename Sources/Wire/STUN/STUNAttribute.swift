/// The attribute types we read or write (RFC 8489 §18.3, RFC 8445 §16.1).
enum STUNAttribute {
  static let mappedAddress: UInt16 = 0x0001
  static let username: UInt16 = 0x0006
  static let messageIntegrity: UInt16 = 0x0008
  static let errorCode: UInt16 = 0x0009
  static let unknownAttributes: UInt16 = 0x000A
  static let realm: UInt16 = 0x0014
  static let nonce: UInt16 = 0x0015
  static let messageIntegritySHA256: UInt16 = 0x001C
  static let xorMappedAddress: UInt16 = 0x0020
  static let priority: UInt16 = 0x0024
  static let useCandidate: UInt16 = 0x0025
  static let software: UInt16 = 0x8022
  static let fingerprint: UInt16 = 0x8028
  static let iceControlled: UInt16 = 0x8029
  static let iceControlling: UInt16 = 0x802A

  /// Types below this must be understood, or a request is refused with 420 (RFC 8489 §6.3.1).
  static let firstOptional: UInt16 = 0x8000
  static let magicCookie: UInt32 = 0x2112_A442
  /// "STUN", which keeps the CRC from being that of a protocol with its own CRC-32 (§14.7).
  static let fingerprintMask: UInt32 = 0x5354_554E
  static let headerLength = 20
}
