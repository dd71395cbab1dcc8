import Wire

extension DTLSFingerprint {
  /// `nil` for a hash function that is not supported, or a digest of another length than its.
  init?(_ attribute: CertificateFingerprint) {
    guard let algorithm = Algorithm(rawValue: attribute.algorithm) else { return nil }
    self.init(algorithm: algorithm, bytes: attribute.digest)
  }

  var attribute: CertificateFingerprint {
    CertificateFingerprint(algorithm: algorithm.rawValue, digest: bytes)
  }
}
