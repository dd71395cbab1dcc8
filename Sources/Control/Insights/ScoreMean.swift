/// A mean of scores, weighed by how long each of them held.
package struct ScoreMean: Sendable, Equatable {
  /// Of score times milliseconds.
  package var sum = 0.0
  package var milliseconds = 0

  package init() {}

  package init(sum: Double, milliseconds: Int) {
    self.sum = sum
    self.milliseconds = milliseconds
  }

  package mutating func add(_ score: Double?, for milliseconds: Int) {
    guard let score else { return }
    sum += score * Double(milliseconds)
    self.milliseconds += milliseconds
  }

  /// With two decimals, which is more than such scores are good for; `nil` without any.
  package var mean: Double? {
    milliseconds > 0 ? (sum / Double(milliseconds)).rounded(toDecimals: 2) : nil
  }
}

extension Double {
  /// As people write it: `1.23` for two decimals.
  func rounded(toDecimals decimals: Int) -> Double {
    let scale = (0..<max(decimals, 0)).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }
}
