import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One HTTP request and its answer, on a connection of its own.
enum HTTPExchange {
  /// Larger answers are no answers to what we ask.
  private static let maximumBody = 1 << 20

  struct Response: Sendable {
    var status: Int
    var body: [UInt8]
  }

  /// - Throws: `unreachable`, or `timeout` after ten seconds.
  static func perform(
    _ method: HTTPMethod, _ path: String, at server: ServerURL, token: String, body: [UInt8]
  ) async throws(SignallingError) -> Response {
    do {
      let group = MultiThreadedEventLoopGroup.singleton
      let promise = group.next().makePromise(of: Response.self)
      let channel: any Channel
      do {
        channel = try await ClientBootstrap(group: group)
          .connectTimeout(.seconds(10))
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              let pipeline = channel.pipeline.syncOperations
              if server.isSecure { try pipeline.addHandler(TLS.handler(for: server)) }
              try pipeline.addHTTPClientHandlers()
              try pipeline.addHandler(Collector(promise: promise, limit: maximumBody))
            }
          }
          .connect(host: server.host, port: server.port).get()
      } catch {
        promise.fail(error)
        throw error
      }
      channel.eventLoop.scheduleTask(in: .seconds(10)) {
        promise.fail(SignallingError.timeout)
        channel.close(promise: nil)
      }
      var headers = HTTPHeaders()
      headers.add(name: "host", value: server.authority)
      headers.add(name: "authorization", value: token)
      headers.add(name: "content-type", value: "application/json")
      headers.add(name: "content-length", value: String(body.count))
      headers.add(name: "connection", value: "close")
      let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
      channel.write(HTTPClientRequestPart.head(head), promise: nil)
      channel.write(
        HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
      channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      return try await promise.futureResult.get()
    } catch let error as SignallingError {
      throw error
    } catch {
      throw .unreachable("\(error)")
    }
  }

  /// Puts an answer together.
  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<Response>
    private let limit: Int
    private var response = Response(status: 0, body: [])

    init(promise: EventLoopPromise<Response>, limit: Int) {
      self.promise = promise
      self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): response.status = Int(head.status.code)
      case .body(let part):
        guard response.body.count + part.readableBytes <= limit else {
          promise.fail(SignallingError.unexpectedReply)
          return context.close(promise: nil)
        }
        response.body += Array(part.readableBytesView)
      case .end:
        promise.succeed(response)
        context.close(promise: nil)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      promise.fail(error)
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      promise.fail(SignallingError.unreachable("the connection was closed"))
    }
  }
}

/// How this client makes a connection secure.
enum TLS {
  /// Checks the server's certificate against the system's roots.
  ///
  /// Not on a loopback address: no certificate is for one, and what is sent there stays on the machine.
  static func handler(for server: ServerURL) throws -> NIOSSLClientHandler {
    // A name only: certificates for bare addresses are not checked by SNI.
    let isAddress = server.host.contains(":") || server.host.allSatisfy { $0.isNumber || $0 == "." }
    var configuration = TLSConfiguration.makeClientConfiguration()
    if isAddress && server.isLoopback { configuration.certificateVerification = .none }
    let context = try NIOSSLContext(configuration: configuration)
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : server.host)
  }
}
