import NIOCore
import NIOHTTPTypes

/// Closes a connection that goes on sending a body long after it was refused.
///
/// A refused body is read to its end, so that the client sees the answer and may send its next
/// request; this is where patience ends.
final class RequestSizeGuard: ChannelInboundHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  /// Bytes: the largest body that is taken, a file's, and what a client that was refused sends
  /// before it stops.
  static let maximumSize = 24 * 1_024 * 1_024
  private var received = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: received = 0
    case .body(let bytes):
      received += bytes.readableBytes
      guard received <= Self.maximumSize else { return context.close(promise: nil) }
    case .end: break
    }
    context.fireChannelRead(data)
  }
}
