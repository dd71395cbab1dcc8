import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A listener on loopback that answers each request with the next of its texts.
final class ScriptedReceiver: Sendable {
  fileprivate struct State {
    var answers: [String?]
    var received: [String] = []
  }

  fileprivate let state: Mutex<State>
  private let channel: Mutex<(any Channel)?> = Mutex(nil)

  var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
  /// Head and body of each request, as text.
  var received: [String] { state.withLock { $0.received } }

  /// Listens; the last answer goes on being given, and `nil` is silence.
  init(_ answers: [String?], tls: NIOSSLContext? = nil) async throws {
    state = Mutex(State(answers: answers))
    let bound = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try pipeline.addHandler(ScriptedAnswers(self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
  }

  func close() async throws { try await channel.withLock { $0 }?.close() }

  static func answer(_ status: String, _ headers: String = "", body: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
  }
}

private final class ScriptedAnswers: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let receiver: ScriptedReceiver
  private var text = ""
  private var isAnswered = false

  init(_ receiver: ScriptedReceiver) { self.receiver = receiver }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    text += String(buffer: unwrapInboundIn(data))
    guard !isAnswered, let end = text.firstRange(of: "\r\n\r\n") else { return }
    let length =
      text[..<end.lowerBound].split(separator: "\r\n")
      .first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
    guard text[end.upperBound...].utf8.count >= length else { return }
    isAnswered = true
    let answer = receiver.state.withLock { state in
      state.received.append(text)
      return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? nil
    }
    guard let answer else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
  }
}
