public import Wire

/// Tells when a camera had nothing new to show: the longer gaps between its complete frames.
///
/// A gap that goes on counts as far as it has come.
public struct FrameContinuity: Sendable {
  /// People take a longer standstill for a frozen picture.
  public static let freeze = Nanoseconds.milliseconds(500)

  /// Freezes since the camera was switched on.
  public struct Totals: Sendable, Equatable {
    public var freezes = 0
    public var frozen = Nanoseconds.zero

    public init() {}

    /// What was added since `earlier`.
    public func since(_ earlier: Totals) -> Totals {
      var difference = Totals()
      difference.freezes = max(0, freezes - earlier.freezes)
      difference.frozen = max(frozen - earlier.frozen, .zero)
      return difference
    }
  }

  /// `nil` before the first frame: a camera that starts is not frozen.
  private var lastFrame: MonotonicTime?
  private var over = Totals()

  public init() {}

  public mutating func frameCompleted(at now: MonotonicTime) {
    over = totals(at: now)
    lastFrame = now
  }

  public func totals(at now: MonotonicTime) -> Totals {
    var totals = over
    if let lastFrame, now - lastFrame > Self.freeze {
      totals.freezes += 1
      totals.frozen = totals.frozen + (now - lastFrame)
    }
    return totals
  }
}
