package import Wire

/// Counts durations in buckets that are 3 % wide, from a microsecond to a minute.
package struct LatencyHistogram: Sendable {
  /// Microseconds up to which each has a bucket of its own; then 32 buckets for each doubling.
  private static let linear: UInt64 = 64
  private static let bucketCount = 64 + 32 * 21

  private var counts = [UInt32](repeating: 0, count: bucketCount)
  package private(set) var count: UInt64 = 0
  package private(set) var maximum = Nanoseconds.zero

  package init() {}

  package mutating func record(_ duration: Nanoseconds) {
    if duration > maximum { maximum = duration }
    count += 1
    counts[Self.bucket(of: UInt64(max(duration.count, 0)) / 1_000)] &+= 1
  }

  package mutating func add(_ other: LatencyHistogram) {
    for index in counts.indices { counts[index] &+= other.counts[index] }
    count += other.count
    maximum = max(maximum, other.maximum)
  }

  /// The duration that a share of all did not exceed, to the bucket's upper end; 0 without any.
  ///
  /// - Parameter share: 0...1.
  package func percentile(_ share: Double) -> Nanoseconds {
    guard count > 0 else { return .zero }
    let rank = max((Double(count) * share).rounded(.up), 1)
    var seen = 0.0
    for index in counts.indices {
      seen += Double(counts[index])
      if seen >= rank {
        return min(.microseconds(Int64(Self.upperEnd(of: index))), maximum)
      }
    }
    return maximum
  }

  private static func bucket(of microseconds: UInt64) -> Int {
    guard microseconds >= linear else { return Int(microseconds) }
    let exponent = 63 - microseconds.leadingZeroBitCount - 5
    let bucket = 64 + (exponent - 1) * 32 + Int(microseconds >> UInt64(exponent)) - 32
    return min(bucket, bucketCount - 1)
  }

  private static func upperEnd(of bucket: Int) -> UInt64 {
    guard bucket >= 64 else { return UInt64(bucket) + 1 }
    let (exponent, rest) = (bucket - 64).quotientAndRemainder(dividingBy: 32)
    return UInt64(rest + 33) << UInt64(exponent + 1)
  }
}
