/// An SRTP protection profile, by its number in DTLS-SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2).
public enum SRTPProfile: UInt16, Sendable, CaseIterable {
  /// AES-128 in counter mode and an 80-bit HMAC-SHA1 tag: the one everybody has.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case aes128CMSHA1_80 = 0x0001
  case aeadAES128GCM = 0x0007
  case aeadAES256GCM = 0x0008

  /// Bytes of the master key, and of the session encryption keys.
  public var keyLength: Int { self == .aeadAES256GCM ? 32 : 16 }
  /// Bytes of the master salt, and of the session salts.
  public var saltLength: Int { self == .aes128CMSHA1_80 ? 14 : 12 }
  /// Bytes of the session authentication keys; an AEAD has none.
  public var authenticationKeyLength: Int { self == .aes128CMSHA1_80 ? 20 : 0 }
  /// Bytes of the authentication tag.
  @inlinable public var tagLength: Int { self == .aes128CMSHA1_80 ? 10 : 16 }
  /// Bytes an RTP packet grows by.
  @inlinable public var rtpOverhead: Int { tagLength }
  /// Bytes an RTCP compound packet grows by: the tag and the SRTCP index.
  @inlinable public var rtcpOverhead: Int { tagLength + 4 }
}
