import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Signal
import Synchronization

/// A WebSocket client that shows every frame as it came.
final class TestSocket: Sendable {
  enum Received: Equatable, Sendable {
    case text([UInt8])
    case pong([UInt8])
    case close(Int, String)
    /// The connection ended without a close frame.
    case end
  }

  /// The upgrade was refused; the status of the answer.
  struct Refused: Error, Equatable { let status: Int }

  private enum Outcome: Sendable {
    case upgraded
    case refused(EventLoopFuture<Int>)
  }

  let channel: any Channel
  private let stream: AsyncStream<Received>

  private init(channel: any Channel, stream: AsyncStream<Received>) {
    self.channel = channel
    self.stream = stream
  }

  /// Connects and upgrades.
  ///
  /// - Throws: `Refused` with the status of the answer.
  static func connect(
    port: Int, path: String = "/signal", headers: [(String, String)] = [],
    receiveBuffer: Int? = nil
  ) async throws -> TestSocket {
    let (stream, continuation) = AsyncStream.makeStream(of: Received.self)
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    if let receiveBuffer {
      bootstrap = bootstrap.channelOption(
        .socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBuffer))
    }
    let outcome: (any Channel, EventLoopFuture<Outcome>) =
      try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let upgrader = NIOTypedWebSocketClientUpgrader<Outcome>(
            maxFrameSize: 64 << 20,
            upgradePipelineHandler: { channel, _ in
              channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                return .upgraded
              }
            })
          var fields = HTTPHeaders([("Host", "localhost:\(port)")])
          fields.add(contentsOf: headers)
          let request = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path, headers: fields)
          let configuration = NIOUpgradableHTTPClientPipelineConfiguration<Outcome>(
            upgradeConfiguration: .init(
              upgradeRequestHead: request, upgraders: [upgrader],
              notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                  let status = channel.eventLoop.makePromise(of: Int.self)
                  try channel.pipeline.syncOperations.addHandler(StatusHandler(status))
                  return .refused(status.futureResult)
                }
              }))
          let result = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: configuration)
          return (channel, result)
        }
      }
    switch try await outcome.1.get() {
    case .upgraded: return TestSocket(channel: outcome.0, stream: stream)
    case .refused(let status):
      let status = try await status.get()
      outcome.0.close(promise: nil)
      throw Refused(status: status)
    }
  }

  /// The next frame; `end` once the connection is gone.
  func next() async -> Received {
    await stream.first { _ in true } ?? .end
  }

  /// The next text frame as a message; fails the caller's expectations with `nil` on anything else.
  func message() async -> ServerMessage? {
    guard case .text(let bytes) = await next() else { return nil }
    return try? SignalJSON.decode(ServerMessage.self, from: bytes)
  }

  /// Reads on until a close frame or the end, and says which.
  func closing() async -> Received {
    for await received in stream {
      if case .close = received { return received }
    }
    return .end
  }

  func send(_ message: ClientMessage) async throws {
    try await send(.text, SignalJSON.encode(message))
  }

  func send(_ text: String) async throws { try await send(.text, Array(text.utf8)) }

  func send(_ opcode: WebSocketOpcode, _ payload: [UInt8], fin: Bool = true) async throws {
    try await channel.writeAndFlush(
      WebSocketFrame(
        fin: fin, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: payload)))
  }

  /// Stops taking bytes off the kernel, as a client does whose machine hangs.
  func stopReading() async throws {
    try await channel.setOption(.autoRead, value: false).get()
  }

  func startReading() async throws {
    try await channel.setOption(.autoRead, value: true).get()
    channel.read()
  }

  func disconnect() async {
    try? await channel.close()
  }
}

private final class Receiver: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  private let continuation: AsyncStream<TestSocket.Received>.Continuation

  init(_ continuation: AsyncStream<TestSocket.Received>.Continuation) {
    self.continuation = continuation
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    var bytes = frame.unmaskedData
    switch frame.opcode {
    case .text: continuation.yield(.text(Array(bytes.readableBytesView)))
    case .pong: continuation.yield(.pong(Array(bytes.readableBytesView)))
    case .connectionClose:
      let code = bytes.readInteger(as: UInt16.self).map(Int.init) ?? 1_005
      continuation.yield(.close(code, String(buffer: bytes)))
    default: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    continuation.finish()
  }
}

/// Notices the status of an answer that is no upgrade.
private final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  private let promise: EventLoopPromise<Int>
  init(_ promise: EventLoopPromise<Int>) { self.promise = promise }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) { promise.succeed(Int(head.status.code)) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
  }
}
