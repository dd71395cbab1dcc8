import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// A file on the disk as the answer to a request: in pieces, or the part that was asked for.
enum FileResponse {
  /// Bytes that are read at a time and held for each reader.
  private static let pieceSize = 256 * 1_024

  /// Answers with a file; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - path: absolute; not followed if it is a symbolic link.
  ///   - headers: of the answer, besides those about length and range.
  ///   - range: the request's `Range` header.
  static func make(
    path: String, headers: HTTPFields, range: String?
  ) async throws -> Response? {
    let opened = try await NIOThreadPool.singleton.runIfActive { OpenFile(path) }
    guard let file = opened else { return nil }
    var headers = headers
    headers[.acceptRanges] = "bytes"
    headers[.xContentTypeOptions] = "nosniff"
    var bytes = 0..<file.size
    var status = HTTPResponse.Status.ok
    switch range.flatMap({ ByteRange($0) })?.resolved(in: file.size) {
    case nil: break
    case .unsatisfiable?:
      headers[.contentRange] = "bytes */\(file.size)"
      return Response(status: .rangeNotSatisfiable, headers: headers)
    case .part(let part)?:
      bytes = part
      status = .partialContent
      headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.size)"
    }
    let part = bytes
    let body = ResponseBody(contentLength: part.count) { writer in
      var offset = part.lowerBound
      while offset < part.upperBound {
        let count = min(Self.pieceSize, part.upperBound - offset)
        let start = offset
        let piece = try await NIOThreadPool.singleton.runIfActive {
          file.read(count, at: start)
        }
        guard let piece, piece.readableBytes > 0 else { throw Truncated() }
        offset += piece.readableBytes
        try await writer.write(piece)
      }
      try await writer.finish(nil)
    }
    return Response(status: status, headers: headers, body: body)
  }

  /// The file became shorter while it was sent.
  private struct Truncated: Error {}
}

/// A file that is open for reading; closed when nobody reads it any more.
private final class OpenFile: Sendable {
  private let descriptor: Int32
  let size: Int

  init?(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let size = Int(exactly: status.st_size)
    else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.size = size
  }

  deinit { close(descriptor) }

  func read(_ count: Int, at offset: Int) -> ByteBuffer? {
    var buffer = ByteBuffer()
    let read = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
      max(pread(descriptor, $0.baseAddress, min($0.count, count), off_t(offset)), 0)
    }
    return read > 0 ? buffer : nil
  }
}

/// One range of bytes, as a request names it (RFC 9110 §14.1.2); several at once are not served.
package struct ByteRange: Equatable, Sendable {
  package enum Resolved: Equatable, Sendable {
    case part(Range<Int>)
    case unsatisfiable
  }

  private enum Form: Equatable, Sendable {
    case from(Int, through: Int?)
    case last(Int)
  }
  private let form: Form

  /// `nil` for what is no range of ours: the whole file is the answer then.
  package init?(_ header: String) {
    guard header.hasPrefix("bytes=") else { return nil }
    let text = header.dropFirst(6)
    guard !text.contains(","), let dash = text.firstIndex(of: "-") else { return nil }
    func number(_ text: Substring) -> Int? {
      text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
    let (first, last) = (text[..<dash], text[text.index(after: dash)...])
    if first.isEmpty {
      guard let count = number(last) else { return nil }
      form = .last(count)
    } else if let start = number(first) {
      if last.isEmpty {
        form = .from(start, through: nil)
      } else if let end = number(last), end >= start {
        form = .from(start, through: end)
      } else {
        return nil
      }
    } else {
      return nil
    }
  }

  /// Which bytes of a file of `size` bytes are meant.
  package func resolved(in size: Int) -> Resolved {
    switch form {
    case .last(let count):
      return count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
    case .from(let start, let end):
      guard start < size else { return .unsatisfiable }
      let last = min(end ?? size - 1, size - 1)
      return .part(start..<last + 1)
    }
  }
}
