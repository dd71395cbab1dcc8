package import Control

/// What an operator sets: metrics, stopping, and how long records stay.
package struct OperationSettings: Sendable, Equatable {
  /// 0 is off.
  package let metricsPort: Int
  package let metricsBind: NetworkAddress
  /// How long a stop waits for sessions to end; zero does not.
  package let drain: Duration
  package let retention: RetentionPolicy

  /// Reads the settings.
  ///
  /// - Parameters:
  ///   - values: as written.
  ///   - port: of HTTP.
  ///   - media: the media ports.
  /// - Throws: `ConfigurationError` for the first value that cannot be.
  init(
    _ values: SettingValues, port: Int, media: Range<Int>
  ) throws(ConfigurationError) {
    metricsPort = try values.integer(.metricsPort) ?? 0
    guard metricsPort == 0 || metricsPort != port && !media.contains(metricsPort) else {
      throw values.error(
        .metricsPort, "\(metricsPort) is also a port of the server", cure: "choose another")
    }
    let address = try values.text(.metricsBind) ?? "127.0.0.1"
    guard let bind = NetworkAddress(address) else {
      throw values.error(
        .metricsBind, "'\(address.clipped)' is not an IP address", cure: "127.0.0.1 is this machine"
      )
    }
    metricsBind = bind
    drain = .seconds(try values.integer(.drainSeconds) ?? 0)
    retention = RetentionPolicy(
      sessionDays: try values.integer(.sessionRetentionDays) ?? 0,
      messageDays: try values.integer(.messageRetentionDays) ?? 0)
  }
}
