import ArgumentParser
package import Server

/// The flags of all settings; names and help come from `Setting`, the only list of them.
package struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "The configuration file. (default: stoa.yaml, if it is there; also STOA_CONFIG)",
      valueName: "file"))
  var configurationFile: String?

  @Flag(name: .setting(.dev), help: .setting(.dev)) var dev = false
  @Flag(name: .setting(.devAllowPublic), help: .setting(.devAllowPublic)) var devAllowPublic = false
  @Option(name: .setting(.bind), help: .setting(.bind)) var bind: String?
  @Option(name: .setting(.port), help: .setting(.port)) var port: String?
  @Option(name: .setting(.publicUrl), help: .setting(.publicUrl)) var publicUrl: String?
  @Option(name: .setting(.udpPort), help: .setting(.udpPort)) var udpPort: String?
  @Option(name: .setting(.announce), help: .setting(.announce)) var announce: String?
  @Option(name: .setting(.shards), help: .setting(.shards)) var shards: String?
  @Option(name: .setting(.data), help: .setting(.data)) var data: String?
  @Option(name: .setting(.web), help: .setting(.web)) var web: String?
  @Option(name: .setting(.apiKey), help: .setting(.apiKey)) var apiKey: String?
  @Option(name: .setting(.apiSecretFile), help: .setting(.apiSecretFile)) var apiSecretFile: String?
  @Option(name: .setting(.tlsCert), help: .setting(.tlsCert)) var tlsCert: String?
  @Option(name: .setting(.tlsKey), help: .setting(.tlsKey)) var tlsKey: String?
  @Option(name: .setting(.corsOrigins), help: .setting(.corsOrigins)) var corsOrigins: String?
  @Option(name: .setting(.maxParticipantsPerRoom), help: .setting(.maxParticipantsPerRoom))
  var maxParticipantsPerRoom: String?
  @Option(name: .setting(.maxParticipantsPerKey), help: .setting(.maxParticipantsPerKey))
  var maxParticipantsPerKey: String?
  @Option(name: .setting(.maxRoomsPerTenant), help: .setting(.maxRoomsPerTenant))
  var maxRoomsPerTenant: String?
  @Option(name: .setting(.maxRequestsPerSecond), help: .setting(.maxRequestsPerSecond))
  var maxRequestsPerSecond: String?
  @Option(name: .setting(.maxMessagesPerSecond), help: .setting(.maxMessagesPerSecond))
  var maxMessagesPerSecond: String?
  @Option(name: .setting(.maxRoomMessagesPerSecond), help: .setting(.maxRoomMessagesPerSecond))
  var maxRoomMessagesPerSecond: String?
  @Option(name: .setting(.maxOutputsPerKey), help: .setting(.maxOutputsPerKey))
  var maxOutputsPerKey: String?
  @Option(name: .setting(.composerCores), help: .setting(.composerCores)) var composerCores: String?
  @Option(name: .setting(.diskReservePercent), help: .setting(.diskReservePercent))
  var diskReservePercent: String?
  @Option(name: .setting(.uploadRetrySeconds), help: .setting(.uploadRetrySeconds))
  var uploadRetrySeconds: String?
  @Option(name: .setting(.metricsPort), help: .setting(.metricsPort)) var metricsPort: String?
  @Option(name: .setting(.metricsBind), help: .setting(.metricsBind)) var metricsBind: String?
  @Option(name: .setting(.drainSeconds), help: .setting(.drainSeconds)) var drainSeconds: String?
  @Option(name: .setting(.sessionRetentionDays), help: .setting(.sessionRetentionDays))
  var sessionRetentionDays: String?
  @Option(name: .setting(.messageRetentionDays), help: .setting(.messageRetentionDays))
  var messageRetentionDays: String?
  @Option(name: .setting(.insightsRetention), help: .setting(.insightsRetention))
  var insightsRetention: String?
  @Option(name: .setting(.logLevel), help: .setting(.logLevel)) var logLevel: String?
  @Option(name: .setting(.logFormat), help: .setting(.logFormat)) var logFormat: String?

  package init() {}

  /// What was given on the command line.
  package var given: [Setting: String] {
    let texts: [Setting: String?] = [
      .bind: bind, .port: port, .publicUrl: publicUrl, .udpPort: udpPort, .announce: announce,
      .shards: shards, .data: data, .web: web, .apiKey: apiKey, .apiSecretFile: apiSecretFile,
      .tlsCert: tlsCert, .tlsKey: tlsKey, .corsOrigins: corsOrigins,
      .maxParticipantsPerRoom: maxParticipantsPerRoom,
      .maxParticipantsPerKey: maxParticipantsPerKey, .maxRoomsPerTenant: maxRoomsPerTenant,
      .maxRequestsPerSecond: maxRequestsPerSecond, .maxMessagesPerSecond: maxMessagesPerSecond,
      .maxRoomMessagesPerSecond: maxRoomMessagesPerSecond,
      .maxOutputsPerKey: maxOutputsPerKey, .composerCores: composerCores,
      .diskReservePercent: diskReservePercent, .uploadRetrySeconds: uploadRetrySeconds,
      .metricsPort: metricsPort, .metricsBind: metricsBind, .drainSeconds: drainSeconds,
      .sessionRetentionDays: sessionRetentionDays, .messageRetentionDays: messageRetentionDays,
      .insightsRetention: insightsRetention, .logLevel: logLevel,
      .logFormat: logFormat, .dev: dev ? "true" : nil,
      .devAllowPublic: devAllowPublic ? "true" : nil,
    ]
    return texts.compactMapValues { $0 }
  }
}

extension NameSpecification {
  /// The flag of a setting; every setting with an option here has one.
  fileprivate static func setting(_ setting: Setting) -> NameSpecification {
    .customLong(setting.flag ?? setting.key)
  }
}

extension ArgumentHelp {
  fileprivate static func setting(_ setting: Setting) -> ArgumentHelp {
    let placeholder =
      switch setting.kind {
      case .text(let name), .list(let name): name.lowercased()
      case .integer: "number"
      case .choice(let choices): choices.joined(separator: "|")
      case .toggle: ""
      }
    let fallback = setting.kind == .toggle ? nil : setting.fallback
    return ArgumentHelp(
      "\(setting.meaning)" + (fallback.map { " (default: \($0))" } ?? ""),
      valueName: placeholder)
  }
}
