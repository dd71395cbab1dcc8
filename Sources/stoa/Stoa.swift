import ArgumentParser

/// The program: one binary for the server, its media processes and the tools around it.
@main
struct Stoa: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stoa",
    abstract: "Rooms for voice, video and messages, on your own machine.",
    discussion: """
      Try it out:
        stoa serve --dev          then open http://localhost:8080

      Run it for others:
        openssl rand -hex 32 > secret && chmod 600 secret
        stoa serve --api-key mykey --api-secret-file secret \\
          --tls-cert cert.pem --tls-key key.pem --port 443
      """,
    version: Version.text,
    subcommands: [
      ServeCommand.self, DoctorCommand.self, BackupCommand.self, TokenCommand.self,
      KeyCommand.self, RoomCommand.self, SessionCommand.self, WebhookCommand.self,
      VersionCommand.self, SettingsCommand.self, LoadCommand.self, ShardProcessCommand.self,
      ComposerProcessCommand.self,
    ],
    helpNames: [.short, .long])
}
