import NIOCore
import NIOPosix
import NIOSSL

/// Asks whatever listens on a port whether it is a healthy Stoa.
enum HealthProbe {
  private static let patience = TimeAmount.seconds(3)
  /// Bytes of the answer that are looked at.
  private static let maximumSize = 8 * 1024

  /// Whether `GET /healthz` is answered as only Stoa does.
  ///
  /// A certificate is not checked: it is for the name that others use.
  static func answers(host: String, port: Int, isSecure: Bool) async -> Bool {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.next().makePromise(of: ByteBuffer.self)
    do {
      let channel = try await ClientBootstrap(group: group)
        .connectTimeout(patience)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if isSecure {
              var configuration = TLSConfiguration.makeClientConfiguration()
              configuration.certificateVerification = .none
              try pipeline.addHandler(
                NIOSSLClientHandler(
                  context: NIOSSLContext(configuration: configuration), serverHostname: nil))
            }
            try pipeline.addHandler(Collector(promise: promise, limit: maximumSize))
          }
        }
        .connect(host: host, port: port).get()
      channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
      let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
    } catch {
      promise.fail(error)
    }
    guard let answer = try? await promise.futureResult.get() else { return false }
    let text = String(buffer: answer)
    return text.hasPrefix("HTTP/1.1 200") && text.contains(#""status":"ok""#)
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<ByteBuffer>
    private let limit: Int
    private var bytes = ByteBuffer()

    init(promise: EventLoopPromise<ByteBuffer>, limit: Int) {
      self.promise = promise
      self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var part = unwrapInboundIn(data)
      bytes.writeBuffer(&part)
      if bytes.readableBytes > limit { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { promise.succeed(bytes) }
  }
}
