import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One HTTP connection that takes one request after the other.
struct KeepAliveConnection: Sendable {
  /// A request and who waits for its answer.
  private struct Exchange: Sendable {
    var head: HTTPRequestHead
    var body: ByteBuffer
    var answer: EventLoopPromise<HTTPExchange.Response>
  }

  private let channel: any Channel
  private let server: ServerURL
  private let token: String

  /// - Throws: `unreachable`.
  static func open(
    to server: ServerURL, token: String
  ) async throws(SignallingError) -> KeepAliveConnection {
    do {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(10))
        .channelOption(.socketOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if server.isSecure { try pipeline.addHandler(TLS.handler(for: server)) }
            try pipeline.addHTTPClientHandlers()
            try pipeline.addHandler(Handler())
          }
        }
        .connect(host: server.host, port: server.port).get()
      return KeepAliveConnection(channel: channel, server: server, token: token)
    } catch {
      throw .unreachable("\(error)")
    }
  }

  /// Sends a request; only one may be under way.
  ///
  /// - Throws: `unreachable` when the connection is gone.
  func perform(
    _ method: HTTPMethod, _ path: String, body: [UInt8] = []
  ) async throws(SignallingError) -> HTTPExchange.Response {
    var headers = HTTPHeaders()
    headers.add(name: "host", value: server.authority)
    headers.add(name: "authorization", value: token)
    if method != .GET {
      headers.add(name: "content-type", value: "application/json")
      headers.add(name: "content-length", value: String(body.count))
    }
    let exchange = Exchange(
      head: HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers),
      body: ByteBuffer(bytes: body), answer: channel.eventLoop.makePromise())
    channel.writeAndFlush(exchange).cascadeFailure(to: exchange.answer)
    do {
      return try await exchange.answer.futureResult.get()
    } catch {
      throw .unreachable("\(error)")
    }
  }

  func close() { channel.close(promise: nil) }

  private final class Handler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    struct Gone: Error {}

    private var waiting: EventLoopPromise<HTTPExchange.Response>?
    private var response = HTTPExchange.Response(status: 0, body: [])
    private var isGone = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      let exchange = unwrapOutboundIn(data)
      guard waiting == nil, !isGone else { return exchange.answer.fail(Gone()) }
      waiting = exchange.answer
      response = HTTPExchange.Response(status: 0, body: [])
      context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
      if exchange.body.readableBytes > 0 {
        context.write(wrapOutboundOut(.body(.byteBuffer(exchange.body))), promise: nil)
      }
      context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): response.status = Int(head.status.code)
      case .body(let part): response.body += Array(part.readableBytesView)
      case .end:
        let answer = waiting
        waiting = nil
        answer?.succeed(response)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      isGone = true
      waiting?.fail(Gone())
      waiting = nil
      context.fireChannelInactive()
    }
  }
}
