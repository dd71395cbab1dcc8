public import Wire

/// What a receiver reports about one stream: loss, jitter, highest number (RFC 3550 §6.4.1, A.3, A.8).
public struct ReceptionStatistics: Sendable {
  public let clockRate: UInt32
  public private(set) var packets: UInt64 = 0
  public private(set) var bytes: UInt64 = 0
  /// Interarrival jitter in timestamp units, scaled by 16 as in A.8.
  private var scaledJitter: UInt32 = 0
  private var transit: UInt32?
  private var first: Int64?
  private var highest: Int64 = 0
  private var expectedAtReport: Int64 = 0
  private var receivedAtReport: UInt64 = 0

  /// - Parameter clockRate: timestamp units per second.
  public init(clockRate: UInt32) {
    self.clockRate = clockRate
  }

  /// Timestamp units.
  public var jitter: UInt32 { scaledJitter >> 4 }
  public var highestIndex: Int64 { highest }
  /// Packets expected so far, from the first to the highest.
  public var expected: Int64 { first.map { highest - $0 + 1 } ?? 0 }
  /// Packets; negative when duplicates outnumber losses.
  public var cumulativeLost: Int64 { expected - Int64(clamping: packets) }

  public mutating func packetReceived(
    index: Int64, timestamp: UInt32, byteCount: Int, at now: MonotonicTime
  ) {
    packets &+= 1
    bytes &+= UInt64(truncatingIfNeeded: byteCount)
    if first == nil {
      first = index
      highest = index
    }
    guard index >= highest else { return }  // repairs would count as jitter
    highest = index
    let arrival = UInt32(
      truncatingIfNeeded: (now.nanoseconds / 1_000) &* Int64(clockRate) / 1_000_000)
    let transit = arrival &- timestamp
    if let previous = self.transit {
      let difference = Int32(bitPattern: transit &- previous).magnitude
      // A pause in sending (a muted camera) is no jitter; ten seconds are never a path's delay.
      if difference < clockRate &* 10 {
        scaledJitter = scaledJitter &+ difference &- ((scaledJitter &+ 8) >> 4)
      }
    }
    self.transit = transit
  }

  /// Loss since the last call, as the 8-bit fraction of a report block.
  public mutating func takeFractionLost() -> UInt8 {
    let expectedNow = expected
    let expectedInterval = expectedNow - expectedAtReport
    let receivedInterval = Int64(clamping: packets &- receivedAtReport)
    expectedAtReport = expectedNow
    receivedAtReport = packets
    let lost = expectedInterval - receivedInterval
    guard expectedInterval > 0, lost > 0 else { return 0 }
    return UInt8(clamping: (lost << 8) / expectedInterval)
  }
}
