import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// One WebSocket to `/signal`; what arrives is handed to its owner on the event loop.
struct WebSocketConnection: Sendable {
  enum Input: Sendable {
    case text([UInt8])
    /// The socket is gone, with the code of the close frame if there was one.
    case closed(code: Int?)
  }

  /// The server may send this much at once: the history of a session's messages.
  private static let maximumFrame = 16 << 20
  /// docs/signalling.md: a ping every 5 s; whoever heard nothing for 15 s closes.
  private static let pingInterval = TimeAmount.seconds(5)
  private static let patience = TimeAmount.seconds(15)

  private let channel: any Channel

  /// - Parameter receive: called on the connection's event loop, in order; `closed` comes last.
  /// - Throws: `unreachable`.
  static func open(
    to server: ServerURL, receive: @escaping @Sendable (Input) -> Void
  ) async throws(SignallingError) -> WebSocketConnection {
    do {
      let upgraded: EventLoopFuture<(any Channel)?> = try await ClientBootstrap(
        group: MultiThreadedEventLoopGroup.singleton
      )
      .connectTimeout(.seconds(10))
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .connect(host: server.host, port: server.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try configure(channel, server: server, receive: receive)
        }
      }
      guard let channel = try await upgraded.get() else {
        throw SignallingError.unreachable("\(server)/signal is no WebSocket")
      }
      return WebSocketConnection(channel: channel)
    } catch let error as SignallingError {
      throw error
    } catch {
      throw .unreachable("\(error)")
    }
  }

  private static func configure(
    _ channel: any Channel, server: ServerURL, receive: @escaping @Sendable (Input) -> Void
  ) throws -> EventLoopFuture<(any Channel)?> {
    let pipeline = channel.pipeline.syncOperations
    if server.isSecure { try pipeline.addHandler(TLS.handler(for: server)) }
    let upgrader = NIOTypedWebSocketClientUpgrader<(any Channel)?>(
      maxFrameSize: maximumFrame
    ) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandlers([
          IdleStateHandler(readTimeout: patience),
          NIOWebSocketFrameAggregator(
            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024,
            maxAccumulatedFrameSize: maximumFrame),
          Handler(receive: receive),
        ])
        return channel
      }
    }
    var headers = HTTPHeaders()
    headers.add(name: "host", value: server.authority)
    headers.add(name: "content-length", value: "0")
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/signal", headers: headers)
    return try pipeline.configureUpgradableHTTPClientPipeline(
      configuration: .init(
        upgradeConfiguration: .init(
          upgradeRequestHead: head, upgraders: [upgrader],
          notUpgradingCompletionHandler: { channel in
            channel.close(promise: nil)
            return channel.eventLoop.makeSucceededFuture(nil)
          })))
  }

  /// Sends one text frame; lost if the socket is gone, which `receive` is told of.
  func send(_ text: [UInt8]) {
    let frame = WebSocketFrame(
      fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(bytes: text))
    channel.writeAndFlush(frame, promise: nil)
  }

  /// Ends the connection politely, and surely within a second.
  func close() {
    var code = ByteBuffer()
    code.write(webSocketErrorCode: .normalClosure)
    let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: code)
    channel.writeAndFlush(frame, promise: nil)
    channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in channel.close(promise: nil) }
  }

  /// Drops the socket as a network failure would; for tests.
  func abort() { channel.close(promise: nil) }

  /// Speaks the framing: text out, pings answered and sent, silence noticed.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let receive: @Sendable (Input) -> Void
    private var ping: RepeatedTask?
    private var closeCode: Int?
    private var isActive = false

    init(receive: @escaping @Sendable (Input) -> Void) { self.receive = receive }

    func handlerAdded(context: ChannelHandlerContext) {
      isActive = true
      let channel = context.channel
      ping = context.eventLoop.scheduleRepeatedTask(
        initialDelay: pingInterval, delay: pingInterval
      ) { _ in
        let frame = WebSocketFrame(
          fin: true, opcode: .text, maskKey: .random(),
          data: ByteBuffer(string: #"{"type":"ping"}"#))
        channel.writeAndFlush(frame, promise: nil)
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let frame = unwrapInboundIn(data)
      switch frame.opcode {
      case .text: receive(.text(Array(frame.unmaskedData.readableBytesView)))
      case .ping:
        let pong = WebSocketFrame(
          fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
      case .connectionClose:
        var data = frame.unmaskedData
        closeCode = data.readInteger(as: UInt16.self).map(Int.init)
        context.close(promise: nil)
      default: break
      }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { finish() }
    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    private func finish() {
      ping?.cancel()
      guard isActive else { return }
      isActive = false
      receive(.closed(code: closeCode))
    }
  }
}
