import ArgumentParser
import Control
import FoundationEssentials
import Server
import Signal

/// `stoa key storage`: where the recordings of a key go.
struct KeyStorageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storage",
    abstract: "Say where the finished files of an API key go; by default they stay here.",
    discussion: """
      Examples:
        stoa key storage s3 mykey --bucket calls --region eu-central-1 --access-key-id AKIA… --secret-file secret
        stoa key storage s3 mykey --bucket calls --endpoint https://minio.example.com --access-key-id u --secret-file secret --hls
        stoa key storage azure mykey --account acme --container calls --secret-file key
        stoa key storage show mykey
        stoa key storage local mykey
      """,
    subcommands: [S3.self, Azure.self, Show.self, Local.self])

  /// What every one of them has.
  private static func set(
    _ storage: KeyStorage?, of key: String, _ settings: SettingOptions
  ) async throws {
    let store = try await SQLiteStore(settings)
    let audit = AuditRecord(
      time: SystemTime.source().wall, tenant: TenantID(""), actor: AuditRecord.commandLine,
      action: .storageChanged, target: key, detail: storage?.summary ?? "local")
    guard try await store.setStorage(storage, of: key, audit) else {
      throw ConfigurationError(
        "key \(key)", "there is no such key", cure: "`stoa key list` shows what there is")
    }
    Output.text("\(key): \(storage?.summary ?? "files stay on this machine")\n")
  }

  private static func secret(_ file: String) throws -> String {
    do {
      return try PrivateFile.text(at: file).filter { !$0.isWhitespace }
    } catch {
      throw ConfigurationError("--secret-file \(file)", error.problem, cure: error.cure)
    }
  }

  struct S3: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "s3", abstract: "A bucket of S3, or of what speaks its language.")

    @Argument(help: "The API key.") var key: String
    @Option(help: "The bucket.") var bucket: String
    @Option(help: "Its region.") var region = "us-east-1"
    @Option(help: "The id of the access key.") var accessKeyId: String
    @Option(help: "A file with the secret of the access key.") var secretFile: String
    @Option(help: "https://host[:port] of a store that is not Amazon's.") var endpoint: String?
    @Option(help: "Before every object's name.") var prefix: String?
    @Option(help: "A canned ACL, such as public-read.") var acl: String?
    @Flag(help: "HLS streams are copied there as well while they run, for a CDN in front of it.")
    var hls = false
    @OptionGroup(visibility: .hidden) var settings: SettingOptions

    func run() async throws {
      await Failure.reporting {
        try await KeyStorageCommand.set(
          .s3(
            KeyStorage.S3(
              bucket: bucket, region: region, accessKeyID: accessKeyId,
              secretAccessKey: try KeyStorageCommand.secret(secretFile), endpoint: endpoint,
              prefix: prefix, acl: acl, copiesHLS: hls)), of: key, settings)
      }
    }
  }

  struct Azure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "azure", abstract: "A container of Azure Blob Storage.")

    @Argument(help: "The API key.") var key: String
    @Option(help: "The storage account.") var account: String
    @Option(help: "The container.") var container: String
    @Option(help: "A file with the account's key, or with a shared access signature (sv=…).")
    var secretFile: String
    @Option(help: "https://host[:port] of another endpoint.") var endpoint: String?
    @Option(help: "Before every blob's name.") var prefix: String?
    @Flag(help: "HLS streams are copied there as well while they run, for a CDN in front of it.")
    var hls = false
    @OptionGroup(visibility: .hidden) var settings: SettingOptions

    func run() async throws {
      await Failure.reporting {
        let secret = try KeyStorageCommand.secret(secretFile)
        let isSignature = secret.contains("sig=")
        let token = secret.hasPrefix("?") ? String(secret.dropFirst()) : secret
        try await KeyStorageCommand.set(
          .azure(
            KeyStorage.Azure(
              account: account, container: container,
              credential: isSignature ? .sharedAccess(token) : .key(secret), endpoint: endpoint,
              prefix: prefix, copiesHLS: hls)), of: key, settings)
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show where the files of a key go, without secrets.")

    @Argument(help: "The API key.") var key: String
    @OptionGroup(visibility: .hidden) var settings: SettingOptions

    func run() async throws {
      await Failure.reporting {
        let storage = try await SQLiteStore(settings).storage(of: key)
        Output.text("\(key): \(storage?.summary ?? "files stay on this machine")\n")
      }
    }
  }

  struct Local: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "local", abstract: "Keep the files of a key on this machine again.")

    @Argument(help: "The API key.") var key: String
    @OptionGroup(visibility: .hidden) var settings: SettingOptions

    func run() async throws {
      await Failure.reporting { try await KeyStorageCommand.set(nil, of: key, settings) }
    }
  }
}
