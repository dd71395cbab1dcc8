import Control

/// Everything that can be configured; the raw value is the key in `stoa.yaml`.
///
/// This is the only list: flags and their help, variables, keys of the file and `docs/config.md`
/// are all made from it.
package enum Setting: String, CaseIterable, Sendable {
  case bind, port, publicUrl, udpPort, announce, shards
  case data, web
  case apiKey, apiSecret, apiSecretFile
  case tlsCert, tlsKey, corsOrigins
  case maxParticipantsPerRoom, maxParticipantsPerKey, maxRoomsPerTenant
  case maxRequestsPerSecond, maxMessagesPerSecond, maxRoomMessagesPerSecond
  case maxOutputsPerKey, composerCores, diskReservePercent, uploadRetrySeconds
  case metricsPort, metricsBind, drainSeconds, sessionRetentionDays, messageRetentionDays
  case insightsRetention
  case logLevel, logFormat
  case dev, devAllowPublic

  /// What a setting may be set to.
  package enum Kind: Equatable, Sendable {
    /// One text; what it stands for in help, `FILE` for example.
    case text(String)
    case integer(ClosedRange<Int>)
    case choice([String])
    /// Texts separated by commas, or a YAML sequence.
    case list(String)
    /// `true` or `false`; a flag without a value on the command line.
    case toggle
  }

  /// The key in `stoa.yaml`.
  package var key: String { rawValue }

  /// The environment variable.
  package var environmentName: String {
    "STOA_" + words.map { $0.uppercased() }.joined(separator: "_")
  }

  /// The flag without its dashes; `nil` for what must not appear in a process list.
  package var flag: String? {
    self == .apiSecret ? nil : words.map { $0.lowercased() }.joined(separator: "-")
  }

  /// The parts of the key: `udp` and `Port` of `udpPort`.
  private var words: [Substring] {
    let starts = [rawValue.startIndex] + rawValue.indices.filter { rawValue[$0].isUppercase }
    let ends = starts.dropFirst() + [rawValue.endIndex]
    return zip(starts, ends).map { rawValue[$0..<$1] }
  }
}

extension Setting {
  package var kind: Kind {
    switch self {
    case .bind: .text("ADDRESS")
    case .port: .integer(0...65_535)
    case .udpPort: .integer(0...65_535)
    case .announce: .list("ADDRESS[:PORT]")
    case .shards: .integer(1...256)
    case .data, .web: .text("FOLDER")
    case .publicUrl: .text("URL")
    case .apiKey, .apiSecret: .text("TEXT")
    case .apiSecretFile, .tlsCert, .tlsKey: .text("FILE")
    case .corsOrigins: .list("ORIGIN")
    case .maxParticipantsPerRoom: .integer(1...10_000)
    case .maxParticipantsPerKey, .maxRequestsPerSecond, .maxMessagesPerSecond,
      .maxRoomMessagesPerSecond:
      .integer(0...1_000_000)
    case .maxRoomsPerTenant: .integer(0...1_000_000_000)
    case .maxOutputsPerKey: .integer(0...1_000_000)
    case .composerCores: .integer(0...1_024)
    case .diskReservePercent: .integer(0...90)
    case .uploadRetrySeconds: .integer(1...86_400)
    case .metricsPort: .integer(0...65_535)
    case .metricsBind: .text("ADDRESS")
    case .drainSeconds: .integer(0...86_400)
    case .sessionRetentionDays, .messageRetentionDays: .integer(0...36_500)
    case .insightsRetention: .integer(1...3_650)
    case .logLevel: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"])
    case .logFormat: .choice(["text", "json"])
    case .dev, .devAllowPublic: .toggle
    }
  }

  /// The default as people read it; `nil` where there is none.
  package var fallback: String? {
    switch self {
    case .bind: "0.0.0.0 (127.0.0.1 with --dev)"
    case .port: "8080"
    case .publicUrl: "http://localhost:8080, with the port and scheme in use"
    case .udpPort: "40000"
    case .announce: "every address of this machine"
    case .shards: "one per processor core"
    case .data: "./data"
    case .web: "`web` beside the program, else ./web/dist"
    case .apiKey, .apiSecret, .apiSecretFile, .tlsCert, .tlsKey: nil
    case .corsOrigins: "none (this machine's with --dev)"
    case .maxParticipantsPerRoom: "1000"
    case .maxParticipantsPerKey: "\(QuotaLimits.standard.participantsPerKey)"
    case .maxRoomsPerTenant: "\(QuotaLimits.standard.roomsPerTenant)"
    case .maxRequestsPerSecond: "\(QuotaLimits.standard.requestsPerSecond)"
    case .maxMessagesPerSecond: "\(QuotaLimits.standard.messagesPerSecond)"
    case .maxRoomMessagesPerSecond: "\(QuotaLimits.standard.roomMessagesPerSecond)"
    case .maxOutputsPerKey: "100"
    case .composerCores: "all of this machine's"
    case .diskReservePercent: "10"
    case .uploadRetrySeconds: "1800"
    case .metricsPort: "0"
    case .metricsBind: "127.0.0.1"
    case .drainSeconds, .sessionRetentionDays, .messageRetentionDays: "0"
    case .insightsRetention: "30"
    case .logLevel: "info"
    case .logFormat: "text"
    case .dev, .devAllowPublic: "false"
    }
  }

  /// One or two sentences, without the default.
  package var meaning: String {
    switch self {
    case .bind: "IP address to listen on, for HTTP, WebSocket and media."
    case .port: "TCP port for HTTP and WebSocket; 0 picks a free one."
    case .publicUrl:
      "How people reach this server from outside, for links in answers: https://meet.example.com"
    case .udpPort:
      """
      First media port, UDP and TCP: shard n uses this number plus n. Open them in the firewall. \
      0 picks free ones.
      """
    case .announce:
      """
      Addresses under which browsers reach the media ports, when they differ from this \
      machine's own (NAT, container, test relay).
      """
    case .shards: "Media processes; each room lives in one of them."
    case .data: "Where rooms, sessions and participants are kept; made if absent."
    case .web: "The page, its assets and, in sdk/, the JavaScript SDK."
    case .apiKey: "The `apikey` that tokens carry."
    case .apiSecret:
      "What tokens are signed with (HS256), at least 32 bytes. Make one: openssl rand -hex 32"
    case .apiSecretFile: "A file holding the secret, instead of apiSecret; not readable by others."
    case .tlsCert: "Certificate chain (PEM): serve https and wss instead of http and ws."
    case .tlsKey: "Private key of tlsCert (PEM)."
    case .corsOrigins:
      """
      Web origins, such as https://app.example.com, whose pages may call the API and join; \
      * allows every origin. The server's own origin always may.
      """
    case .maxParticipantsPerRoom: "Further participants are refused with 4009."
    case .maxParticipantsPerKey:
      """
      Participants with tokens of one API key, in all rooms at once; further ones are refused with \
      4429. 0 is no limit.
      """
    case .maxRoomsPerTenant:
      "Rooms of one tenant that are not disabled; further ones are refused with 429. 0 is no limit."
    case .maxRequestsPerSecond:
      """
      REST requests with tokens of one API key, five seconds' worth at once; more are refused with \
      429. 0 is no limit.
      """
    case .maxMessagesPerSecond:
      """
      Messages that one participant publishes, five seconds' worth at once; more are refused with \
      4429. 0 is no limit.
      """
    case .maxRoomMessagesPerSecond: "Likewise, by all participants of a room together."
    case .maxOutputsPerKey:
      """
      Recordings, livestreams and HLS with tokens of one API key at once; further ones are refused \
      with 4028 to 4030. 0 is no limit.
      """
    case .composerCores:
      """
      Processor cores that recording and broadcasting may keep busy; what would need more is refused \
      with 503. 0 is no limit.
      """
    case .diskReservePercent:
      """
      Of the data folder's disk: below it, or below 1 GiB, no recording or broadcast begins. 0 leaves \
      only the gigabyte.
      """
    case .uploadRetrySeconds:
      """
      The longest wait before a recording is sent again to a storage that fails; the first waits are \
      5, 15 and 60 seconds. It stays here until the storage has it, and for good after three days.
      """
    case .metricsPort: "TCP port for GET /metrics, for Prometheus; 0 is off."
    case .metricsBind: "IP address for it; whoever reaches it sees how much the server is used."
    case .drainSeconds:
      """
      On SIGTERM, wait so long for sessions to end, and begin none, before stopping; a second \
      signal stops at once.
      """
    case .sessionRetentionDays:
      "Sessions, with all that belongs to them, are deleted so long after their end; 0 keeps them."
    case .messageRetentionDays:
      "Persisted messages are deleted so long after their session's end; 0 keeps them with it."
    case .insightsRetention: "Days for which samples of the quality of calls are kept."
    case .logLevel: "The least important messages that are logged."
    case .logFormat: "One line of text, or one JSON object, per message; to standard error."
    case .dev:
      """
      For trying out on one machine: a well-known API key and secret, this machine's addresses \
      only, and tokens from POST /dev/token.
      """
    case .devAllowPublic:
      "Lets dev listen on an address that others reach, with a secret that everybody knows."
    }
  }

  /// The words of the default and the allowed values, for help and documentation.
  package var allowed: String {
    switch kind {
    case .text(let placeholder): placeholder
    case .integer(let range): "\(range.lowerBound)–\(range.upperBound)"
    case .choice(let choices): choices.joined(separator: ", ")
    case .list(let placeholder): "\(placeholder), …"
    case .toggle: "true, false"
    }
  }
}
