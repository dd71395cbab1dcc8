/// What MESSAGE-INTEGRITY covers and says (RFC 8489 §14.5).
///
/// The HMAC is computed over `header`, then over the bytes of the message in `coveredRange`.
public struct STUNIntegrity: Sendable {
  /// The message's header with its length rewritten to end just after MESSAGE-INTEGRITY.
  public let header: [20 of UInt8]
  /// Attributes before MESSAGE-INTEGRITY; may be empty.
  public let coveredRange: Range<Int>
  /// The digest the sender computed.
  public let digest: SHA1Digest
}
