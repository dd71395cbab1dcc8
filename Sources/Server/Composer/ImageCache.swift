package import Control
import Crypto
import FoundationEssentials
import Glibc
import NIOPosix
package import Signal

/// Fetches logos, backgrounds and watermarks, and keeps them in the data folder by their content.
///
/// Whoever asks for the same URL within a minute gets the same file. What is in a file is not decoded here, only in
/// composers: a picture that was made to harm reaches no process with keys.
package actor ImageCache: ImageSource {
  /// Bytes of a picture.
  package static let maximumSize = 5 << 20
  /// For how long an answer is good, in milliseconds: a start asks twice, once for words and once for the file.
  private static let freshness: Int64 = 60_000
  /// Files; 2.5 GB if each is as large as it may be.
  private static let maximumFiles = 500
  /// Seconds; no output that uses a picture lasts longer.
  private static let keptFor: Int64 = 2 * 86_400
  private static let maximumKnown = 1_000

  private struct Known {
    var path: String
    var time: Int64
  }

  private let http: OutboundHTTP
  private let folder: String
  private let time: TimeSource
  private var known: [String: Known] = [:]

  /// - Parameters:
  ///   - http: reads one byte more than `maximumSize`, so that a longer picture is noticed.
  ///   - dataFolder: absolute.
  package init(http: OutboundHTTP, dataFolder: String, time: @escaping TimeSource) {
    self.http = http
    folder = dataFolder + "/images"
    self.time = time
  }

  package func path(of url: String, for field: String) async throws(OutputRefusal) -> String {
    func refusal(_ problem: String) -> OutputRefusal {
      OutputRefusal(.invalidParameter, "'\(field)': \(problem).")
    }
    let now = time().wall.milliseconds
    if let before = known[url], now &- before.time < Self.freshness,
      access(before.path, R_OK) == 0
    {
      return before.path
    }
    let reply: OutboundReply
    do {
      reply = try await http.send("GET", url, headers: [("accept", "image/*")], body: .bytes([]))
    } catch {
      throw refusal("the picture cannot be fetched: \(error.problem)")
    }
    guard reply.status == 200 else {
      let cure = (300..<400).contains(reply.status) ? "; give the address that it leads to" : ""
      throw refusal("the picture cannot be fetched: the answer was \(reply.status)\(cure)")
    }
    guard reply.body.count <= Self.maximumSize else {
      throw refusal("the picture has more than \(Self.maximumSize >> 20) MB; give a smaller one")
    }
    // A reply counts as one when its head is there.
    if let length = reply.header("content-length").flatMap({ Int($0) }), length != reply.body.count
    {
      throw refusal("the picture did not come whole in time")
    }
    guard let type = Self.type(of: reply.body) else {
      throw refusal("what is there is no PNG, JPEG or WebP")
    }
    let digest = SHA256.hash(data: reply.body).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    let path = "\(folder)/\(digest).\(type)"
    let (folder, bytes) = (folder, reply.body)
    let problem: String?
    do {
      problem = try await NIOThreadPool.singleton.runIfActive {
        Self.keep(bytes, at: path, in: folder, now: now / 1_000)
      }
    } catch {
      problem = "the server stops"
    }
    if let problem { throw refusal(problem) }
    if known.count >= Self.maximumKnown { known.removeAll() }
    known[url] = Known(path: path, time: now)
    return path
  }

  /// By the first bytes; a name or a header says nothing.
  private static func type(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "png" }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "jpg" }
    let isWebP = bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
    return isWebP ? "webp" : nil
  }

  /// Writes a picture unless it is there; blocks.
  ///
  /// - Returns: what is wrong, or `nil`.
  private static func keep(
    _ bytes: [UInt8], at path: String, in folder: String, now: Int64
  ) -> String? {
    // The time of the last use is the file's own.
    if utimes(path, nil) == 0 { return nil }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      if names.count >= maximumFiles {
        var left = names.count
        for name in names {
          var status = stat()
          guard stat("\(folder)/\(name)", &status) == 0,
            Int64(status.st_mtim.tv_sec) < now &- keptFor
          else { continue }
          if unlink("\(folder)/\(name)") == 0 { left -= 1 }
        }
        guard left < maximumFiles else {
          return "the server keeps as many pictures as it may; use one of the last two days"
        }
      }
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
      return nil
    } catch {
      return "the picture cannot be kept: the server's disk does not take it"
    }
  }
}
