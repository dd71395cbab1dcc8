import SFU
import TestSupport
import Testing
import Wire

@Suite struct SequenceRewriterTests {
  @Test func `numbers go on without a gap when the source changes`() {
    var rewriter = SequenceRewriter(start: 99)
    rewriter.rebase(to: 5_000)
    let first = rewriter.rewrite(5_000)
    #expect(first == 100)
    let second = rewriter.rewrite(5_001)
    #expect(second == 101)

    rewriter.rebase(to: 70)

    let after = rewriter.rewrite(70)
    #expect(after == 102)
    let next = rewriter.rewrite(71)
    #expect(next == 103)
  }

  @Test func `loss stays a gap and a late packet takes its own place`() {
    var rewriter = SequenceRewriter(start: 0)
    rewriter.rebase(to: 10)

    let first = rewriter.rewrite(10)
    #expect(first == 1)
    let second = rewriter.rewrite(13)
    #expect(second == 4)
    let third = rewriter.rewrite(11)
    #expect(third == 2)
    let fourth = rewriter.rewrite(9)
    #expect(fourth == nil, "from before the switch")
  }

  @Test func `a jump of the source is a new start, not a thousand losses`() {
    var rewriter = SequenceRewriter(start: 0)
    rewriter.rebase(to: 10)
    _ = rewriter.rewrite(10)

    let first = rewriter.rewrite(10 + SequenceRewriter.maximumJump + 1)
    #expect(first == 2)
  }

  @Test(arguments: 0..<50)
  func `whatever comes, no index is used for two packets of one stint`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var rewriter = SequenceRewriter(start: 1_000)
    var source: Int64 = 100
    rewriter.rebase(to: source)
    var used: [Int64: Int64] = [:]
    for _ in 0..<2_000 {
      switch Int.random(in: 0..<40, using: &random) {
      case 0:
        source = Int64.random(in: 0..<1_000_000, using: &random)
        rewriter.rebase(to: source)
        used.removeAll()
      case 1: source += Int64.random(in: 1..<400, using: &random)
      default: source += 1
      }
      let packet = source - Int64.random(in: 0..<5, using: &random)
      guard let index = rewriter.rewrite(packet) else { continue }
      #expect(used[index] == nil || used[index] == packet, "seed \(seed)")
      #expect(rewriter.source(of: index) == packet, "seed \(seed)")
      used[index] = packet
    }
  }
}

@Suite struct TimestampRewriterTests {
  private let rate: UInt32 = 90_000

  @Test func `the clock runs by elapsed time across a switch`() {
    var rewriter = TimestampRewriter(start: 1_000)
    rewriter.rebase(to: 777, aligned: nil, clockRate: rate, at: .ms(0))
    let first = rewriter.rewrite(777, at: .ms(0))
    #expect(first == 1_000)
    let second = rewriter.rewrite(777 + 3_000, at: .ms(33))
    #expect(second == 4_000)

    rewriter.rebase(to: 4_000_000_000, aligned: nil, clockRate: rate, at: .ms(133))

    let third = rewriter.rewrite(4_000_000_000, at: .ms(133))
    #expect(third == 4_000 + 9_000)
  }

  @Test func `sender reports are believed only where they agree with the time elapsed`() {
    var believed = TimestampRewriter(start: 0)
    believed.rebase(to: 0, aligned: nil, clockRate: rate, at: .ms(0))
    _ = believed.rewrite(0, at: .ms(0))
    var wild = believed

    believed.rebase(to: 500, aligned: 9_123, clockRate: rate, at: .ms(100))
    wild.rebase(to: 500, aligned: 90_000 * 60, clockRate: rate, at: .ms(100))

    let first = believed.rewrite(500, at: .ms(100))
    #expect(first == 9_123)
    let second = wild.rewrite(500, at: .ms(100))
    #expect(second == 9_000)
  }

  @Test func `time never stands still or goes back across a switch`() {
    var rewriter = TimestampRewriter(start: 0)
    rewriter.rebase(to: 0, aligned: nil, clockRate: rate, at: .ms(0))
    let before = rewriter.rewrite(0, at: .ms(0))

    rewriter.rebase(to: 9, aligned: 0, clockRate: rate, at: .ms(0))

    let first = rewriter.rewrite(9, at: .ms(0))
    #expect(first == before + 1)
  }
}

@Suite struct PictureRewriterTests {
  @Test func `picture ids and levels are contiguous across switches and wrap`() {
    var rewriter = PictureRewriter()
    rewriter.rebase(picture: 0x7FFE, level: 254)
    let first = rewriter.rewrite(picture: 0x7FFE)
    #expect(first == 0x7FFE)
    let second = rewriter.rewrite(picture: 0x7FFF)
    #expect(second == 0x7FFF)
    let third = rewriter.rewrite(level: 255)
    #expect(third == 255)

    rewriter.rebase(picture: 12, level: 7)

    let fourth = rewriter.rewrite(picture: 12)
    #expect(fourth == 0)
    let fifth = rewriter.rewrite(picture: 13)
    #expect(fifth == 1)
    let sixth = rewriter.rewrite(level: 7)
    #expect(sixth == 0)
  }
}

extension MonotonicTime {
  static func ms(_ n: Int64) -> Self { Self(nanoseconds: n * 1_000_000) }
}
