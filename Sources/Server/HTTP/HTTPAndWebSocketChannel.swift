import HTTPTypes
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// The pipeline of one accepted connection: HTTP/1.1, which may turn into a WebSocket.
package struct HTTPAndWebSocketChannel: ServerChildChannel, HTTPChannelHandler {
  package typealias WebSocketChannel = NIOAsyncChannel<WebSocketInput, ByteBuffer>

  /// Time limits; tests shorten them.
  package struct Timeouts: Sendable {
    /// From the connection to the end of the first request's head, TLS included.
    package var firstRequest: TimeAmount = .seconds(10)
    /// Without a byte of a request, or between two.
    package var idle: Duration = .seconds(60)

    package init() {}
  }

  package enum Outcome: Sendable {
    case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case webSocket(WebSocketChannel)
  }

  package struct Value: ServerChildChannelValue {
    let outcome: EventLoopFuture<Outcome>
    package let channel: any Channel
  }

  package let responder: HTTPChannelHandler.Responder
  let isSecure: Bool
  let timeouts: Timeouts
  let maximumFrameSize: Int
  /// Whether a request with a well-formed upgrade may become a WebSocket.
  let admits: @Sendable (HTTPRequestHead) -> Bool
  let handler: @Sendable (WebSocketChannel) async -> Void

  package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      var upgradable = NIOUpgradableHTTPServerPipelineConfiguration<Outcome>(
        upgradeConfiguration: .init(
          upgraders: [WebSocketUpgrader(maximumFrameSize: maximumFrameSize)],
          notUpgradingCompletionHandler: { channel in
            channel.eventLoop.makeCompletedFuture {
              let pipeline = channel.pipeline.syncOperations
              try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
              try pipeline.addHandler(RequestSizeGuard())
              try pipeline.addHandler(
                HTTPConnectionStateHandler(idleTimeout: timeouts.idle, logger: logger))
              return .http(
                try NIOAsyncChannel(
                  wrappingChannelSynchronously: channel,
                  configuration: .init(isOutboundHalfClosureEnabled: true)))
            }
          }))
      // Hummingbird reads one request after the other and answers broken ones itself.
      upgradable.enablePipelining = false
      upgradable.enableErrorHandling = false
      let outcome = try pipeline.configureUpgradableHTTPServerPipeline(configuration: upgradable)
      let upgrade = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Outcome>.self)
      try pipeline.addHandler(UpgradeGate(admits: admits), position: .before(upgrade))

      let timeout = channel.eventLoop.scheduleTask(in: timeouts.firstRequest) {
        channel.close(promise: nil)
      }
      outcome.whenComplete { _ in timeout.cancel() }
      return Value(outcome: outcome, channel: channel)
    }
  }

  package func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.outcome.get() {
      case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
      case .webSocket(let channel): await handler(channel)
      }
    } catch {
      logger.debug("a connection ended before its first request", metadata: ["error": "\(error)"])
      value.channel.close(promise: nil)
    }
  }
}

/// Makes the WebSocket half of the pipeline: frames come in, bytes of whole frames go out.
///
/// The handshake is NIO's. Its frame encoder is left out: it makes two writes of each frame, and
/// a busy room sends thousands a second; `WebSocketFraming` puts a batch of them into one buffer.
private struct WebSocketUpgrader: NIOTypedHTTPServerProtocolUpgrader {
  typealias UpgradeResult = HTTPAndWebSocketChannel.Outcome

  let maximumFrameSize: Int
  let supportedProtocol = "websocket"
  let requiredUpgradeHeaders: [String] = []
  private let handshake: NIOTypedWebSocketServerUpgrader<UpgradeResult>

  init(maximumFrameSize: Int) {
    self.maximumFrameSize = maximumFrameSize
    handshake = NIOTypedWebSocketServerUpgrader(
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)  // never asked
      })
  }

  func buildUpgradeResponse(
    channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
  ) -> EventLoopFuture<HTTPHeaders> {
    handshake.buildUpgradeResponse(
      channel: channel, upgradeRequest: upgradeRequest,
      initialResponseHeaders: initialResponseHeaders)
  }

  func upgrade(
    channel: any Channel, upgradeRequest: HTTPRequestHead
  ) -> EventLoopFuture<UpgradeResult> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(
        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: maximumFrameSize)))
      try pipeline.addHandler(WebSocketMaskGuard())
      try pipeline.addHandler(
        NIOWebSocketFrameAggregator(
          minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024,
          maxAccumulatedFrameSize: maximumFrameSize))
      try pipeline.addHandler(WebSocketViolationHandler())
      return .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
    }
  }
}
