/// Why a DTLS association could not be made, or ended badly.
public enum DTLSFailure: Error, Equatable, Sendable {
  /// The peer's certificate is not the one signalling announced; nothing was exported.
  case fingerprintMismatch
  /// The peer offers no SRTP protection profile of ours (RFC 5764).
  case noCommonProfile
  /// No answer to any retransmission, or the handshake took longer than it may.
  case timedOut
  /// The peer sent more than any handshake needs.
  case tooMuchData
  /// The peer gave up with this alert (RFC 8446 §6.2).
  case alert(UInt8)
  /// A malformed or unacceptable message; the value is BoringSSL's reason code.
  case protocolViolation(Int32)
  /// BoringSSL refused its own configuration, or memory ran out.
  case library
}
