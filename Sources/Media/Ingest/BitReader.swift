/// Reads bits from the most significant on; past the end it gives `nil`.
struct BitReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next `count` bits, 0...32.
  mutating func bits(_ count: Int) -> UInt32? {
    guard count >= 0, count <= 32, position + count <= bytes.count * 8 else { return nil }
    var value: UInt32 = 0
    for _ in 0..<count {
      value = value << 1 | UInt32(bytes[position / 8] >> UInt8(7 - position % 8) & 1)
      position += 1
    }
    return value
  }

  mutating func flag() -> Bool? { bits(1).map { $0 == 1 } }

  /// An unsigned Exp-Golomb number, `ue(v)` (ITU-T H.264 §9.1).
  mutating func unsignedGolomb() -> UInt32? {
    var zeros = 0
    while let isOne = flag() {
      if isOne {
        guard let rest = bits(zeros) else { return nil }
        return (1 << UInt32(zeros)) &- 1 &+ rest
      }
      zeros += 1
      guard zeros < 32 else { return nil }
    }
    return nil
  }

  /// A signed Exp-Golomb number, `se(v)`.
  mutating func signedGolomb() -> Int32? {
    guard let code = unsignedGolomb() else { return nil }
    let half = Int64(code / 2)
    return Int32(truncatingIfNeeded: code & 1 == 1 ? half + 1 : -half)
  }
}
