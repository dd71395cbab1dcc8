import Control
import Server

extension SQLiteStore {
  /// Opens the store of the data folder that the settings name, beside a server that may be running.
  convenience init(_ options: SettingOptions) async throws {
    let folder = try SettingValues(options).text(.data) ?? "./data"
    try await self.init(besideServer: try DataFolder.store(folder))
  }
}
