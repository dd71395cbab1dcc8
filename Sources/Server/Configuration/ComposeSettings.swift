/// What an operator sets about recordings and broadcasts.
package struct ComposeSettings: Sendable, Equatable {
  /// Outputs of one API key at once; 0 is no limit.
  package let outputsPerKey: Int
  /// Processor cores that composers may be busy with; 0 is no limit.
  package let cores: Double
  /// Of the data folder's disk, that no output may begin to fill.
  package let reservePercent: Int
  /// Seconds before an upload is tried again, at most.
  package let uploadRetrySeconds: Int

  /// Reads the settings.
  ///
  /// - Throws: `ConfigurationError` for the first value that cannot be.
  init(_ values: SettingValues, processors: Int) throws(ConfigurationError) {
    outputsPerKey = try values.integer(.maxOutputsPerKey) ?? 100
    cores = Double(try values.integer(.composerCores) ?? max(processors, 1))
    reservePercent = try values.integer(.diskReservePercent) ?? 10
    uploadRetrySeconds = try values.integer(.uploadRetrySeconds) ?? 1_800
  }
}
