import StoaClient
import TestSupport
import Testing
import Wire

@Suite struct LatencyHistogramTests {
  @Test func `percentiles are right within 4 %`() {
    var random = SplitMix64(seed: 1)
    var histogram = LatencyHistogram()
    var values: [Int64] = []
    for _ in 0..<20_000 {
      let value = Int64(Double(10_000) * Double.random(in: 1...5_000, using: &random))
      values.append(value)
      histogram.record(Nanoseconds(value))
    }
    values.sort()

    for share in [0.5, 0.95, 0.99, 0.999] {
      let exact = Double(values[Int(Double(values.count) * share) - 1])
      let found = Double(histogram.percentile(share).count)
      #expect(abs(found - exact) / exact < 0.04, "\(share)")
    }
    #expect(histogram.maximum.count == values.last)
    #expect(histogram.percentile(1).count == values.last)
    #expect(histogram.count == 20_000)
  }

  @Test func `takes any duration, and sums`() {
    var first = LatencyHistogram()
    for value in [Int64.min, -1, 0, 1, 999, 1_000, .max] { first.record(Nanoseconds(value)) }
    var second = LatencyHistogram()
    second.record(.milliseconds(1))

    second.add(first)

    #expect(second.count == 8)
    #expect(LatencyHistogram().percentile(0.5) == .zero)
  }
}
