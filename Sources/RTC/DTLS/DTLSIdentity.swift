internal import CNIOBoringSSL
internal import Wire

/// A P-256 key and its self-signed certificate, known to peers by fingerprint (RFC 8827 §6.5).
@safe
public final class DTLSIdentity {
  /// What signalling announces, with SHA-256.
  public let fingerprint: DTLSFingerprint
  let certificate: OpaquePointer
  let key: OpaquePointer

  /// Makes a key and a certificate with random serial number.
  ///
  /// - Parameter unixSeconds: the wall clock. Peers check the fingerprint, hardly ever the dates;
  ///   the certificate is valid from a day before, for clocks that are behind, to a year after.
  /// - Throws: `library`.
  public init(unixSeconds: Int64) throws(DTLSFailure) {
    guard let key = unsafe Self.makeKey() else { throw .library }
    guard let certificate = unsafe Self.makeCertificate(for: key, unixSeconds: unixSeconds) else {
      unsafe EVP_PKEY_free(key)
      throw .library
    }
    guard let fingerprint = unsafe DTLSFingerprint(.sha256, of: certificate) else {
      unsafe X509_free(certificate)
      unsafe EVP_PKEY_free(key)
      throw .library
    }
    self.fingerprint = fingerprint
    unsafe self.certificate = certificate
    unsafe self.key = key
  }

  deinit {
    unsafe X509_free(certificate)
    unsafe EVP_PKEY_free(key)
  }

  private static func makeKey() -> OpaquePointer? {
    guard let curve = unsafe EC_KEY_new_by_curve_name(NID_X9_62_prime256v1) else { return nil }
    defer { unsafe EC_KEY_free(curve) }
    guard unsafe EC_KEY_generate_key(curve) == 1, let key = unsafe EVP_PKEY_new() else {
      return nil
    }
    guard unsafe EVP_PKEY_set1_EC_KEY(key, curve) == 1 else {
      unsafe EVP_PKEY_free(key)
      return nil
    }
    return unsafe key
  }

  private static func makeCertificate(
    for key: OpaquePointer, unixSeconds: Int64
  ) -> OpaquePointer? {
    let day: Int64 = 86_400
    let asciiString: Int32 = 0x1001  // MBSTRING_ASC, a macro Swift does not import
    var serial: UInt64 = 0
    unsafe RAND_bytes(&serial, MemoryLayout<UInt64>.size)
    guard let certificate = unsafe X509_new() else { return nil }
    let name = unsafe X509_get_subject_name(certificate)
    let isMade =
      unsafe X509_set_version(certificate, 2) == 1
      && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1
      && ASN1_TIME_set_posix(X509_getm_notBefore(certificate), unixSeconds - day) != nil
      && ASN1_TIME_set_posix(X509_getm_notAfter(certificate), unixSeconds + 365 * day) != nil
      && X509_NAME_add_entry_by_txt(name, "CN", asciiString, "WebRTC", -1, -1, 0) == 1
      && X509_set_issuer_name(certificate, name) == 1
      && X509_set_pubkey(certificate, key) == 1
      && X509_sign(certificate, key, EVP_sha256()) != 0
    guard isMade else {
      unsafe X509_free(certificate)
      return nil
    }
    return unsafe certificate
  }
}
