/// What ICE and DTLS need, on session or media level (RFC 8839 §5.4, RFC 8842 §5).
public struct TransportAttributes: Hashable, Sendable {
  /// 4...256 characters.
  public var iceUfrag: String?
  /// 22...256 characters.
  public var icePassword: String?
  /// "trickle", "renomination", "ice2" and so on.
  public var iceOptions: [String] = []
  /// One certificate under several hashes, or several certificates.
  public var fingerprints: [CertificateFingerprint] = []
  public var setup: DTLSSetup?

  public init() {}
}

/// Who starts the DTLS handshake (RFC 4145 §4).
public enum DTLSSetup: String, Hashable, Sendable {
  case active, passive, actpass, holdconn
}

/// The hash of a certificate (RFC 8122 §5).
public struct CertificateFingerprint: Hashable, Sendable {
  /// Lower case: "sha-256".
  public var algorithm: String
  /// 1...64 bytes; not checked against the algorithm.
  public var digest: [UInt8]

  public init(algorithm: String, digest: [UInt8]) {
    self.algorithm = algorithm
    self.digest = digest
  }
}
