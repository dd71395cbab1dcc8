package import SFU

/// What a shard process writes to its parent; the parent writes bare `ShardCommand`s.
package enum ShardReport: Sendable, Codable, Equatable {
  /// The media port is bound and the shard takes commands.
  case ready(port: UInt16)
  /// The media loop went round since the last one of these.
  case alive
  case event(ShardEvent)
  /// The shard cannot go on; the process ends after this.
  case failed(reason: String, isConfiguration: Bool)
}
