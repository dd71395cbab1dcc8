package import Control

/// Writes metrics in the Prometheus text format, version 0.0.4.
///
/// Families come one after the other, each with its help, its type and all its samples.
package struct PrometheusText: Sendable {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package enum Kind: String, Sendable { case counter, gauge }

  /// Names, which are ours, and values, in the order they are written.
  package typealias Labels = [(name: String, value: String)]

  /// One value with what tells it from the others of its family.
  package struct Sample: Sendable {
    package var labels: Labels
    package var value: Double

    package init(_ value: Double, _ labels: Labels = []) {
      self.labels = labels
      self.value = value
    }

    package init(_ value: some BinaryInteger, _ labels: Labels = []) {
      self.init(Double(value), labels)
    }
  }

  package private(set) var text = ""

  package init() {}

  /// Writes one family; without samples, nothing.
  package mutating func write(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    begin(name, kind.rawValue, help)
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  /// Writes a family of one value.
  package mutating func write(
    _ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger
  ) {
    write(name, kind, help, [Sample(value)])
  }

  /// Writes a family of histograms of seconds; without any, nothing.
  package mutating func write(
    _ name: String, _ help: String,
    _ histograms: [(labels: Labels, reading: DurationHistogram.Reading)]
  ) {
    guard !histograms.isEmpty else { return }
    begin(name, "histogram", help)
    for (labels, reading) in histograms {
      var cumulated: UInt64 = 0
      let bounds = DurationHistogram.bounds + [.infinity]
      for (bound, count) in zip(bounds, reading.counts) {
        cumulated &+= count
        line("\(name)_bucket", labels + [("le", Self.number(bound))], Double(cumulated))
      }
      line("\(name)_sum", labels, reading.sum)
      line("\(name)_count", labels, Double(cumulated))
    }
  }

  private mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
    text += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
      text += "{\(pairs.joined(separator: ","))}"
    }
    text += " \(Self.number(value))\n"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Counts without the `.0` of a Double's description; beyond 2⁵³ it would not be exact.
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }
}
