import FoundationEssentials

/// What is at a path.
struct FileFacts: Sendable, Equatable {
  var isFolder: Bool
  /// Bytes.
  var size: Int
  /// The permission bits.
  var mode: Int

  /// `nil` if nothing is there, or it cannot be looked at.
  init?(_ path: String) {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
      return nil
    }
    isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
    let size = attributes[.size]
    self.size = size as? Int ?? (size as? UInt64).map { Int(clamping: $0) } ?? 0
    mode = attributes[.posixPermissions] as? Int ?? 0
  }
}
