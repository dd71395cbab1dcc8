import NIOCore
import NIOHTTP1

/// Puts a reply together, up to a number of bytes and to a time.
///
/// Once the head is there the request is answered, whatever becomes of the body.
final class OutboundReplyCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let promise: EventLoopPromise<OutboundReply>
  /// Bytes.
  private let limit: Int
  private let deadline: NIODeadline
  private var reply: OutboundReply?
  private var timer: Scheduled<Void>?

  init(_ promise: EventLoopPromise<OutboundReply>, limit: Int, deadline: NIODeadline) {
    self.promise = promise
    self.limit = limit
    self.deadline = deadline
  }

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.finish(or: OutboundFailure.timeout)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      reply = OutboundReply(
        status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: [])
    case .body(let part):
      let room = limit - (reply?.body.count ?? 0)
      reply?.body += part.readableBytesView.prefix(room)
      if part.readableBytes > room { finish(or: OutboundFailure.timeout) }
    case .end: finish(or: OutboundFailure.timeout)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A peer that closes TLS without saying goodbye has answered all the same.
    finish(or: error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(or: OutboundFailure.unreachable("the connection was closed without an answer"))
  }

  /// Hands over the reply; the connection is closed by whoever waits for it.
  private func finish(or error: any Error) {
    if let reply { promise.succeed(reply) } else { promise.fail(error) }
  }
}
