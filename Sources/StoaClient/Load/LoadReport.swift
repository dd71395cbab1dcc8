import Wire

/// What a load run measured.
///
/// Times are in milliseconds.
package struct LoadReport: Sendable, Codable, Equatable {
  package struct Percentiles: Sendable, Codable, Equatable {
    package var p50 = 0.0
    package var p95 = 0.0
    package var p99 = 0.0
    package var max = 0.0
    package var count: UInt64 = 0

    package init() {}

    package init(_ histogram: LatencyHistogram) {
      p50 = histogram.percentile(0.50).inMilliseconds
      p95 = histogram.percentile(0.95).inMilliseconds
      p99 = histogram.percentile(0.99).inMilliseconds
      max = histogram.maximum.inMilliseconds
      count = histogram.count
    }
  }

  package var participants = 0
  package var connected = 0
  /// Different reasons why joins or connections failed; ten at most.
  package var errors: [String] = []
  /// From opening the WebSocket to the answer to `join`.
  package var join = Percentiles()
  /// From opening the WebSocket to media connected.
  package var connect = Percentiles()
  /// How long was measured.
  package var seconds = 0.0
  package var packetsSent: UInt64 = 0
  package var sentBitsPerSecond = 0.0
  /// Different packets, repaired ones among them.
  package var packetsReceived: UInt64 = 0
  package var receivedBitsPerSecond = 0.0
  /// Packets that a subscriber should have got and never did.
  package var packetsLost: Int64 = 0
  /// Packets that came only on request.
  package var packetsRepaired: UInt64 = 0
  package var duplicates: UInt64 = 0
  /// From the publisher's to the subscriber's system call, on one machine; of stamped packets only.
  package var latency = Percentiles()
  /// The most that a packet left its publisher too late.
  package var worstSendDelay = 0.0
  /// Connections that were lost during the measurement.
  package var disconnected = 0
  /// CPU time of this process during the measurement, in seconds.
  package var clientCPUSeconds = 0.0

  package init() {}
}

extension Nanoseconds {
  var inMilliseconds: Double { Double(count / 1_000) / 1_000 }
}
