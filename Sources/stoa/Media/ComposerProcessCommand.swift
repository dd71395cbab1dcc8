import ArgumentParser
import Composer

/// `stoa compose`: records and broadcasts one session; only `stoa serve` starts it.
struct ComposerProcessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compose", abstract: "Records one session, for `stoa serve` to start.",
    shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough) var options: [String] = []

  func run() throws { ComposerMain.run() }
}
