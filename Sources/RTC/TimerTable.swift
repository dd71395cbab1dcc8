public import Wire

/// The timers of one peer, by name; a scan of a handful of deadlines beats any heap.
public enum PeerTimer: Int, CaseIterable, Sendable {
  case ice, consent, dtls, receiverReport, senderReport, transportFeedback, nack, keyframe
}

/// One deadline per `PeerTimer`.
public struct TimerTable: Sendable {
  private var deadlines = InlineArray<8, MonotonicTime>(repeating: .distantFuture)

  public init() {}

  public subscript(timer: PeerTimer) -> MonotonicTime {
    get { deadlines[timer.rawValue] }
    set { deadlines[timer.rawValue] = newValue }
  }

  /// The earliest deadline; `distantFuture` if none is set.
  public var next: MonotonicTime {
    var earliest = MonotonicTime.distantFuture
    for position in deadlines.indices where deadlines[position] < earliest {
      earliest = deadlines[position]
    }
    return earliest
  }

  /// Moves a deadline forward in time if it is later than `time`.
  public mutating func schedule(_ timer: PeerTimer, by time: MonotonicTime) {
    if time < self[timer] { self[timer] = time }
  }

  /// Clears the timer and tells whether it was due.
  public mutating func takeExpired(_ timer: PeerTimer, at now: MonotonicTime) -> Bool {
    guard self[timer] <= now else { return false }
    self[timer] = .distantFuture
    return true
  }
}
