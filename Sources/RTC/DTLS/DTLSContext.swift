internal import CNIOBoringSSL

/// What all DTLS associations of a shard have in common: identity, versions, algorithms.
@safe
public struct DTLSContext: ~Copyable {
  /// Protocol versions an association may agree on.
  public enum Versions: Sendable { case both, only12, only13 }

  let pointer: OpaquePointer

  /// - Parameters:
  ///   - profiles: SRTP protection profiles, best first; as server we choose by this order. GCM
  ///     costs a third of the time of counter mode with HMAC-SHA1.
  /// - Throws: `library`.
  public init(
    identity: DTLSIdentity, versions: Versions = .both,
    profiles: [SRTPProfile] = [.aeadAES128GCM, .aeadAES256GCM, .aes128CMSHA1_80]
  ) throws(DTLSFailure) {
    guard let context = unsafe SSL_CTX_new(DTLS_method()) else { throw .library }
    guard unsafe Self.configure(context, identity, versions, profiles) else {
      unsafe SSL_CTX_free(context)
      throw .library
    }
    unsafe pointer = context
  }

  deinit { unsafe SSL_CTX_free(pointer) }

  /// For DTLS 1.2: forward secrecy and authenticated encryption only.
  ///
  /// RFC 8827 §6.5 requires the first; DTLS 1.3 has nothing else.
  private static let ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
    + ":ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
    + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

  /// Bytes of one handshake message.
  ///
  /// The largest is a certificate, a few hundred bytes when made for a call; BoringSSL does not go
  /// below 16 KiB.
  private static let maximumMessage = 16 << 10

  private static func name(_ profile: SRTPProfile) -> String {
    switch profile {
    case .aes128CMSHA1_80: "SRTP_AES128_CM_SHA1_80"
    case .aeadAES128GCM: "SRTP_AEAD_AES_128_GCM"
    case .aeadAES256GCM: "SRTP_AEAD_AES_256_GCM"
    }
  }

  private static func configure(
    _ context: OpaquePointer, _ identity: DTLSIdentity, _ versions: Versions,
    _ profiles: [SRTPProfile]
  ) -> Bool {
    let oldest = versions == .only13 ? DTLS1_3_VERSION : DTLS1_2_VERSION
    let newest = versions == .only12 ? DTLS1_2_VERSION : DTLS1_3_VERSION
    // The hybrid of X25519 and ML-KEM first: recorded calls stay secret from a quantum computer.
    let groups = [
      SSL_GROUP_X25519_MLKEM768, SSL_GROUP_X25519, SSL_GROUP_SECP256R1, SSL_GROUP_SECP384R1,
    ].map { UInt16($0) }
    let names = profiles.map(Self.name).joined(separator: ":")
    unsafe SSL_CTX_set_options(context, UInt32(SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET))
    unsafe SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF)
    unsafe SSL_CTX_set_max_cert_list(context, Self.maximumMessage)
    unsafe SSL_CTX_set_current_time_cb(context, DTLSClock.callback)
    unsafe SSL_CTX_set_custom_verify(
      context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, DTLSChannel.verify)
    return unsafe SSL_CTX_set_min_proto_version(context, UInt16(oldest)) == 1
      && SSL_CTX_set_max_proto_version(context, UInt16(newest)) == 1
      && SSL_CTX_set_strict_cipher_list(context, Self.ciphers) == 1
      && SSL_CTX_set1_group_ids(context, groups, groups.count) == 1
      && SSL_CTX_use_certificate(context, identity.certificate) == 1
      && SSL_CTX_use_PrivateKey(context, identity.key) == 1
      && SSL_CTX_set_srtp_profiles(context, names) == 1
  }
}
