import FoundationEssentials

/// The folder in which the server keeps what outlives it.
package enum DataFolder {
  /// Makes the folder if it is absent, and names the store's file in it.
  ///
  /// - Throws: `ConfigurationError` if it cannot be made or written.
  package static func store(_ folder: String) throws(ConfigurationError) -> String {
    do {
      // Only this user: it holds names and messages of people, and secrets.
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw ConfigurationError(
        "--data \(folder)", "the folder cannot be made", cure: "check the path and its permissions")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ConfigurationError("--data \(folder)", "the folder is not writable")
    }
    let file = folder + "/stoa.db"
    // The folder may have been made by somebody else, for everybody to read.
    let isPrivate: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
    if !FileManager.default.fileExists(atPath: file) {
      _ = FileManager.default.createFile(atPath: file, contents: nil, attributes: isPrivate)
    }
    try? FileManager.default.setAttributes(isPrivate, ofItemAtPath: file)
    return file
  }
}
