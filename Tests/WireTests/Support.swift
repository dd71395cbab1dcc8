import Wire

/// A small seeded generator, so that a failing property can be replayed from its seed.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension MonotonicTime {
  static func ms(_ n: Int64) -> Self { Self(nanoseconds: n * 1_000_000) }
}

extension [UInt8] {
  /// Bytes written as hexadecimal digits; anything else between them is skipped.
  init(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}

/// Calls `body` with every truncation of `sample` and with every single-bit change of it.
func malformed(_ sample: [UInt8], _ body: ([UInt8]) -> Void) {
  for length in 0...sample.count { body(Array(sample[0..<length])) }
  var copy = sample
  for bit in 0..<sample.count * 8 {
    copy[bit / 8] ^= 1 << UInt8(bit % 8)
    body(copy)
    copy[bit / 8] ^= 1 << UInt8(bit % 8)
  }
}

/// What `body` wrote into `capacity` bytes.
func written(capacity: Int = 1_500, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: capacity)
  var count = 0
  do {
    var span = bytes.mutableSpan
    var writer = ByteWriter(span.mutableBytes)
    body(&writer)
    count = writer.count
  }
  return Array(bytes[0..<count])
}
