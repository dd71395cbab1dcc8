import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Synchronization

/// Serves what HLS outputs write: playlists as they are now, segments for ever.
///
/// A player may ask for a playlist that is not there yet (`_HLS_msn`, `_HLS_part`): it is answered as
/// soon as it is. One task looks at each playlist that is waited for, however many wait.
final class HLSOrigin: Sendable {
  /// How often a playlist that is waited for is looked at: a tenth of the shortest part.
  private static let interval = Duration.milliseconds(20)
  /// Bytes of a playlist: a day of two-second segments is 4 MiB.
  private static let maximumPlaylist = 16 << 20
  /// Requests that may wait at once; beyond it they are answered with what there is.
  private static let maximumWaiting = 20_000
  private static let types: [String: String] = [
    "m3u8": "application/vnd.apple.mpegurl", "m4s": "video/mp4", "mp4": "video/mp4",
    "ts": "video/mp2t", "aac": "audio/aac", "m4a": "audio/mp4", "vtt": "text/vtt",
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp",
  ]

  private let folder: String
  private let waiting = Atomic<Int>(0)
  private let watches = Mutex<[String: Watch]>([:])

  private struct Watch: Sendable {
    var isRunning = false
    var continuations: [CheckedContinuation<Void, Never>] = []
  }

  init(dataFolder: String) { folder = dataFolder + "/hls" }

  /// What a player asks for.
  struct Asked: Sendable {
    var outputID: String
    /// Of the path after the output's id, at most two.
    var parts: [String]
    var segment: Int?
    var part: Int?
    var range: String?
  }

  /// Answers a player.
  ///
  /// - Throws: `HTTPFailure` 404, 400 for a segment too far ahead, 503 for one that did not come.
  func response(to asked: Asked) async throws -> Response {
    guard asked.outputID.utf8.count == 24,
      asked.outputID.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      asked.parts.allSatisfy(Self.isName), let name = asked.parts.last,
      let type = Self.type(of: name)
    else { throw Self.notFound }
    let path = ([folder, asked.outputID] + asked.parts).joined(separator: "/")
    if name.hasSuffix(".m3u8") {
      return try await playlist(path, asked)
    }
    var headers: HTTPFields = [.contentType: type, .accessControlAllowOrigin: "*"]
    headers[.cacheControl] = "public, max-age=31536000, immutable"
    if let response = try await FileResponse.make(
      path: path, headers: headers, range: asked.range)
    {
      return response
    }
    // A part that is announced is waited for: the player asked before it was whole.
    if try await isHinted(name, beside: path),
      try await wait(for: path, upTo: .seconds(5), until: { access($0) }),
      let response = try await FileResponse.make(
        path: path, headers: headers, range: asked.range)
    {
      return response
    }
    throw Self.notFound
  }

  private static let notFound = HTTPFailure(
    .notFound, "STREAM_NOT_FOUND", "There is no such stream, or not this part of it.")

  /// Without a folder in it, and nothing hidden: journals and drafts stay where they are.
  private static func isName(_ text: String) -> Bool {
    !text.hasPrefix(".")
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
      }
  }

  private static func type(of name: String) -> String? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return types[String(name[name.index(after: dot)...])]
  }

  // MARK: Playlists

  private func playlist(_ path: String, _ asked: Asked) async throws -> Response {
    guard var text = try await read(path) else { throw Self.notFound }
    if let segment = asked.segment {
      let now = MediaPlaylist(text)
      guard !now.isTooFar(segment) else {
        throw HTTPFailure(
          .badRequest, "SEGMENT_TOO_FAR", "'_HLS_msn' is too far ahead of the playlist.")
      }
      if !now.has(segment: segment, part: asked.part) {
        let patience = Duration.milliseconds(Int(min(now.targetDuration, 20) * 3_000))
        let isThere = try await wait(for: path, upTo: patience) { path in
          Self.contents(path).map { MediaPlaylist($0).has(segment: segment, part: asked.part) }
            ?? false
        }
        guard isThere, let newer = try await read(path) else {
          throw HTTPFailure(
            .serviceUnavailable, "SEGMENT_NOT_YET", "The segment did not come in time.",
            headers: [.retryAfter: "1"])
        }
        text = newer
      }
    }
    let isEnded = MediaPlaylist(text).isEnded
    let headers: HTTPFields = [
      .contentType: "application/vnd.apple.mpegurl", .accessControlAllowOrigin: "*",
      .cacheControl: isEnded ? "public, max-age=60" : "public, max-age=1",
      .xContentTypeOptions: "nosniff",
    ]
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  private func read(_ path: String) async throws -> String? {
    try await NIOThreadPool.singleton.runIfActive { Self.contents(path) }
  }

  private static func contents(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= maximumPlaylist
    else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  private func isHinted(_ name: String, beside path: String) async throws -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    for playlist in ["index.m3u8", "live.m3u8"] {
      if let text = try await read(path[..<slash] + "/" + playlist),
        MediaPlaylist(text).preloadHint == name
      {
        return true
      }
    }
    return false
  }

  private func access(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  // MARK: Waiting

  /// Looks at a file until it is as it should be; false if the time is up.
  private func wait(
    for path: String, upTo patience: Duration, until isThere: @Sendable (String) -> Bool
  ) async throws -> Bool {
    guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.maximumWaiting else {
      waiting.wrappingSubtract(1, ordering: .relaxed)
      return isThere(path)
    }
    defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
    let clock = ContinuousClock()
    let limit = clock.now + patience
    while clock.now < limit {
      await nextLook(at: path)
      if isThere(path) { return true }
      try Task.checkCancellation()
    }
    return false
  }

  /// Returns when the file has changed, or after half a second.
  private func nextLook(at path: String) async {
    await withCheckedContinuation { continuation in
      let isFirst = watches.withLock { watches in
        watches[path, default: Watch()].continuations.append(continuation)
        defer { watches[path]?.isRunning = true }
        return watches[path]?.isRunning == false
      }
      // One for all who wait for this file; it ends with the first change it sees.
      if isFirst { Task { await self.watch(path) } }
    }
  }

  private func watch(_ path: String) async {
    let before = Self.mark(path)
    for _ in 0..<25 {
      try? await Task.sleep(for: Self.interval)
      if Self.mark(path) != before { break }
    }
    let all = watches.withLock { $0.removeValue(forKey: path)?.continuations ?? [] }
    for continuation in all { continuation.resume() }
  }

  /// What changes when the file does.
  private static func mark(_ path: String) -> [Int] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [Int(status.st_mtim.tv_sec), status.st_mtim.tv_nsec, Int(status.st_ino)]
  }
}
