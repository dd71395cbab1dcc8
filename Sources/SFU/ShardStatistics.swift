/// A shard's counters since it started; all only grow, except the gauges at the top.
public struct ShardStatistics: Sendable, Codable, Equatable {
  public var rooms = 0
  public var endpoints = 0
  public var tracks = 0
  public var subscriptions = 0

  public var datagramsReceived: UInt64 = 0
  public var bytesReceived: UInt64 = 0
  public var packetsForwarded: UInt64 = 0
  public var bytesForwarded: UInt64 = 0
  public var packetsRetransmitted: UInt64 = 0
  public var keyframesRequested: UInt64 = 0
  /// Refused datagrams and packets, by the name of their `DropReason`.
  public var drops: [String: UInt64] = [:]

  public init() {}
}
