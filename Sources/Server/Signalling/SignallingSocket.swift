import Control
import NIOCore
import NIOWebSocket
import ServiceLifecycle

/// Carries frames between one WebSocket and its `SignallingConnection`.
///
/// Reads one frame after the other, so that a client cannot have more than one request in work;
/// writes what waits in the outbox as one buffer, and the next only when the kernel took that. So
/// a client that does not read stops its own outbox and nothing else.
struct SignallingSocket: Sendable {
  /// How long a closed socket may take to say goodbye, in ticks of a second.
  static let lingerTicks = 2

  let channel: HTTPAndWebSocketChannel.WebSocketChannel
  let connection: SignallingConnection

  /// Serves the socket until it is gone.
  func run() async {
    await withGracefulShutdownHandler {
      await withTaskCancellationHandler {
        await serve()
      } onCancel: {
        channel.channel.close(promise: nil)
      }
    } onGracefulShutdown: {
      connection.outbox.close(code: 1_001, reason: "the server stops")
      // A peer that does not answer must not hold up the stop of the whole server.
      channel.channel.eventLoop.scheduleTask(in: .seconds(1)) {
        channel.channel.close(promise: nil)
      }
    }
  }

  private func serve() async {
    // Thrown errors mean that the socket is gone, which is all there is to know.
    try? await channel.executeThenClose { inbound, _ in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await write() }
        group.addTask { await tick() }
        switch await read(inbound) {
        case .goodbye: _ = await group.next()  // our own goodbye is written, or nobody reads it
        case .gone: break
        }
        group.cancelAll()
      }
    }
    await connection.closed()
  }

  private enum End { case goodbye, gone }

  /// Hands frames to the connection until the peer says goodbye or is gone.
  private func read(_ inbound: NIOAsyncChannelInboundStream<WebSocketInput>) async -> End {
    do {
      for try await input in inbound {
        switch input {
        case .frame(let frame): if await isLast(frame) { return .goodbye }
        case .violation(let code): await refuse(code)
        }
      }
    } catch {
      // Reset by the peer.
    }
    return .gone
  }

  /// Writes what waits, until a close frame is written.
  private func write() async {
    while !Task.isCancelled {
      var buffer = channel.channel.allocator.buffer(capacity: 1_024)
      var isLast = false
      for item in await connection.outbox.next() {
        switch item {
        case .text(let frame): WebSocketFraming.write(frame, into: &buffer)
        case .close(let code, let reason):
          WebSocketFraming.writeClose(code, reason, into: &buffer)
          isLast = true
        }
      }
      // Waits until the kernel has it all: meanwhile the outbox fills, and knows its bound.
      if buffer.readableBytes > 0 {
        guard (try? await channel.channel.writeAndFlush(buffer)) != nil else { return }
      }
      if isLast { return }
    }
  }

  /// Lets the connection notice silence, and ends a socket whose peer does not hang up.
  private func tick() async {
    let mark = connection.live.mark(.timer)
    defer { withExtendedLifetime(mark) {} }
    var ticksLeft = Self.lingerTicks
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      if connection.outbox.isClosed {
        ticksLeft -= 1
        if ticksLeft == 0 { return channel.channel.close(promise: nil) }
      } else {
        await connection.tick()
      }
    }
  }

  /// Handles one frame; true for the peer's goodbye.
  private func isLast(_ frame: WebSocketFrame) async -> Bool {
    switch frame.opcode {
    case .text:
      guard !connection.outbox.isClosed else { return false }  // leaving: read, but not heard
      await connection.receive(Array(frame.unmaskedData.readableBytesView))
    case .binary:
      await connection.refuse(code: 1_003, reason: "only text frames are understood")
    case .ping:
      answer(frame.unmaskedData)
    case .connectionClose:
      var data = frame.unmaskedData
      let code: UInt16 = data.readInteger() ?? 1_000
      let isSendable =
        (1_000...1_003).contains(code) || (1_007...1_014).contains(code)
        || (3_000...4_999).contains(code)
      connection.outbox.close(code: isSendable ? code : 1_002, reason: "")
      return true
    case .pong, .continuation: break
    default: break  // unknown opcodes are refused by the decoder
    }
    return false
  }

  private func refuse(_ code: WebSocketErrorCode) async {
    switch code {
    case .messageTooLarge:
      await connection.refuse(code: 1_009, reason: "a message may have at most 256 KiB")
    default: await connection.refuse(code: 1_002, reason: "broken WebSocket framing")
    }
  }

  /// Answers a WebSocket ping, unless so much waits to be written that the peer does not read.
  private func answer(_ payload: ByteBuffer) {
    guard channel.channel.isWritable else { return }
    var buffer = channel.channel.allocator.buffer(
      capacity: payload.readableBytes + WebSocketFraming.maximumHeaderSize)
    WebSocketFraming.writePong(payload, into: &buffer)
    channel.channel.writeAndFlush(buffer, promise: nil)
  }
}
