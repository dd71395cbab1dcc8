internal import CNIOBoringSSL
public import Wire

/// HMAC-SHA1 with a fixed key (RFC 2104): STUN's MESSAGE-INTEGRITY and SRTP's packet tag.
///
/// Holds the hash states after the inner and outer key blocks, so that a message costs neither a
/// key schedule nor an allocation.
@safe
public struct HMACSHA1 {
  /// Bytes SHA-1 takes at a time; a longer key is hashed first (RFC 2104 §2).
  private static let blockLength = 64

  private let inner: SHA_CTX
  private let outer: SHA_CTX

  /// - Parameter key: any length.
  public init(key: RawSpan) {
    var block = [UInt8](repeating: 0, count: Self.blockLength)
    if key.byteCount > Self.blockLength {
      var state = SHA_CTX()
      unsafe SHA1_Init(&state)
      Self.update(&state, key)
      let digest = Self.finish(&state)
      for index in 0..<SHA1Digest.byteCount { block[index] = digest.bytes[index] }
    } else {
      for index in 0..<key.byteCount { block[index] = key.bigEndian(at: index) }
    }
    inner = Self.start(block, xor: 0x36)
    outer = Self.start(block, xor: 0x5C)
    unsafe block.withUnsafeMutableBytes { bytes in
      unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    }
  }

  /// The digest of the parts, one after another.
  public func digest(
    _ first: RawSpan, _ second: RawSpan = RawSpan(), _ third: RawSpan = RawSpan()
  ) -> SHA1Digest {
    var state = inner
    Self.update(&state, first)
    Self.update(&state, second)
    Self.update(&state, third)
    let digest = Self.finish(&state)
    state = outer
    Self.update(&state, unsafe digest.bytes.span.bytes)
    return Self.finish(&state)
  }

  private static func start(_ key: [UInt8], xor mask: UInt8) -> SHA_CTX {
    var state = SHA_CTX()
    unsafe SHA1_Init(&state)
    let block = key.map { $0 ^ mask }
    update(&state, unsafe block.span.bytes)
    return state
  }

  private static func update(_ state: inout SHA_CTX, _ part: RawSpan) {
    unsafe part.withUnsafeBytes { bytes in
      _ = unsafe SHA1_Update(&state, bytes.baseAddress, bytes.count)
    }
  }

  private static func finish(_ state: inout SHA_CTX) -> SHA1Digest {
    var digest = [20 of UInt8](repeating: 0)
    var span = digest.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { bytes in
      _ = unsafe SHA1_Final(bytes.baseAddress, &state)
    }
    return SHA1Digest(digest)
  }
}

extension HMACSHA1 {
  /// The digest of the parts, one after another, with a key used once.
  public static func digest(
    key: RawSpan, _ first: RawSpan, _ second: RawSpan = RawSpan(), _ third: RawSpan = RawSpan()
  ) -> SHA1Digest {
    HMACSHA1(key: key).digest(first, second, third)
  }
}
