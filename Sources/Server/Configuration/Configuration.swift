package import Control
package import Logging

/// What the server runs with.
///
/// A value of this type is valid: reading `SettingValues` makes it.
package struct Configuration: Sendable {
  package enum LogFormat: String, Sendable { case text, json }

  /// Certificate and key in PEM files, as given.
  package struct TLSFiles: Equatable, Sendable {
    package let certificate: String
    package let key: String
  }

  /// The API key and the secret that sign tokens.
  package struct Credential: Equatable, Sendable {
    package let key: String
    package let secret: Secret

    /// Known to everybody, for trying out on one machine.
    package static let development = Credential(
      key: "devkey", secret: Secret("stoa-development-secret-not-for-deployment"))
    /// Bytes; HMAC-SHA256 has 32 bytes of output, a shorter key weakens it (RFC 7518 §3.2).
    package static let minimumSecretLength = 32
  }

  /// An IP address.
  package let bind: NetworkAddress
  /// 0 for any free one.
  package let port: Int
  /// `nil` for this machine's own name.
  package let publicURL: String?
  /// Shard *n* binds `udpPort + n`; 0 for free ones.
  package let udpPort: Int
  /// Empty for this machine's own addresses.
  package let announced: [AnnouncedAddress]
  package let shards: Int
  package let dataDirectory: String
  package static let defaultDataDirectory = "./data"
  /// `nil` for the default places.
  package let webDirectory: String?
  package let credential: Credential
  package let tls: TLSFiles?
  package let origins: OriginPolicy
  package let maximumParticipantsPerRoom: Int
  package let quotas: QuotaLimits
  package let operation: OperationSettings
  /// Days for which samples of the quality of calls are kept.
  package let insightsRetention: Int
  package let compose: ComposeSettings
  package let logLevel: Logger.Level
  package let logFormat: LogFormat
  /// Whether `POST /dev/token` gives tokens to whoever is on this machine.
  package let isDevelopment: Bool
  /// Whether development mode serves other machines too.
  package let isPublicDevelopment: Bool
  /// Where requests go that the server makes of its own: webhooks.
  package var outbound: OutboundTargetPolicy { OutboundTargetPolicy(allowsLoopback: isDevelopment) }

  /// Reads and checks the settings.
  ///
  /// - Parameters:
  ///   - values: as written.
  ///   - processors: of this machine, the default number of shards.
  /// - Throws: `ConfigurationError` for the first value that cannot be.
  package init(
    _ values: SettingValues, processors: Int
  ) throws(ConfigurationError) {
    isDevelopment = try values.toggle(.dev)
    isPublicDevelopment = try values.toggle(.devAllowPublic)
    guard isDevelopment || !isPublicDevelopment else {
      throw values.error(.devAllowPublic, "means nothing without dev", cure: "add --dev")
    }

    let address = try values.text(.bind) ?? (isDevelopment ? "127.0.0.1" : "0.0.0.0")
    guard let bind = NetworkAddress(address) else {
      throw values.error(
        .bind, "'\(address.clipped)' is not an IP address", cure: "0.0.0.0 is every IPv4 address")
    }
    self.bind = bind
    port = try values.integer(.port) ?? 8_080
    publicURL = try values.text(.publicUrl)
    if let publicURL, WebOrigin(publicURL) == nil {
      throw values.error(
        .publicUrl, "'\(publicURL.clipped)' is not scheme, host and port only",
        cure: "write it like https://meet.example.com")
    }
    udpPort = try values.integer(.udpPort) ?? 40_000
    shards = try values.integer(.shards) ?? min(max(processors, 1), 256)
    guard udpPort == 0 || udpPort + shards - 1 <= 65_535 else {
      throw values.error(.udpPort, "leaves no room for \(shards) shards below 65536")
    }
    guard port == 0 || !(udpPort..<udpPort + shards).contains(port) else {
      throw values.error(.port, "\(port) is also a media port", cure: "change it or udpPort")
    }
    var announced: [AnnouncedAddress] = []
    for text in try values.list(.announce) ?? [] {
      guard let address = AnnouncedAddress(text) else {
        throw values.error(
          .announce, "'\(text.clipped)' is not an IP address with or without :PORT",
          cure: "write IPv6 with a port as [2001:db8::1]:40000")
      }
      announced.append(address)
    }
    self.announced = announced

    dataDirectory = try values.text(.data) ?? Self.defaultDataDirectory
    webDirectory = try values.text(.web)
    maximumParticipantsPerRoom = try values.integer(.maxParticipantsPerRoom) ?? 1_000
    quotas = try QuotaLimits(values)
    operation = try OperationSettings(values, port: port, media: udpPort..<udpPort + shards)
    insightsRetention = try values.integer(.insightsRetention) ?? 30
    compose = try ComposeSettings(values, processors: processors)
    logLevel = try values.choice(.logLevel, as: Logger.Level.self) ?? .info
    logFormat = try values.choice(.logFormat, as: LogFormat.self) ?? .text

    credential = try Credential(values, isDevelopment: isDevelopment)
    guard credential != .development || bind.isLoopback || isPublicDevelopment else {
      throw values.error(
        .bind, "others can reach \(address), and everybody knows the secret of --dev",
        cure: "set apiKey and apiSecret, or add --dev-allow-public if you mean it")
    }
    switch (try values.text(.tlsCert), try values.text(.tlsKey)) {
    case (nil, nil): tls = nil
    case (let certificate?, let key?): tls = TLSFiles(certificate: certificate, key: key)
    case (_, nil): throw values.error(.tlsCert, "needs tlsKey too")
    case (nil, _): throw values.error(.tlsKey, "needs tlsCert too")
    }
    var allowed: Set<WebOrigin> = []
    var allowsEvery = false
    for text in try values.list(.corsOrigins) ?? [] {
      if text == "*" {
        allowsEvery = true
      } else if let origin = WebOrigin(text) {
        allowed.insert(origin)
      } else {
        throw values.error(
          .corsOrigins, "'\(text.clipped)' is not an origin",
          cure: "write scheme, host and port only, like https://app.example.com")
      }
    }
    origins = OriginPolicy(
      allowed: allowed, allowsEvery: allowsEvery, allowsLoopback: isDevelopment)
  }
}

extension Configuration.Credential {
  /// Reads key and secret, or takes those of development.
  package init(
    _ values: SettingValues, isDevelopment: Bool
  ) throws(ConfigurationError) {
    let key = try values.text(.apiKey)
    let secret = try Self.secret(values)
    if isDevelopment, key == nil, secret == nil {
      self = .development
      return
    }
    guard let key else {
      throw values.error(
        .apiKey, "is not set", cure: "choose a name for it, or use --dev to try out Stoa")
    }
    guard let secret else {
      throw values.error(
        .apiSecret, "is not set",
        cure: "make one with `openssl rand -hex 32`, or use --dev to try out Stoa")
    }
    let name = values.isSet(.apiSecret) ? Setting.apiSecret : .apiSecretFile
    guard secret.value.utf8.count >= Self.minimumSecretLength else {
      throw values.error(
        name, "is shorter than \(Self.minimumSecretLength) bytes",
        cure: "make one with `openssl rand -hex 32`")
    }
    guard isDevelopment || secret != Self.development.secret else {
      throw values.error(
        name, "is the one of --dev, which everybody knows",
        cure: "make one with `openssl rand -hex 32`")
    }
    self.init(key: key, secret: secret)
  }

  private static func secret(_ values: SettingValues) throws(ConfigurationError) -> Secret? {
    let file = try values.text(.apiSecretFile)
    if let text = try values.text(.apiSecret) {
      guard file == nil else {
        throw values.error(.apiSecretFile, "is set together with apiSecret", cure: "keep one")
      }
      return Secret(text)
    }
    guard let file else { return nil }
    let text: String
    do {
      text = try PrivateFile.text(at: file)
    } catch {
      throw values.error(.apiSecretFile, "\(file.clipped) \(error.problem)", cure: error.cure)
    }
    return Secret(text.trimmingSpaces)
  }
}

extension QuotaLimits {
  fileprivate init(_ values: SettingValues) throws(ConfigurationError) {
    self.init()
    roomsPerTenant = try values.integer(.maxRoomsPerTenant) ?? roomsPerTenant
    participantsPerKey = try values.integer(.maxParticipantsPerKey) ?? participantsPerKey
    requestsPerSecond = try values.integer(.maxRequestsPerSecond) ?? requestsPerSecond
    messagesPerSecond = try values.integer(.maxMessagesPerSecond) ?? messagesPerSecond
    roomMessagesPerSecond =
      try values.integer(.maxRoomMessagesPerSecond) ?? roomMessagesPerSecond
  }
}
