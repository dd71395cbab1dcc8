import Server
import Testing

@Suite struct ConfigurationTests {
  /// What a small valid deployment sets.
  static let deployment: [Setting: String] = [
    .apiKey: "key", .apiSecret: String(repeating: "s", count: 32),
  ]

  private func configuration(
    flags: [Setting: String] = [:], environment: [String: String] = [:],
    file: [(key: String, values: [String])] = []
  ) throws -> Configuration {
    let values = try SettingValues(
      flags: flags, environment: environment, file: file, path: "stoa.yaml")
    return try Configuration(values, processors: 4)
  }

  private func refusal(
    flags: [Setting: String] = [:], environment: [String: String] = [:],
    file: [(key: String, values: [String])] = []
  ) -> String? {
    do {
      _ = try configuration(flags: flags, environment: environment, file: file)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `development needs nothing, and stays on this machine`() throws {
    let configuration = try configuration(flags: [.dev: "true"])

    #expect(configuration.bind.description == "127.0.0.1")
    #expect(configuration.port == 8_080)
    #expect(configuration.udpPort == 40_000)
    #expect(configuration.shards == 4)
    #expect(configuration.credential == .development)
    #expect(configuration.isDevelopment)
    #expect(configuration.origins.allowsLoopback)
  }

  @Test func `a deployment has key and secret, listens everywhere and gives no tokens away`() throws
  {
    let configuration = try configuration(flags: Self.deployment)

    #expect(configuration.bind.description == "0.0.0.0")
    #expect(configuration.credential.key == "key")
    #expect(!configuration.isDevelopment)
    #expect(!configuration.origins.allowsLoopback)
    #expect(!configuration.origins.permits("https://elsewhere.example", host: "stoa.example"))
  }

  @Test func `flags win over variables, and those over the file`() throws {
    let file = [(key: "port", values: ["1001"]), ("udpPort", ["2001"]), ("shards", ["1"])]
    let environment = ["STOA_PORT": "1002", "STOA_UDP_PORT": "2002", "HOME": "/"]

    let merged = try configuration(
      flags: [.dev: "true", .port: "1003"], environment: environment, file: file)
    #expect(merged.port == 1_003)
    #expect(merged.udpPort == 2_002)
    #expect(merged.shards == 1)
  }

  @Test func `lists come from commas and from YAML sequences`() throws {
    let commas = try configuration(flags: [
      .dev: "true", .announce: "192.0.2.1, [2001:db8::1]:50000",
    ])
    let sequence = try configuration(
      flags: [.dev: "true"], file: [("announce", ["192.0.2.1", "[2001:db8::1]:50000"])])
    #expect(commas.announced.map(\.description) == ["192.0.2.1", "[2001:db8::1]:50000"])
    #expect(commas.announced == sequence.announced)
  }

  /// Settings on top of development's, and what the refusal must name.
  static let impossible: [(Setting, String, String)] = [
    (.bind, "localhost", "--bind"), (.bind, "1.2.3", "not an IP address"),
    (.bind, "0.0.0.0", "everybody knows the secret"), (.bind, "::", "--dev-allow-public"),
    (.bind, "192.0.2.1", "apiSecret"), (.bind, "", "must not be empty"),
    (.port, "-1", "--port"), (.port, "65536", "0–65535"), (.port, "80a", "'80a'"),
    (.port, "40000", "also a media port"), (.publicUrl, "meet.example.com", "--public-url"),
    (.publicUrl, "https://meet.example.com/path", "scheme, host and port only"),
    (.udpPort, "65536", "--udp-port"), (.udpPort, "65535", "no room for 4 shards"),
    (.announce, "example.com", "--announce"), (.announce, "192.0.2.1:0", "not an IP address"),
    (.announce, "192.0.2.1:65536", "not an IP address"), (.announce, "192.0.2.1,,", "empty part"),
    (.announce, "[192.0.2.1]:1", "IPv6"), (.shards, "0", "--shards"), (.shards, "257", "1–256"),
    (.shards, "two", "whole number"), (.apiKey, "other", "openssl rand -hex 32"),
    (.apiSecret, String(repeating: "s", count: 40), "--api-key"),
    (.apiSecretFile, "/nonexistent/secret", "cannot be read"),
    (.tlsCert, "cert.pem", "needs tlsKey"), (.tlsKey, "key.pem", "needs tlsCert"),
    (.corsOrigins, "app.example.com", "--cors-origins"),
    (.corsOrigins, "https://app.example.com/", "is not an origin"),
    (.corsOrigins, "ftp://app.example.com", "is not an origin"),
    (.maxParticipantsPerRoom, "0", "--max-participants-per-room"),
    (.logLevel, "loud", "trace, debug"), (.logFormat, "xml", "text, json"),
    (.dev, "maybe", "neither true nor false"),
  ]

  @Test(arguments: impossible)
  func `an impossible value is refused with its name and the cure`(
    setting: Setting, value: String, expected: String
  ) throws {
    let message = try #require(refusal(flags: [.dev: "true"].merging([setting: value]) { $1 }))
    #expect(message.contains(expected), "\(message)")
    #expect(message.split(separator: "\n").count == 1)
  }

  @Test func `a setting is named as it was written`() {
    #expect(refusal(flags: [.dev: "true", .port: "x"])?.hasPrefix("--port:") == true)
    #expect(
      refusal(environment: ["STOA_DEV": "true", "STOA_PORT": "x"])?.hasPrefix("STOA_PORT:") == true)
    #expect(
      refusal(file: [("dev", ["true"]), ("port", ["x"])])?
        .hasPrefix("'port' in stoa.yaml:") == true)
  }

  @Test func `keys and variables that do not exist are refused, with the likely meaning`() {
    #expect(refusal(file: [("prot", ["1"])])?.contains("did you mean 'port'?") == true)
    #expect(refusal(file: [("UDPPort", ["1"])])?.contains("did you mean 'udpPort'?") == true)
    #expect(
      refusal(environment: ["STOA_UDPPORT": "1"])?.contains("did you mean 'STOA_UDP_PORT'?") == true
    )
    #expect(refusal(environment: ["STOA_FROBNICATE_IT": "1"])?.contains("docs/config.md") == true)
    #expect(refusal(flags: [.dev: "true"], environment: ["STOA_CONFIG": "x"]) == nil)
  }

  @Test func `without dev a key and a long secret are required`() {
    let short = String(repeating: "s", count: 31)
    #expect(refusal()?.contains("--api-key: is not set") == true)
    #expect(refusal(flags: [.apiKey: "key"])?.contains("openssl rand -hex 32") == true)
    #expect(
      refusal(flags: [.apiKey: "key", .apiSecret: short])?.contains("shorter than 32") == true)
    #expect(refusal(flags: Self.deployment) == nil)
    let known = Configuration.Credential.development.secret.value
    #expect(
      refusal(flags: [.apiKey: "key", .apiSecret: known])?.contains("everybody knows") == true)
  }

  @Test func `development on a public address has to be told twice, or given a secret`() {
    let wide: [Setting: String] = [.dev: "true", .bind: "0.0.0.0"]
    #expect(refusal(flags: wide)?.contains("--dev-allow-public") == true)
    #expect(refusal(flags: wide.merging([.devAllowPublic: "true"]) { $1 }) == nil)
    #expect(refusal(flags: wide.merging(Self.deployment) { $1 }) == nil)
    #expect(refusal(flags: [.devAllowPublic: "true"])?.contains("add --dev") == true)
    #expect(refusal(flags: [.dev: "true", .bind: "::1"]) == nil)
    #expect(refusal(flags: [.dev: "true", .bind: "127.8.9.1"]) == nil)
  }

  @Test func `a secret file is read unless strangers can read it`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let secret = String(repeating: "f", count: 64)
    try folder.write(secret + "\n", to: "private", mode: 0o640)
    try folder.write(secret, to: "open", mode: 0o644)

    let read = try configuration(flags: [.apiKey: "k", .apiSecretFile: folder.path + "/private"])
    #expect(read.credential.secret.value == secret)
    let message = refusal(flags: [.apiKey: "k", .apiSecretFile: folder.path + "/open"])
    #expect(message?.contains("chmod 640") == true)
    let both = Self.deployment.merging([.apiSecretFile: folder.path + "/private"]) { $1 }
    #expect(refusal(flags: both)?.contains("keep one") == true)
  }

  @Test func `a secret does not show when it is printed`() throws {
    let configuration = try configuration(flags: Self.deployment)
    var dumped = ""
    dump(configuration, to: &dumped)
    let secret = configuration.credential.secret.value
    #expect(!dumped.contains(secret))
    #expect(!"\(configuration)".contains(secret))
    #expect(!String(reflecting: configuration).contains(secret))
  }
}
