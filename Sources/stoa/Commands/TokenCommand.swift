import ArgumentParser
import Control
import Server
import Signal

/// `stoa token`: a token for the REST API, or for joining a room.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Print a token, signed with the API secret.",
    discussion: """
      Key and secret come from the same flags, variables and stoa.yaml as those of `stoa serve`.

      Examples:
        stoa token --dev
        stoa token --dev --room abcd-efgh-ijkl --participant ann --permissions allow_join
        stoa token --api-key mykey --api-secret-file secret --role crawler --valid-for 3600

        curl -X POST -H "Authorization: $(stoa token --dev)" http://localhost:8080/v2/rooms
      """)

  @Option(help: "The only room the token is for, by its id or custom id.") var room: String?
  @Option(help: "The only participant the token is for.") var participant: String?
  @Option(
    name: .long, parsing: .upToNextOption,
    help: "Any of allow_join, ask_join, allow_mod. (default: joining and moderating)")
  var permissions: [Permission] = []
  @Option(help: "rtc: joining only; crawler: REST only. (default: both)") var role: TokenRole?
  @Option(help: "Seconds.") var validFor: Int64 = 86_400
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func validate() throws {
    // A hundred years: what does not expire cannot be taken back.
    guard (1...3_153_600_000).contains(validFor) else {
      throw ValidationError("--valid-for must be a number of seconds above 0.")
    }
  }

  func run() async throws {
    await Failure.reporting {
      let credential = try Configuration.Credential(settings)
      let signer = try await TokenSigner(
        APIKey(key: credential.key, secret: credential.secret.value))
      print(
        try signer.token(
          permissions: permissions.isEmpty ? nil : permissions, roles: role.map { [$0] } ?? [],
          roomID: room, participantID: participant, validFor: validFor,
          at: SystemTime.source().wall))
    }
  }
}

extension Permission: ExpressibleByArgument {}
extension TokenRole: ExpressibleByArgument {}
