import ArgumentParser

/// `stoa load`: many clients at once, against a server of one's own.
struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Put a server under load, and measure.",
    discussion: """
      Each kind of load has options of its own: stoa load rest --help

      Examples:
        stoa load --publishers 1 --subscribers 200 --duration 60
        stoa load rest --rate 1000 --duration 30
        stoa load pubsub --rooms 1 --members 100 --rate 50
        stoa load churn --rooms 200
      """,
    subcommands: [
      MediaLoadCommand.self, RESTLoadCommand.self, PubSubLoadCommand.self, ChurnLoadCommand.self,
    ],
    defaultSubcommand: MediaLoadCommand.self)
}
