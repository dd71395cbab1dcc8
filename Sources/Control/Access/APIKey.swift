/// The name and the secret with which an application signs its tokens.
package struct APIKey: Sendable, Equatable {
  package let key: String
  /// Never logged.
  package let secret: String

  /// HS256 needs as many bytes as its hash (RFC 7518 §3.2); the library beneath traps on fewer.
  package static let minimumSecretBytes = 32

  /// - Throws: a `Violation` if the key is empty, longer than 128 bytes or has spaces, or the
  ///   secret is shorter than 32 bytes.
  package init(key: String, secret: String) throws(ControlConfiguration.Violation) {
    guard (1...128).contains(key.utf8.count), !key.contains(where: \.isWhitespace) else {
      throw .init(key: "apiKey", rule: "must be 1 to 128 bytes without spaces")
    }
    guard secret.utf8.count >= Self.minimumSecretBytes else {
      throw .init(key: "apiSecret", rule: "must be at least \(Self.minimumSecretBytes) bytes")
    }
    self.key = key
    self.secret = secret
  }
}
