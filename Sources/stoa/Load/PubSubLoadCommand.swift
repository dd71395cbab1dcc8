import ArgumentParser
import Glibc
import StoaClient

/// `stoa load pubsub`: messages at a fixed rate.
struct PubSubLoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pubsub",
    abstract: "Messages at a fixed rate among participants without media.",
    discussion: """
      Everybody in a room is subscribed, so that each message is received as often as the room has
      members. Checked are loss, the order of each sender, and that all see one order.

      Examples:
        stoa load pubsub --rooms 250 --members 4 --rate 5000
        stoa load pubsub --rooms 1 --members 100 --rate 50
      """)

  @OptionGroup var target: LoadTarget
  @Option(help: "Rooms to make.") var rooms = 250
  @Option(help: "Participants of each room.") var members = 4
  @Option(help: "Messages per second, in all rooms together.") var rate = 5_000.0
  @Option(help: "Seconds.") var duration = 20.0
  @Option(help: "Joins per second.") var joinRate = 100.0

  func validate() throws {
    try LoadTarget.require((1...10_000).contains(rooms), "--rooms must be 1 to 10000.")
    try LoadTarget.require((1...1_000).contains(members), "--members must be 1 to 1000.")
    try LoadTarget.require((1...100_000).contains(rate), "--rate must be 1 to 100000.")
    try LoadTarget.require((0.1...86_400).contains(duration), "--duration must be 0.1 to 86400.")
    try LoadTarget.require((0.1...1_000).contains(joinRate), "--join-rate must be 0.1 to 1000.")
    try LoadTarget.require(
      rate / Double(rooms * members) <= 50, "The server takes 50 messages a second of each member.")
  }

  func run() async throws {
    FileDescriptorLimit.raise()
    await Failure.reporting {
      var plan = PubSubLoad.Plan(
        server: try target.url,
        token: try await target.token(validFor: duration + Double(rooms * members) / joinRate))
      plan.rooms = rooms
      plan.members = members
      plan.messagesPerSecond = rate
      plan.seconds = duration
      plan.joinsPerSecond = joinRate
      let report = try await PubSubLoad(plan).run()
      target.show(report) {
        """
        members       \(report.joined) of \(report.members) there, \(report.closed) lost
        published     \(report.published), \(LoadDisplay.number(report.messagesPerSecond)) per \
        second, \(report.confirmed) confirmed
        received      \(report.received) of \(report.expected), \(report.lost) lost
        order         \(report.disordered) out of order, \(report.disagreements) rooms disagree
        fan-out       \(LoadDisplay.text(report.fanOut))
        this process  \(LoadDisplay.number(report.clientCPUSeconds)) s CPU, messages left at most \
        \(LoadDisplay.number(report.worstSendDelay)) ms late
        """ + report.errors.map { "\nerror         \($0)" }.joined()
      }
      let isWhole = report.lost == 0 && report.disordered == 0 && report.disagreements == 0
      if !isWhole || report.joined < report.members { Glibc.exit(EXIT_FAILURE) }
    }
  }
}
