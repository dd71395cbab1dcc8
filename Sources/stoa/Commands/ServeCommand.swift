package import ArgumentParser
import Control
import FoundationEssentials
import Logging
import Server
import UnixSignals

/// `stoa serve`: rooms, REST API, page and media.
package struct ServeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve rooms: the REST API, the page, signalling and media.",
    discussion: """
      Examples:
        stoa serve --dev
        stoa serve --dev --port 9000 --shards 1
        stoa serve --api-key mykey --api-secret-file secret --announce 203.0.113.7
        STOA_API_KEY=mykey STOA_API_SECRET=… stoa serve --tls-cert c.pem --tls-key k.pem --port 443

      Every option can also be a variable (STOA_UDP_PORT) or a line of stoa.yaml (udpPort: 40000); \
      `stoa settings` lists them.
      """)

  @OptionGroup var settings: SettingOptions
  /// For tests, which do not wait for hours.
  @Option(help: .hidden) var webhookSchedulePermille: Int64 = 1_000

  package init() {}

  package func run() async throws {
    await Failure.reporting {
      let configuration = try Configuration(settings)
      ConsoleLog.install(level: configuration.logLevel, format: configuration.logFormat)
      FileDescriptorLimit.raise()
      let logger = Logger(label: "stoa")
      let server = try await StoaServer(
        configuration, media: try Self.mediaPlane(configuration, logger), logger: logger,
        version: Version.text,
        webhookSchedule: .standard.scaled(permille: webhookSchedulePermille))
      try await server.run(stoppedBy: [.sigterm, .sigint]) { port in
        Banner.show(configuration, port: port)
      }
      logger.info("stopped")
    }
  }
}
