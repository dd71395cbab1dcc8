package import SFU

/// The shard processes, as the control plane sees them.
package protocol MediaPlane: Sendable {
  /// How many shards there are, dead or alive; their numbers are `0..<shards`.
  var shards: Int { get }

  /// Queues a command; never waits. A command to a dead shard is dropped.
  func send(_ command: ShardCommand, to shard: ShardNumber)

  /// The process of a shard; `nil` while there is none, or it is none of its own.
  func processID(of shard: ShardNumber) -> Int32?

  /// What the shards say, in the order each said it. Read once.
  var events: AsyncStream<MediaPlaneEvent> { get }
}

extension MediaPlane {
  package func processID(of shard: ShardNumber) -> Int32? { nil }
}

/// What happened to a shard, or in one.
package enum MediaPlaneEvent: Sendable, Equatable {
  /// A shard (re)started and knows nothing yet.
  case ready(ShardNumber)
  case shard(ShardNumber, ShardEvent)
  /// A shard's process is gone, with every room in it.
  case died(ShardNumber)
}
