import Crypto
import CryptoExtras
import FoundationEssentials

/// The server's RSA key, with which `videosdk-signature` is made.
package struct WebhookSigningKey: Sendable {
  private let key: _RSA.Signing.PrivateKey

  /// A new key; takes a good part of a second.
  ///
  /// - Throws: what the cryptographic library throws.
  package init() throws { key = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

  /// - Throws: if the text is no RSA key in PEM form, or a short one.
  package init(pem: String) throws { key = try _RSA.Signing.PrivateKey(pemRepresentation: pem) }

  /// The private key, for its file.
  package var pem: String { key.pkcs8PEMRepresentation }
  /// What receivers check signatures with.
  package var publicPEM: String { key.publicKey.pemRepresentation }

  /// The Base64 of the signature (RSASSA-PKCS1-v1_5 with SHA-256) over `body`.
  ///
  /// - Throws: what the cryptographic library throws; nothing with a key of ours.
  package func signature(of body: [UInt8]) throws -> String {
    // The public surface has this padding; for signatures nothing is known against it.
    try key.signature(for: body, padding: .insecurePKCS1v1_5)
      .rawRepresentation.base64EncodedString()
  }
}

/// Where the server's signing key is; it is made when it is first needed.
package protocol WebhookKeyring: Sendable {
  func signingKey() async throws -> WebhookSigningKey
}
