import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The body of a request of the server's own.
package enum OutboundBody: Sendable {
  case bytes([UInt8])
  case file(path: String)
  /// `count` bytes of a file from `offset` on.
  case part(path: String, offset: Int, count: Int)

  /// Bytes that are read and sent at a time.
  private static let pieceSize = 256 << 10

  struct Unreadable: Error {}

  /// A body that can be written, with its length; opens the file.
  func open() throws -> Opened {
    switch self {
    case .bytes(let bytes): return Opened(bytes: bytes, file: nil, offset: 0, count: bytes.count)
    case .file(let path):
      let file = try OutboundFile(path)
      return Opened(bytes: [], file: file, offset: 0, count: file.size)
    case .part(let path, let offset, let count):
      let file = try OutboundFile(path)
      guard offset >= 0, count >= 0, offset + count <= file.size else { throw Unreadable() }
      return Opened(bytes: [], file: file, offset: offset, count: count)
    }
  }

  struct Opened: Sendable {
    let bytes: [UInt8]
    let file: OutboundFile?
    let offset: Int
    let count: Int

    /// Writes all of it, no faster than the other end takes it.
    func write(to channel: any Channel) -> EventLoopFuture<Void> {
      guard let file else {
        return channel.writeAndFlush(
          HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: bytes))))
      }
      return write(file, from: offset, left: count, to: channel)
    }

    private func write(
      _ file: OutboundFile, from offset: Int, left: Int, to channel: any Channel
    ) -> EventLoopFuture<Void> {
      guard left > 0 else { return channel.eventLoop.makeSucceededVoidFuture() }
      return NIOThreadPool.singleton.runIfActive(eventLoop: channel.eventLoop) {
        try file.read(min(left, OutboundBody.pieceSize), at: offset)
      }.flatMap { piece in
        let count = piece.readableBytes
        return channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(piece))).flatMap {
          write(file, from: offset + count, left: left - count, to: channel)
        }
      }
    }
  }
}

/// A file that is open while it is sent.
final class OutboundFile: Sendable {
  private let descriptor: Int32
  let size: Int

  init(_ path: String) throws {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw OutboundBody.Unreadable() }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let size = Int(exactly: status.st_size)
    else {
      close(descriptor)
      throw OutboundBody.Unreadable()
    }
    self.descriptor = descriptor
    self.size = size
  }

  deinit { close(descriptor) }

  func read(_ count: Int, at offset: Int) throws -> ByteBuffer {
    var buffer = ByteBuffer()
    let read = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
      max(pread(descriptor, $0.baseAddress, min($0.count, count), off_t(offset)), 0)
    }
    guard read > 0 else { throw OutboundBody.Unreadable() }
    return buffer
  }
}
