import ArgumentParser
import Server

/// `stoa shard`: one media process; only `stoa serve` starts it.
struct ShardProcessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard", abstract: "One media process, for `stoa serve` to start.",
    shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough) var options: [String] = []

  func run() throws {
    ShardMain.run(try ShardOptions(parsing: options))
  }
}
