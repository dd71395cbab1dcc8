import Control
import SFU
import ServiceLifecycle
import Synchronization

/// Stands in for the media processes, and for nothing else: takes every offer, carries no media.
final class EchoPlane: MediaPlane, Service {
  static let answer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"

  let shards = 1
  let events: AsyncStream<MediaPlaneEvent>
  private let continuation: AsyncStream<MediaPlaneEvent>.Continuation

  init() {
    (events, continuation) = AsyncStream.makeStream(of: MediaPlaneEvent.self)
  }

  func send(_ command: SFU.ShardCommand, to shard: ShardNumber) {
    switch command {
    case .connect(let endpoint, _, _), .renegotiate(let endpoint, _):
      continuation.yield(.shard(shard, .answered(endpoint, answer: Self.answer)))
      continuation.yield(.shard(shard, .connected(endpoint)))
    case .disconnect, .publish, .unpublish, .subscribe, .unsubscribe, .setLayerCap, .setPaused,
      .reportStatistics:
      break
    }
  }

  func run() async throws {
    continuation.yield(.ready(ShardNumber(0)))
    try? await gracefulShutdown()
    continuation.finish()
  }
}
