import ArgumentParser
import Glibc
import StoaClient

/// `stoa load churn`: rooms that open and close.
struct ChurnLoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Rooms that open, fill, empty and end, one after the other.",
    discussion: """
      Benchmarks/soak/run uses it to see what the server keeps of them.

      Example:
        stoa load churn --rooms 200 --joins 5
      """)

  @OptionGroup var target: LoadTarget
  @Option(help: "Rooms to open in all.") var rooms = 1_000
  @Option(help: "Participants who join each without media.") var joins = 5
  @Option(help: "Rooms open at a time.") var concurrency = 8
  @Option(help: "One participant with media in every so many rooms; 0 for none.")
  var mediaEvery = 20
  @Option(help: "One participant who goes without a word in every so many rooms; 0 for none.")
  var killEvery = 20

  func validate() throws {
    try LoadTarget.require((1...10_000_000).contains(rooms), "--rooms must be 1 to 10000000.")
    try LoadTarget.require((1...100).contains(joins), "--joins must be 1 to 100.")
    try LoadTarget.require((1...256).contains(concurrency), "--concurrency must be 1 to 256.")
    try LoadTarget.require(mediaEvery >= 0 && killEvery >= 0, "Every 0 rooms means never.")
  }

  func run() async throws {
    FileDescriptorLimit.raise()
    await Failure.reporting {
      var plan = ChurnLoad.Plan(
        server: try target.url, token: try await target.token(validFor: 86_400))
      plan.rooms = rooms
      plan.joinsPerRoom = joins
      plan.concurrency = concurrency
      plan.mediaEvery = mediaEvery
      plan.killEvery = killEvery
      let display = LoadDisplay(isQuiet: target.json)
      let report = try await ChurnLoad(plan).run { display.line("\($0) of \(rooms) rooms") }
      target.show(report) {
        """
        rooms         \(report.rooms) in \(LoadDisplay.number(report.seconds)) s, \
        \(report.failures) failed
        joins         \(report.joins), \(report.mediaJoins) of them with media, \
        \(report.resumes) resumed, \(report.kills) left without a word
        join          \(LoadDisplay.text(report.join))
        """ + report.errors.map { "\nerror         \($0)" }.joined()
      }
      if report.failures > 0 { Glibc.exit(EXIT_FAILURE) }
    }
  }
}
