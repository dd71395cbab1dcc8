import Control
import NIOCore
import NIOWebSocket

/// Writes frames as a server sends them: whole and not masked (RFC 6455 §5.2).
enum WebSocketFraming {
  /// Bytes a frame's header has at most without a mask.
  static let maximumHeaderSize = 10

  /// Appends one text frame, its two parts one after the other.
  static func write(_ frame: OutboundFrame, into buffer: inout ByteBuffer) {
    writeHeader(.text, payloadSize: frame.byteCount, into: &buffer)
    buffer.writeString(frame.head)
    buffer.writeBytes(frame.body.bytes)
  }

  /// Appends a close frame; the reason is cut to the 123 bytes that fit.
  static func writeClose(_ code: UInt16, _ reason: String, into buffer: inout ByteBuffer) {
    var reason = reason[...]
    while reason.utf8.count > 123 { reason.removeLast() }
    writeHeader(.connectionClose, payloadSize: 2 + reason.utf8.count, into: &buffer)
    buffer.writeInteger(code)
    buffer.writeSubstring(reason)
  }

  /// Appends the answer to a ping.
  static func writePong(_ payload: ByteBuffer, into buffer: inout ByteBuffer) {
    writeHeader(.pong, payloadSize: payload.readableBytes, into: &buffer)
    buffer.writeImmutableBuffer(payload)
  }

  private static func writeHeader(
    _ opcode: WebSocketOpcode, payloadSize: Int, into buffer: inout ByteBuffer
  ) {
    buffer.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))  // FIN
    switch payloadSize {
    case ...125: buffer.writeInteger(UInt8(truncatingIfNeeded: payloadSize))
    case ...65_535:
      buffer.writeInteger(126 as UInt8)
      buffer.writeInteger(UInt16(truncatingIfNeeded: payloadSize))
    default:
      buffer.writeInteger(127 as UInt8)
      buffer.writeInteger(UInt64(payloadSize))
    }
  }
}
