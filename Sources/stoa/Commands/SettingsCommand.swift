import ArgumentParser
import Server

/// `stoa settings`: the reference of all settings, which `docs/config.md` is.
struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Print every setting with its flag, variable and default.")

  func run() {
    print(Setting.reference, terminator: "")
  }
}
