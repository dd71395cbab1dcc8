internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// One end of the socket between the server and a process that it started: values as JSON in frames.
///
/// Neither reading nor writing blocks. Closes the descriptor when it goes.
package final class ControlChannel<Incoming: Decodable, Outgoing: Encodable> {
  /// Why the other end cannot be talked to any more.
  package enum Failure: Error, Equatable {
    /// The other end closed, usually because its process is gone.
    case ended
    /// What came was not a frame, or not a value.
    case malformed(String)
    /// The other end has not read for so long that `outputLimit` bytes wait for it.
    case unread
  }

  /// Bytes waiting for the other end; a thousand joins at once are a tenth of it.
  private static var outputLimit: Int { 16 << 20 }
  private static var readSize: Int { 64 << 10 }

  package let descriptor: Int32
  private var decoder = FrameDecoder()
  private var output: [UInt8] = []
  private var outputStart = 0
  private var buffer = [UInt8](repeating: 0, count: readSize)
  private let jsonEncoder = JSONEncoder()
  private let jsonDecoder = JSONDecoder()

  /// Takes over `descriptor`, a stream socket.
  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    stoa_set_nonblocking(descriptor)
  }

  deinit { close(descriptor) }

  package var hasOutput: Bool { outputStart < output.count }

  /// Hands everything that came to `handle`, in order.
  ///
  /// - Throws: `ended` or `malformed`, after the values before it.
  package func receive(_ handle: (Incoming) -> Void) throws(Failure) {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe stoa_read(descriptor, $0.baseAddress, $0.count)
      }
      if count == -Int(EAGAIN) { return }
      if count == -Int(EINTR) { continue }
      guard count > 0 else { throw .ended }
      decoder.append(buffer.prefix(count))
      while let frame = try nextFrame() { handle(try decode(frame)) }
      if count < Self.readSize { return }
    }
  }

  private func nextFrame() throws(Failure) -> [UInt8]? {
    do throws(FrameDecoder.Oversize) {
      return try decoder.next()
    } catch {
      throw .malformed("a frame of \(error.length) bytes")
    }
  }

  private func decode(_ frame: [UInt8]) throws(Failure) -> Incoming {
    do {
      return try jsonDecoder.decode(Incoming.self, from: Data(frame))
    } catch {
      throw .malformed("\(error)")
    }
  }

  /// Queues a value; `flush` writes it.
  ///
  /// - Throws: `unread` if too much waits already, `malformed` if it cannot be encoded.
  package func append(_ value: Outgoing) throws(Failure) {
    let body: Data
    do {
      body = try jsonEncoder.encode(value)
    } catch {
      throw .malformed("\(error)")
    }
    guard body.count <= FrameDecoder.maximumLength else {
      throw .malformed("a value of \(body.count) bytes")
    }
    guard output.count - outputStart + body.count <= Self.outputLimit else { throw .unread }
    output.append(contentsOf: FrameDecoder.frame(body))
  }

  /// Writes what the other end takes now.
  ///
  /// - Throws: `ended` if it is gone.
  package func flush() throws(Failure) {
    while hasOutput {
      let count = unsafe output.withUnsafeBytes { bytes in
        unsafe stoa_send(
          descriptor, bytes.baseAddress.map { $0 + outputStart }, bytes.count - outputStart)
      }
      if count == -Int(EAGAIN) { break }
      if count == -Int(EINTR) { continue }
      guard count > 0 else { throw .ended }
      outputStart += count
    }
    guard outputStart > 0 else { return }
    output.removeFirst(outputStart)
    outputStart = 0
  }
}
