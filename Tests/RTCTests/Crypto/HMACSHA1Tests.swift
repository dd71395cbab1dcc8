import RTC
import Testing
import Wire

/// RFC 2202 §3, test cases 1 to 7.
@Suite struct HMACSHA1Tests {
  struct Vector: Sendable {
    var key: [UInt8]
    var data: [UInt8]
    var digest: String
  }

  static let vectors = [
    Vector(
      key: [UInt8](repeating: 0x0B, count: 20), data: Array("Hi There".utf8),
      digest: "b617318655057264e28bc0b6fb378c8ef146be00"),
    Vector(
      key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
      digest: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    Vector(
      key: [UInt8](repeating: 0xAA, count: 20), data: [UInt8](repeating: 0xDD, count: 50),
      digest: "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
    Vector(
      key: Array(1...25), data: [UInt8](repeating: 0xCD, count: 50),
      digest: "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
    Vector(
      key: [UInt8](repeating: 0x0C, count: 20), data: Array("Test With Truncation".utf8),
      digest: "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
    Vector(
      key: [UInt8](repeating: 0xAA, count: 80),
      data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      digest: "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
    Vector(
      key: [UInt8](repeating: 0xAA, count: 80),
      data: Array(
        "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8),
      digest: "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"),
  ]

  @Test(arguments: vectors) func `gives the digests of RFC 2202`(vector: Vector) {
    let digest = HMACSHA1.digest(key: vector.key.span.bytes, vector.data.span.bytes)

    #expect(digest == SHA1Digest(hex: vector.digest))
  }

  @Test(arguments: vectors) func `gives one digest however the message is cut`(vector: Vector) {
    let hmac = HMACSHA1(key: vector.key.span.bytes)
    let bytes = vector.data.span.bytes

    for first in 0...bytes.byteCount {
      for second in first...bytes.byteCount {
        let digest = hmac.digest(
          bytes.extracting(0..<first), bytes.extracting(first..<second),
          bytes.extracting(second..<bytes.byteCount))
        #expect(digest == SHA1Digest(hex: vector.digest))
      }
    }
  }

  @Test func `tells keys and messages apart`() {
    let vector = Self.vectors[1]
    let expected = SHA1Digest(hex: vector.digest)

    #expect(
      HMACSHA1.digest(key: Array("jefe".utf8).span.bytes, vector.data.span.bytes) != expected)
    #expect(HMACSHA1.digest(key: vector.key.span.bytes, vector.key.span.bytes) != expected)
  }
}

extension SHA1Digest {
  init(hex: String) {
    let bytes = hexBytes(hex)
    self.init([20 of UInt8] { bytes[$0] })
  }
}
