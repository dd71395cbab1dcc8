import Crypto
import FoundationEssentials

/// What the deliveries of one tenant are signed with, as Standard Webhooks has it: `whsec_` and the
/// key in Base64.
package struct WebhookSecret: Sendable, Equatable {
  package static let prefix = "whsec_"
  /// Bytes: as many as the hash has.
  private static let size = 32

  package let text: String

  package init(text: String) { self.text = text }

  init(using random: inout some RandomNumberGenerator) {
    let key = Data((0..<Self.size).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    text = Self.prefix + key.base64EncodedString()
  }

  /// The `webhook-signature` of one attempt: `v1,` and HMAC-SHA256 of `id.timestamp.body`.
  ///
  /// - Parameters:
  ///   - id: the `webhook-id`.
  ///   - seconds: the `webhook-timestamp`.
  ///   - body: as sent.
  package func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
    let encoded = text.hasPrefix(Self.prefix) ? text.dropFirst(Self.prefix.count) : text[...]
    let key = Data(base64Encoded: String(encoded)) ?? Data(text.utf8)
    let signed = Array("\(id).\(seconds).".utf8) + body
    let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
    return "v1," + Data(code).base64EncodedString()
  }
}
