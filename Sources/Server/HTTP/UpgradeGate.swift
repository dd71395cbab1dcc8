import NIOCore
import NIOHTTP1
import Signal

/// Lets only those upgrades through to NIO's upgrade handler that will succeed.
///
/// NIO 2.101 loses the head of a request whose upgrade is refused, and the connection with it. A
/// request that asks for an upgrade we do not give is therefore made a plain one here.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let admits: @Sendable (HTTPRequestHead) -> Bool
  private var hasSeenRequest = false

  init(admits: @escaping @Sendable (HTTPRequestHead) -> Bool) {
    self.admits = admits
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasSeenRequest = true
    guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "upgrade")
    else { return context.fireChannelRead(data) }
    let isAdmitted = Self.isWebSocketHandshake(head) && admits(head)
    if !isAdmitted {
      head.headers.remove(name: "upgrade")
      // NIO's decoder stops after a request that asks for an upgrade: this one is the last.
      head.headers.replaceOrAdd(name: "connection", value: "close")
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
    // After an upgrade frames come by, which are no HTTP parts.
    if isAdmitted { context.pipeline.syncOperations.removeHandler(self, promise: nil) }
  }

  /// What is no HTTP from the start is answered here; later there is Hummingbird to do it.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError, !hasSeenRequest else {
      return context.fireErrorCaught(error)
    }
    hasSeenRequest = true
    let body = ByteBuffer(
      bytes: SignalJSON.encode(
        ErrorBody(statusCode: 400, code: "INVALID_REQUEST", message: "This is not HTTP/1.1.")))
    let headers: HTTPHeaders = [
      "content-type": "application/json; charset=utf-8",
      "content-length": "\(body.readableBytes)", "connection": "close",
    ]
    let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(promise: nil)
  }

  /// A server that stops does not wait for a first request; later ones have a handler for that.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent, !hasSeenRequest { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  /// Whether the opening handshake is complete (RFC 6455 §4.2.1).
  private static func isWebSocketHandshake(_ head: HTTPRequestHead) -> Bool {
    let connection = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
    return head.method == .GET && head.version == .http1_1
      && head.headers["upgrade"].map { $0.lowercased() } == ["websocket"]
      && connection.contains("upgrade")
      && head.headers["sec-websocket-version"] == ["13"]
      && head.headers["sec-websocket-key"].count == 1
  }
}
