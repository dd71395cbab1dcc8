public import Wire

/// Keeps a subscriber's media clock running evenly across switches of source.
public struct TimestampRewriter: Sendable {
  /// Added to the source's timestamps.
  public private(set) var offset: UInt32 = 0
  private var last: UInt32?
  private var lastSent: MonotonicTime?
  private let start: UInt32

  /// - Parameter start: the first timestamp sent; random (RFC 3550 §5.1).
  public init(start: UInt32) {
    self.start = start
  }

  /// Continues with a source whose next packet has `timestamp`.
  ///
  /// - Parameters:
  ///   - aligned: where that instant falls on the clock sent so far, if sender reports of both
  ///     sources tell; trusted if it is later than what was sent and within a second of the time elapsed.
  ///   - clockRate: timestamp units per second.
  public mutating func rebase(
    to timestamp: UInt32, aligned: UInt32?, clockRate: UInt32, at now: MonotonicTime
  ) {
    guard let last, let lastSent else {
      offset = start &- timestamp
      return
    }
    let elapsed = max(now - lastSent, .zero).count / 1_000
    let units = UInt32(truncatingIfNeeded: elapsed &* Int64(clockRate) / 1_000_000)
    // At least one unit on: a decoder takes packets of equal timestamps for one frame.
    var next = last &+ max(units, 1)
    if let aligned {
      let fromElapsed = Int64(Int32(bitPattern: aligned &- next))
      let isLater = Int32(bitPattern: aligned &- last) > 0
      if isLater && abs(fromElapsed) < Int64(clockRate) { next = aligned }
    }
    offset = next &- timestamp
  }

  /// The timestamp to send a source packet with.
  public mutating func rewrite(_ timestamp: UInt32, at now: MonotonicTime) -> UInt32 {
    let result = timestamp &+ offset
    if let last, Int32(bitPattern: result &- last) <= 0 { return result }
    last = result
    lastSent = now
    return result
  }
}
