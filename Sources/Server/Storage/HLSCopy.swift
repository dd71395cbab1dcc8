import Control
import FoundationEssentials
import NIOPosix
import Signal

/// One HLS stream on its way into its owner's storage, under the names that it has here.
///
/// A playlist is put only when all that it names is there, and the multivariant ones last.
struct HLSCopy: Sendable {
  /// Playlists of everything since the start grow: they are put in every sixth round only.
  private static let roundsBetweenIndexes = 6
  private static let playlistNames = ["live.m3u8", "index.m3u8"]
  /// Bytes of a playlist that is read.
  private static let maximumPlaylist = 16 << 20

  let output: OutputRecord
  private let folder: String
  /// Names of segments that are there, with their rendition's.
  private var segments: Set<String> = []
  /// Playlists as they were put last.
  private var playlists: [String: String] = [:]
  private var round = 0

  init(_ output: OutputRecord) {
    self.output = output
    folder = output.specification.folder
  }

  /// Nothing is left to do, also after a restart.
  var isDone: Bool { FileManager.default.fileExists(atPath: marker) }
  var isThere: Bool { FileManager.default.fileExists(atPath: folder + "/index.m3u8") }
  private var marker: String { folder + "/.copied" }

  /// Puts what is new; the last time, when the stream is over, all of it.
  ///
  /// - Parameter isOver: nothing more is written into the folder.
  /// - Throws: `StorageFailure`; what was put stays known.
  mutating func advance(
    isOver: Bool, _ storage: ObjectStorage, at now: Timestamp
  ) async throws(StorageFailure) {
    round += 1
    let isWhole = isOver || round % Self.roundsBetweenIndexes == 1
    let names = isWhole ? Self.playlistNames : ["live.m3u8"]
    for rendition in try await renditions() {
      for name in names {
        guard let text = await read("\(rendition)/\(name)") else { continue }
        let playlist = StaticPlaylist(text)
        for uri in playlist.uris where segments.insert("\(rendition)/\(uri)").inserted {
          do {
            try await put("\(rendition)/\(uri)", nil, storage, at: now)
          } catch {
            segments.remove("\(rendition)/\(uri)")
            throw error
          }
        }
        try await put("\(rendition)/\(name)", playlist.text, storage, at: now)
      }
    }
    for name in Self.playlistNames {
      guard let text = await read(name) else { continue }
      try await put(name, text, storage, at: now)
    }
    if isOver { _ = FileManager.default.createFile(atPath: marker, contents: nil) }
  }

  /// The folders that the multivariant playlist leads to.
  private func renditions() async throws(StorageFailure) -> [String] {
    guard let text = await read("index.m3u8") else {
      throw StorageFailure("the stream has no playlist", isTemporary: true)
    }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
      $0.split(separator: "/").first.map(String.init)
    }
  }

  private func read(_ name: String) async -> String? {
    let path = "\(folder)/\(name)"
    let data = try? await NIOThreadPool.singleton.runIfActive {
      try Data(contentsOf: URL(filePath: path))
    }
    guard let data, data.count <= Self.maximumPlaylist else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// - Parameter text: of a playlist, put only if it has changed; `nil` for a segment's file.
  private mutating func put(
    _ name: String, _ text: String?, _ storage: ObjectStorage, at now: Timestamp
  ) async throws(StorageFailure) {
    if let text, playlists[name] == text { return }
    let object = ObjectStorage.Object(
      name: "hls/\(output.id)/\(name)",
      body: text.map { .bytes(Array($0.utf8)) } ?? .file(path: "\(folder)/\(name)"),
      mediaType: text == nil ? "video/mp4" : "application/vnd.apple.mpegurl",
      cacheControl: text == nil ? "public, max-age=31536000, immutable" : "max-age=1")
    try await storage.put(object, of: output.apiKey, at: now)
    if let text { playlists[name] = text }
  }
}
