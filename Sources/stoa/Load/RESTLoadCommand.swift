import ArgumentParser
import Glibc
import StoaClient

/// `stoa load rest`: requests at a fixed rate.
struct RESTLoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rest",
    abstract: "Requests to the REST API at a fixed rate, most of them reads.",
    discussion: """
      A request counts from when it was due, so that a stall is seen by all whom it would have met.

      Example:
        stoa load rest --rate 1000 --writes 0.2 --duration 30
      """)

  @OptionGroup var target: LoadTarget
  @Option(help: "Requests per second.") var rate = 1_000.0
  @Option(help: "Seconds.") var duration = 30.0
  @Option(help: "Share of the requests that make a room; the others ask.") var writes = 0.2
  @Option(help: "Connections.") var connections = 32
  @Option(help: "Decides which requests come when.") var seed: UInt64 = 1

  func validate() throws {
    try LoadTarget.require((1...100_000).contains(rate), "--rate must be 1 to 100000.")
    try LoadTarget.require((0.1...86_400).contains(duration), "--duration must be 0.1 to 86400.")
    try LoadTarget.require((0...1).contains(writes), "--writes must be 0 to 1.")
    try LoadTarget.require((1...1_000).contains(connections), "--connections must be 1 to 1000.")
  }

  func run() async throws {
    FileDescriptorLimit.raise()
    await Failure.reporting {
      var plan = RESTLoad.Plan(
        server: try target.url, token: try await target.token(validFor: duration))
      plan.requestsPerSecond = rate
      plan.seconds = duration
      plan.writeShare = writes
      plan.connections = connections
      plan.seed = seed
      let report = try await RESTLoad(plan).run()
      target.show(report) {
        """
        requests      \(report.requests) in \(LoadDisplay.number(report.seconds)) s, \
        \(LoadDisplay.number(report.requestsPerSecond)) per second, \(report.failures) failed
        reads         \(LoadDisplay.text(report.reads))
        writes        \(LoadDisplay.text(report.writes))
        all           \(LoadDisplay.text(report.all))
        this process  \(LoadDisplay.number(report.clientCPUSeconds)) s CPU
        """ + report.errors.map { "\nerror         \($0)" }.joined()
      }
      if report.failures > 0 { Glibc.exit(EXIT_FAILURE) }
    }
  }
}
