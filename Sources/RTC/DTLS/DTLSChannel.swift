internal import CNIOBoringSSL

/// What BoringSSL's callbacks reach of one endpoint: the datagrams going in and out, and whose
/// certificate to expect.
///
/// Its BIO keeps datagrams apart: one write is one datagram, one read takes one. BoringSSL's own
/// memory BIO would run them together.
@safe
final class DTLSChannel {
  /// The peer's certificate, as far as it is known.
  enum Verification { case pending, matched, mismatched }

  /// Datagrams one call may produce; a flight is three or four, more means something loops.
  static let maximumOutgoing = 64

  /// The datagram to read next; valid during one call of the endpoint.
  var incoming: UnsafeRawBufferPointer?
  var outgoing: [[UInt8]] = []
  private(set) var verification = Verification.pending
  private let fingerprints: [DTLSFingerprint]

  init(fingerprints: [DTLSFingerprint]) {
    self.fingerprints = fingerprints
  }

  /// A BIO over this channel, which it does not retain; the caller frees it.
  func makeBIO() -> OpaquePointer? {
    guard let method = unsafe Self.method, let bio = unsafe BIO_new(method) else { return nil }
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    return unsafe bio
  }

  private static func channel(_ bio: OpaquePointer?) -> DTLSChannel? {
    guard let data = unsafe BIO_get_data(bio) else { return nil }
    return unsafe Unmanaged<DTLSChannel>.fromOpaque(data).takeUnretainedValue()
  }

  // Never freed or changed after it is made, and BoringSSL only reads it: safe to share.
  private nonisolated(unsafe) static let method: OpaquePointer? = {
    let sourceSink: Int32 = 0x0400  // BIO_TYPE_SOURCE_SINK
    guard let method = unsafe BIO_meth_new(BIO_get_new_index() | sourceSink, "datagram") else {
      return nil
    }
    unsafe BIO_meth_set_create(method) { bio in
      unsafe BIO_set_init(bio, 1)
      return 1
    }
    unsafe BIO_meth_set_destroy(method) { _ in 1 }
    unsafe BIO_meth_set_read(method) { bio, buffer, length in
      unsafe BIO_clear_retry_flags(bio)
      guard let channel = unsafe DTLSChannel.channel(bio), let buffer = unsafe buffer, length > 0,
        let datagram = unsafe channel.incoming
      else {
        unsafe BIO_set_retry_read(bio)
        return -1
      }
      unsafe channel.incoming = nil
      let count = min(Int(length), datagram.count)  // the rest is lost, as with UDP
      guard count > 0, let start = datagram.baseAddress else {
        unsafe BIO_set_retry_read(bio)
        return -1
      }
      unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: start, byteCount: count)
      return Int32(truncatingIfNeeded: count)
    }
    unsafe BIO_meth_set_write(method) { bio, bytes, length in
      unsafe BIO_clear_retry_flags(bio)
      guard let channel = unsafe DTLSChannel.channel(bio), length > 0 else { return -1 }
      if channel.outgoing.count < DTLSChannel.maximumOutgoing {
        let datagram = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(length))
        unsafe channel.outgoing.append([UInt8](datagram))
      }
      return length
    }
    unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return unsafe method
  }()

  /// For `SSL_CTX_set_custom_verify`: the certificate must have one of the fingerprints that
  /// signalling announced (RFC 8122 §5).
  ///
  /// Nothing else about it matters (RFC 8827 §6.5).
  static let verify:
    @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>?) -> ssl_verify_result_t = {
      ssl, alert in
      guard let channel = unsafe DTLSChannel.channel(SSL_get_rbio(ssl)),
        let certificate = unsafe SSL_get_peer_certificate(ssl)
      else { return ssl_verify_invalid }
      defer { unsafe X509_free(certificate) }
      let matches = channel.fingerprints.contains { expected in
        unsafe DTLSFingerprint(expected.algorithm, of: certificate) == expected
      }
      channel.verification = matches ? .matched : .mismatched
      unsafe alert?.pointee = UInt8(SSL_AD_BAD_CERTIFICATE)
      return matches ? ssl_verify_ok : ssl_verify_invalid
    }
}
