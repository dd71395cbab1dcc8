internal import Wire

/// The least of what was seen lately: between one and two spans back.
struct WindowedMinimum: Sendable {
  private let span: Nanoseconds
  private var current: Int64?
  private var previous: Int64?
  private var start = MonotonicTime(nanoseconds: .min)

  init(span: Nanoseconds) { self.span = span }

  var value: Int64? {
    guard let current else { return previous }
    return min(current, previous ?? current)
  }

  mutating func insert(_ value: Int64, at now: MonotonicTime) {
    if current == nil || now >= start + span {
      previous = current
      current = nil
      start = now
    }
    current = min(current ?? value, value)
  }

  mutating func removeAll() {
    current = nil
    previous = nil
  }
}
