import Control
import SFU

extension MetricsPage {
  /// Reasons of one shard that are told apart; there are some thirty in the code.
  private static let maximumReasons = 100

  /// What the media processes last told of themselves; nothing of those that do not run.
  func writeShards(_ text: inout PrometheusText) async {
    let readings = await directory.statistics.sorted { $0.key < $1.key }
    func write(
      _ name: String, _ kind: PrometheusText.Kind, _ help: String,
      _ value: (ShardStatistics) -> some BinaryInteger
    ) {
      text.write(
        name, kind, help,
        readings.map { .init(value($0.value), [("shard", "\($0.key.rawValue)")]) })
    }
    write("stoa_shard_rooms", .gauge, "Rooms of a media process.") { $0.rooms }
    write("stoa_shard_endpoints", .gauge, "Media connections.") { $0.endpoints }
    write("stoa_shard_tracks", .gauge, "Tracks that are sent to it.") { $0.tracks }
    write("stoa_shard_subscriptions", .gauge, "Tracks that it sends to somebody.") {
      $0.subscriptions
    }
    write("stoa_shard_datagrams_received_total", .counter, "Datagrams received.") {
      $0.datagramsReceived
    }
    write("stoa_shard_bytes_received_total", .counter, "Bytes received.") { $0.bytesReceived }
    write("stoa_shard_packets_forwarded_total", .counter, "RTP packets sent to subscribers.") {
      $0.packetsForwarded
    }
    write("stoa_shard_bytes_forwarded_total", .counter, "Bytes of those packets.") {
      $0.bytesForwarded
    }
    write("stoa_shard_packets_retransmitted_total", .counter, "Packets sent again on request.") {
      $0.packetsRetransmitted
    }
    write("stoa_shard_keyframes_requested_total", .counter, "Keyframes asked of publishers.") {
      $0.keyframesRequested
    }
    text.write(
      "stoa_shard_drops_total", .counter, "Refused datagrams and packets, by reason.",
      readings.flatMap { shard, reading in
        reading.drops.sorted { $0.key < $1.key }.prefix(Self.maximumReasons).map { reason, count in
          .init(count, [("shard", "\(shard.rawValue)"), ("reason", reason)])
        }
      })
  }
}
