import ArgumentParser
import Control
import Server
import Signal

/// `stoa key`: the API keys in a data folder, whether a server runs on it or not.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make, list and revoke API keys.",
    discussion: """
      Works on the data folder of the server, also while it runs: it notices within half a second. \
      The folder is found as `stoa serve` finds it: --data, STOA_DATA, stoa.yaml, ./data.

      Examples:
        stoa key create "Web shop"                 a key with rooms of its own
        stoa key create "Web shop 2" --tenant 5f…  one more for the same rooms
        stoa key create Operators --admin          may make and revoke keys
        stoa key list
        stoa key revoke 0123456789abcdef01234567
        stoa key storage s3 mykey --bucket calls …  where recordings go
      """,
    subcommands: [
      KeyCreateCommand.self, KeyListCommand.self, KeyRevokeCommand.self, KeyStorageCommand.self,
    ])
}

/// `stoa key create`.
struct KeyCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make an API key and print it with its secret, once.",
    discussion: """
      Examples:
        stoa key create "Web shop"
        stoa key create "Web shop, new" --tenant 5f0c1a2b3c4d5e6f70819203
        stoa key create Operators --admin --json
      """)

  @Argument(help: "What people call the key.") var name: String
  @Option(help: "Whose rooms the key is for. (default: a new tenant's)") var tenant: String?
  @Flag(help: "The key may make and revoke keys, and sees every tenant.") var admin = false
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func validate() throws {
    guard KeyNameRule.allows(name) else { throw ValidationError(KeyNameRule.explanation) }
  }

  func run() async throws {
    await Failure.reporting {
      let store = try await SQLiteStore(settings)
      var random = SystemRandomNumberGenerator()
      let now = SystemTime.source().wall
      let owner = TenantID(tenant ?? RandomText.hex(24, using: &random))
      let key = KeyRecord.random(name: name, tenant: owner, isAdmin: admin, at: now)
      let audit = AuditRecord(
        time: now, tenant: owner, actor: AuditRecord.commandLine, action: .keyCreated,
        target: key.key, detail: name)
      guard try await store.create(key, inNewTenant: tenant == nil, audit) else {
        throw ConfigurationError(
          "--tenant \(owner.rawValue)", "there is no such tenant",
          cure: "`stoa key list` shows them; leave it out for a new one")
      }
      if json {
        Output.json(KeyResource(of: key, secret: key.secret))
      } else {
        Output.text(
          """
          apiKey     \(key.key)
          apiSecret  \(key.secret ?? "")
          tenant     \(owner.rawValue)

          The secret is not shown again.

          """)
      }
    }
  }
}

/// `stoa key list`.
struct KeyListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the API keys, without their secrets.",
    discussion: """
      Examples:
        stoa key list
        stoa key list --data /var/lib/stoa --json
      """)

  @Flag(help: "Print one JSON list.") var json = false
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    await Failure.reporting {
      let keys = try await SQLiteStore(settings).keys().records
      if json { return Output.json(keys.map { KeyResource(of: $0) }) }
      Output.table(
        ["KEY", "NAME", "TENANT", "ADMIN", "CREATED", "LAST USED", "REVOKED"],
        keys.map { key in
          [
            key.key, key.secret == nil ? "(configuration)" : key.name, key.tenant.rawValue,
            key.isAdmin || key.secret == nil ? "yes" : "no", key.createdAt.text,
            key.lastUsedAt?.text ?? "–", key.revokedAt?.text ?? "–",
          ]
        })
    }
  }
}

/// `stoa key revoke`.
struct KeyRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Revoke an API key for good; a running server takes its participants out of rooms.",
    discussion: """
      Examples:
        stoa key revoke 0123456789abcdef01234567
      """)

  @Argument(help: "The key, as `stoa key list` shows it.") var key: String
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    await Failure.reporting {
      let revoked = try await SQLiteStore(settings).revoke(
        key: key, by: AuditRecord.commandLine, at: SystemTime.source().wall)
      guard let revoked else {
        throw ConfigurationError(
          "key \(key)", "there is no such key, or it is the configuration's",
          cure: "`stoa key list` shows what there is")
      }
      Output.text("\(revoked.key) (\(revoked.name)) is revoked.\n")
    }
  }
}

extension AuditRecord {
  /// The actor of what is done on this machine.
  static let commandLine = "command line"
}
