import ArgumentParser
import Control
import Server

/// `stoa backup`: a copy of the store, while the server runs or not.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the store into one file, while the server runs.",
    discussion: """
      The copy is of one moment, has every write that was confirmed before, is checked before it
      gets its name, and replaces no other file. docs/operations.md says how to restore it.

      Examples:
        stoa backup /var/backups/stoa-$(date +%F).db
        stoa backup --data /var/lib/stoa /mnt/backup/stoa.db
      """)

  @Argument(help: "The file to make.") var file: String
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    await Failure.reporting {
      let folder = try SettingValues(settings).text(.data) ?? Configuration.defaultDataDirectory
      let summary = try StoreBackup.write(from: "\(folder)/stoa.db", to: file)
      print(
        "\(file): \(summary.rooms) rooms, \(summary.sessions) sessions, "
          + "\(summary.bytes >> 10) KiB, checked")
    }
  }
}
