import CSRTP2
import RTC

/// One direction of an SRTP session in libsrtp, the implementation browsers use.
final class ReferenceSRTP {
  private var session: srtp_t?

  private static let isReady = srtp_init() == srtp_err_status_ok

  init?(_ profile: SRTPProfile, key: [UInt8], salt: [UInt8], isSender: Bool) {
    guard Self.isReady else { return nil }
    var policy = srtp_policy_t()
    for part in [\srtp_policy_t.rtp, \srtp_policy_t.rtcp] {
      switch profile {
      case .aes128CMSHA1_80: srtp_crypto_policy_set_rtp_default(&policy[keyPath: part])
      case .aeadAES128GCM: srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy[keyPath: part])
      case .aeadAES256GCM: srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy[keyPath: part])
      }
    }
    policy.ssrc.type = isSender ? ssrc_any_outbound : ssrc_any_inbound
    policy.window_size = 1024
    var master = key + salt
    let status = master.withUnsafeMutableBufferPointer { master in
      policy.key = master.baseAddress
      return srtp_create(&session, &policy)
    }
    guard status == srtp_err_status_ok else { return nil }
  }

  deinit { if let session { srtp_dealloc(session) } }

  /// The protected packet, or `nil` if libsrtp refuses.
  func protectRTP(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_protect) }
  func unprotectRTP(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_unprotect) }
  func protectRTCP(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_protect_rtcp) }
  func unprotectRTCP(_ packet: [UInt8]) -> [UInt8]? { run(packet, srtp_unprotect_rtcp) }

  private func run(
    _ packet: [UInt8],
    _ body: (srtp_t?, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int32>?) -> srtp_err_status_t
  ) -> [UInt8]? {
    // libsrtp wants words aligned and room for the longest trailer.
    var words = [UInt32](repeating: 0, count: packet.count / 4 + 64)
    var length = Int32(packet.count)
    let status = words.withUnsafeMutableBytes { buffer in
      buffer.copyBytes(from: packet)
      return body(session, buffer.baseAddress, &length)
    }
    guard status == srtp_err_status_ok else { return nil }
    return words.withUnsafeBytes { Array($0.prefix(Int(length))) }
  }
}
