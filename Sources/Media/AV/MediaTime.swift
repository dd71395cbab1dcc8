package import Wire

/// A point on a composition's own timeline, which starts with 0.
///
/// Not the machine's clock: a recording that goes on after its composer died goes on in this time too.
package struct MediaTime: Comparable, Hashable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static var zero: Self { Self(nanoseconds: 0) }

  /// The time at which a sample or frame with this number begins, at so many in a second.
  ///
  /// - Parameter rate: in a second; 0 counts as 1.
  package init(number: Int64, rate: Int64) {
    let rate = max(rate, 1)
    let (whole, rest) = number.quotientAndRemainder(dividingBy: rate)
    nanoseconds = whole &* 1_000_000_000 &+ rest &* 1_000_000_000 / rate
  }

  /// The number of the sample or frame that begins nearest, at so many in a second.
  ///
  /// - Parameter rate: in a second, up to 1 000 000.
  package func number(rate: Int64) -> Int64 {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let product = rest &* rate
    let half: Int64 = product < 0 ? -500_000_000 : 500_000_000
    return seconds &* rate &+ (product &+ half) / 1_000_000_000
  }

  package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  package static func + (a: Self, span: Nanoseconds) -> Self {
    Self(nanoseconds: a.nanoseconds &+ span.count)
  }
  package static func - (a: Self, span: Nanoseconds) -> Self {
    Self(nanoseconds: a.nanoseconds &- span.count)
  }
  package static func - (a: Self, b: Self) -> Nanoseconds {
    Nanoseconds(a.nanoseconds &- b.nanoseconds)
  }
}
