import NIOCore
package import NIOWebSocket

/// What comes in from a WebSocket.
package enum WebSocketInput: Sendable {
  case frame(WebSocketFrame)
  /// The peer broke the framing (RFC 6455 §7.4.1 has the codes); no frame follows.
  case violation(WebSocketErrorCode)
}

/// Refuses frames that a client may not send.
///
/// Before the aggregator, which takes the masks off.
final class WebSocketMaskGuard: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias InboundOut = WebSocketFrame

  struct Violation: Error {}

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    // A server must fail a connection that sends without a mask (RFC 6455 §5.1), and there is no
    // extension that would give a meaning to the reserved bits.
    guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
      return context.fireErrorCaught(Violation())
    }
    context.fireChannelRead(data)
  }
}

/// Reports what the peer does wrong in the order of its frames, and swallows whatever follows.
final class WebSocketViolationHandler: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias InboundOut = WebSocketInput

  private var isBroken = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isBroken else { return }
    context.fireChannelRead(wrapInboundOut(.frame(unwrapInboundIn(data))))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let code: WebSocketErrorCode
    switch error {
    case NIOWebSocketError.invalidFrameLength,
      NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
      NIOWebSocketFrameAggregator.Error.tooManyFragments:
      code = .messageTooLarge
    case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error,
      is WebSocketMaskGuard.Violation:
      code = .protocolError
    default:
      if !isBroken { context.fireErrorCaught(error) }
      return
    }
    guard !isBroken else { return }
    isBroken = true
    context.fireChannelRead(wrapInboundOut(.violation(code)))
    context.fireChannelReadComplete()
  }
}
