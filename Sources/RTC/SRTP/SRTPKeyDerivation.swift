internal import CNIOBoringSSL

/// Makes session keys from a master key: AES in counter mode as the pseudo-random function
/// (RFC 3711 §4.3; RFC 6188 §3 for 256-bit keys).
///
/// The key derivation rate is 0, as DTLS-SRTP has it: session keys are made once.
public struct SRTPKeyDerivation {
  /// What a session key is for; the value enters the derivation (RFC 3711 §4.3.2).
  public enum Label: UInt8, Sendable {
    case rtpEncryption, rtpAuthentication, rtpSalt
    case rtcpEncryption, rtcpAuthentication, rtcpSalt
  }

  private var schedule: AES_KEY
  private let salt: [UInt8]

  /// - Parameters:
  ///   - masterKey: 16 or 32 bytes.
  ///   - masterSalt: up to 14 bytes; a shorter salt counts as followed by zeros (RFC 7714 §11).
  /// - Throws: `badKey` if a length is wrong.
  public init(masterKey: [UInt8], masterSalt: [UInt8]) throws(SRTPError) {
    guard masterKey.count == 16 || masterKey.count == 32, masterSalt.count <= 14 else {
      throw .badKey
    }
    schedule = AES_KEY()
    guard unsafe AES_set_encrypt_key(masterKey, UInt32(masterKey.count * 8), &schedule) == 0 else {
      throw .badKey
    }
    salt = masterSalt + [UInt8](repeating: 0, count: 14 - masterSalt.count)
  }

  /// The session key or salt for `label`; `count` is in bytes.
  public func key(_ label: Label, count: Int) -> [UInt8] {
    var counter = salt + [0, 0]
    counter[7] ^= label.rawValue
    var key = [UInt8](repeating: 0, count: count)
    var block = [UInt8](repeating: 0, count: 16)
    var used: UInt32 = 0
    let schedule = schedule
    unsafe key.withUnsafeMutableBufferPointer { key in
      unsafe withUnsafePointer(to: schedule) { schedule in
        unsafe AES_ctr128_encrypt(
          key.baseAddress, key.baseAddress, key.count, schedule, &counter, &block, &used)
      }
    }
    return key
  }
}
