internal import CNIOBoringSSL

/// The hash of a certificate, as signalling carries it (RFC 8122 §5).
public struct DTLSFingerprint: Hashable, Sendable {
  /// Hash functions strong enough to identify a peer; SHA-1 and MD5 are refused.
  public enum Algorithm: String, Sendable, CaseIterable {
    case sha256 = "sha-256"
    case sha384 = "sha-384"
    case sha512 = "sha-512"

    /// Bytes of a hash.
    public var length: Int {
      switch self {
      case .sha256: 32
      case .sha384: 48
      case .sha512: 64
      }
    }
  }

  public let algorithm: Algorithm
  public let bytes: [UInt8]

  /// - Parameter bytes: the hash; a length other than the algorithm's gives `nil`.
  public init?(algorithm: Algorithm, bytes: [UInt8]) {
    guard bytes.count == algorithm.length else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// Parses the value of `a=fingerprint`, such as `sha-256 4A:AD:B9:…`; `nil` if it is malformed or
  /// its hash function is not supported.
  public init?(sdp value: String) {
    let words = value.split(separator: " ")
    guard words.count == 2, let algorithm = Algorithm(rawValue: words[0].lowercased()) else {
      return nil
    }
    let pairs = words[1].utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard pairs.count == algorithm.length else { return nil }
    var bytes: [UInt8] = []
    for pair in pairs {
      guard pair.count == 2, let high = pair.first.flatMap(Self.digit),
        let low = pair.last.flatMap(Self.digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(algorithm: algorithm, bytes: bytes)
  }

  /// The value of `a=fingerprint`.
  public var sdp: String {
    let pairs = bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return byte < 16 ? "0" + digits : digits
    }
    return algorithm.rawValue + " " + pairs.joined(separator: ":")
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character &- UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character &- UInt8(ascii: "A") &+ 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character &- UInt8(ascii: "a") &+ 10
    default: nil
    }
  }
}

extension DTLSFingerprint {
  /// The fingerprint of an X.509 certificate.
  init?(_ algorithm: Algorithm, of certificate: OpaquePointer) {
    var bytes = [UInt8](repeating: 0, count: algorithm.length)
    var length: UInt32 = 0
    guard unsafe X509_digest(certificate, Self.function(algorithm), &bytes, &length) == 1 else {
      return nil
    }
    self.init(algorithm: algorithm, bytes: bytes)
  }

  private static func function(_ algorithm: Algorithm) -> OpaquePointer? {
    switch algorithm {
    case .sha256: unsafe EVP_sha256()
    case .sha384: unsafe EVP_sha384()
    case .sha512: unsafe EVP_sha512()
    }
  }
}
