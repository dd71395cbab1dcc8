internal import CNIOBoringSSL
internal import Wire

/// AES-GCM for the RTP or the RTCP packets of one direction (RFC 7714 §8 and §9).
@safe
@usableFromInline struct AEADCipher: ~Copyable {
  static let tagLength = 16

  private let context: UnsafeMutablePointer<EVP_AEAD_CTX>
  /// The session salt, as the two words the nonce is made of.
  private let saltHigh: UInt64
  private let saltLow: UInt32

  /// - Parameters:
  ///   - key: 16 or 32 bytes.
  ///   - salt: 12 bytes.
  init(key: [UInt8], salt: [UInt8]) throws(SRTPError) {
    guard key.count == 16 || key.count == 32, salt.count == 12 else { throw .badKey }
    let algorithm = unsafe key.count == 16 ? EVP_aead_aes_128_gcm() : EVP_aead_aes_256_gcm()
    guard let context = unsafe EVP_AEAD_CTX_new(algorithm, key, key.count, Self.tagLength) else {
      throw .badKey
    }
    unsafe self.context = context
    saltHigh = unsafe salt.span.bytes.bigEndian(at: 0)
    saltLow = unsafe salt.span.bytes.bigEndian(at: 8)
  }

  deinit { unsafe EVP_AEAD_CTX_free(context) }

  /// Encrypts `text` in place and writes the tag to `tag`, which must have `tagLength` bytes.
  ///
  /// - Parameters:
  ///   - index: 48 bits: rollover counter and sequence number, or the SRTCP index.
  ///   - data: what is authenticated but not encrypted.
  @inline(__always)
  func seal(
    _ text: UnsafeMutableBufferPointer<UInt8>, tag: UnsafeMutablePointer<UInt8>, ssrc: UInt32,
    index: UInt64, data: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var nonce = nonce(ssrc: ssrc, index: index)
    var written = 0
    return unsafe withUnsafeBytes(of: &nonce) { nonce in
      unsafe EVP_AEAD_CTX_seal_scatter(
        context, text.baseAddress, tag, &written, Self.tagLength,
        nonce.assumingMemoryBound(to: UInt8.self).baseAddress, 12, text.baseAddress, text.count,
        nil, 0, data.baseAddress, data.count) == 1
    }
  }

  /// Checks the tag and decrypts `text` in place; `text` is zeroed when the tag is wrong.
  @inline(__always)
  func open(
    _ text: UnsafeMutableBufferPointer<UInt8>, tag: UnsafePointer<UInt8>, ssrc: UInt32,
    index: UInt64, data: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var nonce = nonce(ssrc: ssrc, index: index)
    return unsafe withUnsafeBytes(of: &nonce) { nonce in
      unsafe EVP_AEAD_CTX_open_gather(
        context, text.baseAddress, nonce.assumingMemoryBound(to: UInt8.self).baseAddress, 12,
        text.baseAddress, text.count, tag, Self.tagLength, data.baseAddress, data.count) == 1
    }
  }

  /// The nonce in its first 12 bytes: two zero bytes, SSRC and index, exclusive-or the salt.
  @inline(__always)
  private func nonce(ssrc: UInt32, index: UInt64) -> (high: UInt64, low: UInt32) {
    let high = UInt64(ssrc) << 16 | index >> 32
    let low = UInt32(truncatingIfNeeded: index)
    return ((high ^ saltHigh).bigEndian, (low ^ saltLow).bigEndian)
  }
}
