/// Decides which layer of each stream a subscriber can be sent.
///
/// For now it grants what was asked for: the estimate that receivers report (REMB) is kept by the
/// endpoint and shown in statistics, and this is the one place where it will be weighed.
public struct BandwidthAllocator: Sendable {
  /// Bits per second that the receiver last said it can take; `nil` if it never did.
  public var receiverEstimate: UInt64?

  public init() {}

  /// The layer to send, of `available` ones (counted from the smallest), at least 0.
  public func layer(requested: LayerCap, available: Int) -> Int {
    max(0, min(Int(requested.rawValue), available - 1))
  }
}
