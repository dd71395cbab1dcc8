import Control
import FoundationEssentials
import Glibc
import HTTPTypes
import NIOCore
import NIOPosix
import Signal

/// Files that participants show one another; each is gone when its session ends.
///
/// The list of them is in memory, the bytes are in `files/` of the data folder. No session outlives
/// the server, so a start begins with an empty folder.
actor TemporaryFiles {
  struct File: Sendable {
    let id: String
    let name: String
    let type: TemporaryFileType
    let size: Int
    let session: LiveSession
  }

  /// Bytes of one file.
  static let maximumSize = 10 * 1_024 * 1_024
  /// Bytes of all files of a session.
  static let maximumSessionSize = 100 * 1_024 * 1_024
  /// Files of a session, for each costs memory.
  static let maximumCount = 1_000
  /// Uploads at a time, for each holds its file several times over.
  static let maximumUploads = 8
  static let sweepInterval = Duration.seconds(2)

  private let folder: String
  private var files: [String: File] = [:]
  private var idsBySession: [SessionID: [String]] = [:]
  private var uploads = 0

  /// Makes the folder, and empties it.
  init(dataFolder: String) throws(ConfigurationError) {
    folder = dataFolder + "/files"
    do {
      if FileManager.default.fileExists(atPath: folder) {
        try FileManager.default.removeItem(atPath: folder)
      }
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw ConfigurationError(
        folder, "cannot be emptied", cure: "check who owns it, and its permissions")
    }
  }

  /// Removes the files of sessions that have ended, until cancelled.
  func run(_ directory: RoomDirectory) async {
    while (try? await Task.sleep(for: Self.sweepInterval)) != nil { await sweep(directory) }
  }

  func sweep(_ directory: RoomDirectory) async {
    for ids in idsBySession.values {
      guard let session = ids.first.flatMap({ files[$0]?.session }) else { continue }
      if await !directory.isLive(session) { await remove(session) }
    }
  }

  /// Takes one of the places for uploads; give it back with `endUpload`.
  func beginUpload() throws(HTTPFailure) {
    guard uploads < Self.maximumUploads else {
      throw HTTPFailure(
        .serviceUnavailable, "BUSY", "Too many files are being uploaded; try again.",
        headers: [.retryAfter: "1"])
    }
    uploads += 1
  }

  func endUpload() { uploads -= 1 }

  /// Keeps a file for as long as its session lasts.
  func add(
    _ bytes: [UInt8], named name: String, _ type: TemporaryFileType, for session: LiveSession
  ) async throws -> File {
    let ids = idsBySession[session.sessionID, default: []]
    let used = ids.reduce(0) { $0 + (files[$1]?.size ?? 0) }
    guard ids.count < Self.maximumCount, used + bytes.count <= Self.maximumSessionSize else {
      throw HTTPFailure(
        .contentTooLarge, "QUOTA_EXCEEDED",
        "The files of a session have at most \(Self.maximumSessionSize / 1_048_576) MiB.")
    }
    var random = SystemRandomNumberGenerator()
    let file = File(
      id: RandomText.alphanumeric(32, using: &random), name: name, type: type,
      size: bytes.count, session: session)
    files[file.id] = file
    idsBySession[session.sessionID, default: []].append(file.id)
    let path = path(of: file)
    do {
      try await NIOThreadPool.singleton.runIfActive { try NewFile.write(bytes, at: path) }
    } catch {
      forget(file)
      throw error
    }
    // The session may have ended, and been swept, while the disk was busy.
    if files[file.id] == nil { unlink(path) }
    return file
  }

  func file(_ id: String) -> File? { files[id] }

  /// The bytes of a file; `nil` if it is gone.
  func bytes(of file: File) async throws -> [UInt8]? {
    let path = path(of: file)
    return try await NIOThreadPool.singleton.runIfActive {
      FileManager.default.contents(atPath: path).map { Array($0) }
    }
  }

  func remove(_ session: LiveSession) async {
    let gone = idsBySession.removeValue(forKey: session.sessionID) ?? []
    let paths = gone.map { "\(folder)/\($0)" }
    for id in gone { files[id] = nil }
    try? await NIOThreadPool.singleton.runIfActive { for path in paths { unlink(path) } }
  }

  private func forget(_ file: File) {
    files[file.id] = nil
    idsBySession[file.session.sessionID]?.removeAll { $0 == file.id }
    if idsBySession[file.session.sessionID]?.isEmpty == true {
      idsBySession[file.session.sessionID] = nil
    }
  }

  private func path(of file: File) -> String { "\(folder)/\(file.id)" }
}
