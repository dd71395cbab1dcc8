import NIOCore
import NIOPosix

/// A TCP connection for what no HTTP client would send.
enum RawConnection {
  /// Sends a text and gives what comes back until the other side closes.
  static func exchange(port: Int, _ text: String) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var reply = ""
      do {
        try await outbound.write(ByteBuffer(string: text))
        for try await bytes in inbound { reply += String(buffer: bytes) }
      } catch {
        // Reset: that is the end too.
      }
      return reply
    }
  }
}
