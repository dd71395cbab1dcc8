import Testing
import Wire

@Suite struct TimeTests {
  @Test func `NTP time counts from 1900 in 2^-32 s`() {
    #expect(NTPTime(unixNanoseconds: 0).rawValue == 2_208_988_800 << 32)
    let half = NTPTime(unixNanoseconds: 1_500_000_000)
    #expect(half.rawValue == (UInt64(2_208_988_801) << 32) | (1 << 31))
    #expect(half.middle == UInt32(truncatingIfNeeded: (2_208_988_801 << 16) | 0x8000))
    #expect(NTPTime(unixNanoseconds: -5) == NTPTime(unixNanoseconds: 0))
  }

  @Test(
    arguments: [0, 1, 999_999_999, 1_000_000_000, 86_400_000_000_000, -1_500_000_000] as [Int64])
  func `advancing NTP time is adding to the clock`(count: Int64) {
    let start: Int64 = 1_700_000_000_000_000_000
    let advanced = NTPTime(unixNanoseconds: start).advanced(by: Nanoseconds(count))
    let direct = NTPTime(unixNanoseconds: start + count)
    let difference = Int64(bitPattern: advanced.rawValue &- direct.rawValue)

    #expect(abs(difference) <= 5)  // 2^-32 s each
  }

  @Test func `arithmetic at the ends of time wraps instead of trapping`() {
    #expect((MonotonicTime(nanoseconds: .max) + Nanoseconds(1)).nanoseconds == .min)
    #expect((Nanoseconds(.min) - Nanoseconds(1)).count == .max)
    #expect((Nanoseconds(7) / 0).count == 0)
    #expect((Nanoseconds(.max) * 2).count == -2)
  }
}

@Suite struct SequenceNumberTests {
  @Test(arguments: [(0, 65_535, 1), (65_535, 0, -1), (0, 32_768, -32_768), (5, 5, 0), (10, 3, 7)])
  func `distance goes the shorter way around`(to: UInt16, from: UInt16, expected: Int) {
    #expect(SequenceNumber(to).distance(from: SequenceNumber(from)) == expected)
    #expect(SequenceNumber(from).advanced(by: expected) == SequenceNumber(to))
  }
}
