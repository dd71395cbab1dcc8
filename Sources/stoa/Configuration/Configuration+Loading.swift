import FoundationEssentials
import Server

extension SettingValues {
  /// Reads flags, environment and file.
  ///
  /// - Throws: `ConfigurationError` for a file that cannot be read and for unknown keys.
  init(_ options: SettingOptions) throws(ConfigurationError) {
    let environment = ProcessInfo.processInfo.environment
    let file = try ConfigurationFile(
      named: options.configurationFile ?? environment[SettingValues.fileVariable])
    try self.init(
      flags: options.given, environment: environment, file: file.values, path: file.path)
  }
}

extension Configuration {
  /// Reads all settings.
  ///
  /// - Throws: `ConfigurationError` for the first thing that is wrong.
  init(_ options: SettingOptions) throws(ConfigurationError) {
    try self.init(
      SettingValues(options), processors: ProcessInfo.processInfo.activeProcessorCount)
  }
}

extension Configuration.Credential {
  /// Reads key and secret only; what else is set does not matter.
  init(_ options: SettingOptions) throws(ConfigurationError) {
    let values = try SettingValues(options)
    try self.init(values, isDevelopment: values.toggle(.dev))
  }
}
