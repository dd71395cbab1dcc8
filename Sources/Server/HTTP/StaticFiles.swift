import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// Serves the page and the SDK from one folder; nothing outside of it, whatever the path says.
package struct StaticFiles: Sendable {
  /// Bytes; the page and the SDK are far below, and a file is held in memory while it is sent.
  static let maximumSize = 32 * 1_024 * 1_024

  /// The folder, without symbolic links in its path.
  private let root: String

  /// - Parameter folder: `nil` is returned if it does not exist.
  package init?(folder: String) {
    guard let root = Self.resolved(folder) else { return nil }
    self.root = root
  }

  /// What is at a path of the site, `nil` if there is nothing.
  ///
  /// A folder's page is its `index.html`, with or without a slash at the end. `known` is the
  /// `If-None-Match` header.
  func response(to segments: [String], known: String?) async throws -> Response? {
    let isScript = segments.first == "sdk" || segments.first == "js-sdk"
    let path = Self.path(for: segments)
    guard path.allSatisfy({ !$0.hasPrefix(".") && !$0.contains("\\") }) else { return nil }
    let place = ([root] + path).joined(separator: "/")
    let found = try await NIOThreadPool.singleton.runIfActive {
      read(place, known: known) ?? read(place + "/index.html", known: known)
    }
    guard let content = found else { return nil }

    var headers: HTTPFields = [
      .eTag: content.entityTag,
      // Always asked again, answered with 304 while the file is the same.
      .cacheControl: "no-cache",
      .xContentTypeOptions: "nosniff",
    ]
    if isScript { headers[.accessControlAllowOrigin] = "*" }  // a public script, no secrets in it
    guard let bytes = content.bytes else { return Response(status: .notModified, headers: headers) }
    headers[.contentType] = ContentType.of(content.path)
    if content.path.hasSuffix(".html") { headers.append(contentsOf: Self.pageHeaders) }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
  }

  /// Where in the folder a path of the site lies.
  private static func path(for segments: [String]) -> [String] {
    // The address that pages written for the original SDK load, any version of it.
    if segments.count == 3, segments[0] == "js-sdk", segments[2] == "videosdk.js" {
      return ["sdk", "videosdk.js"]
    }
    return segments
  }

  /// What our page, which has no inline script or style, may do, and who may frame it.
  ///
  /// Pictures and sound also come from `https:`, because recordings can lie in a store of an API key's own, whose
  /// name no page knows before it is led there, and HLS can be played through a CDN, whose playlists and segments
  /// are fetched by script. What is run and what it looks like come from this server alone.
  static let pageHeaders: HTTPFields = {
    var headers: HTTPFields = [
      .contentSecurityPolicy: """
      default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; \
      font-src 'self'; media-src 'self' blob: mediastream: https:; \
      connect-src 'self' ws: wss: https:; \
      manifest-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; \
      frame-ancestors 'self'
      """
    ]
    if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
    if let name = HTTPField.Name("Permissions-Policy") {
      headers[name] =
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"
    }
    return headers
  }()

  private struct Content: Sendable {
    let path: String
    let entityTag: String
    /// `nil` if the asker has this version.
    let bytes: ByteBuffer?
  }

  /// Opens, stats and reads a file below the root; blocks.
  private func read(_ path: String, known: String?) -> Content? {
    guard let real = Self.resolved(path), real.hasPrefix(root + "/") else { return nil }
    let descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let size = Int(exactly: status.st_size), size <= Self.maximumSize
    else { return nil }
    let changed = status.st_mtim
    let tag = "\"\(size)-\(changed.tv_sec)-\(changed.tv_nsec)\""
    if let known, known == "*" || known.contains(tag) {
      return Content(path: path, entityTag: tag, bytes: nil)
    }
    var bytes = ByteBuffer()
    var isRead = true
    while bytes.readableBytes < size {
      let count = bytes.writeWithUnsafeMutableBytes(
        minimumWritableBytes: size - bytes.readableBytes
      ) {
        let count = Glibc.read(descriptor, $0.baseAddress, min($0.count, size))
        isRead = count > 0
        return max(count, 0)
      }
      if count == 0 { break }
    }
    return isRead || size == 0 ? Content(path: path, entityTag: tag, bytes: bytes) : nil
  }

  /// The path without symbolic links and dots; `nil` if nothing is there.
  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
