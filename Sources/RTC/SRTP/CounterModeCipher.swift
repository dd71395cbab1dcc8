internal import CNIOBoringSSL
internal import Wire

/// AES-128 in counter mode with an HMAC-SHA1 tag of 80 bits, for the RTP or the RTCP packets of
/// one direction (RFC 3711 §4.1.1 and §4.2.1).
@safe
@usableFromInline struct CounterModeCipher: ~Copyable {
  static let tagLength = 10

  private struct Keys {
    var schedule: AES_KEY
    var authentication: HMACSHA1
  }

  /// On the heap: 440 bytes, which would otherwise sit in every peer, in use or not.
  private let keys: UnsafeMutablePointer<Keys>
  /// The session salt, followed by two zero bytes, as the two words the counter starts from.
  private let saltHigh: UInt64
  private let saltLow: UInt64

  /// - Parameters:
  ///   - key: 16 bytes.
  ///   - salt: 14 bytes.
  ///   - authenticationKey: 20 bytes.
  init(key: [UInt8], salt: [UInt8], authenticationKey: [UInt8]) throws(SRTPError) {
    guard key.count == 16, salt.count == 14, authenticationKey.count == 20 else { throw .badKey }
    var schedule = AES_KEY()
    guard unsafe AES_set_encrypt_key(key, 128, &schedule) == 0 else { throw .badKey }
    unsafe keys = .allocate(capacity: 1)
    unsafe keys.initialize(
      to: Keys(
        schedule: schedule, authentication: HMACSHA1(key: authenticationKey.span.bytes)))
    let padded = salt + [0, 0]
    saltHigh = unsafe padded.span.bytes.bigEndian(at: 0)
    saltLow = unsafe padded.span.bytes.bigEndian(at: 8)
  }

  deinit {
    unsafe OPENSSL_cleanse(keys, MemoryLayout<Keys>.size)
    unsafe keys.deallocate()
  }

  /// Encrypts or decrypts `text` in place; `index` has 48 bits.
  @inline(__always)
  func apply(to text: UnsafeMutableBufferPointer<UInt8>, ssrc: UInt32, index: UInt64) {
    var counter = ((UInt64(ssrc) ^ saltHigh).bigEndian, ((index << 16) ^ saltLow).bigEndian)
    var block: (UInt64, UInt64) = (0, 0)
    var used: UInt32 = 0
    unsafe withUnsafeMutableBytes(of: &counter) { counter in
      unsafe withUnsafeMutableBytes(of: &block) { block in
        unsafe AES_ctr128_encrypt(
          text.baseAddress, text.baseAddress, text.count, &keys.pointee.schedule,
          counter.assumingMemoryBound(to: UInt8.self).baseAddress,
          block.assumingMemoryBound(to: UInt8.self).baseAddress, &used)
      }
    }
  }

  /// The digest of `bytes` followed by `word`; the tag is its first ten bytes.
  @inline(__always)
  func digest(of bytes: UnsafeBufferPointer<UInt8>, _ word: UInt32) -> SHA1Digest {
    let suffix: [1 of UInt32] = [word.bigEndian]
    let message = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes))
    return unsafe keys.pointee.authentication.digest(message, suffix.span.bytes)
  }
}
