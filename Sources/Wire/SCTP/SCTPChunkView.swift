/// A borrowed view of one chunk of an SCTP packet (RFC 9260 §3.2).
public struct SCTPChunkView: ~Escapable {
  /// The chunk from its header on, without padding.
  public let bytes: RawSpan

  /// - Parameter bytes: one chunk whose length was checked, at least 4 bytes.
  @_lifetime(copy bytes)
  init(checked bytes: RawSpan) { self.bytes = bytes }

  /// As sent; see `type`.
  public var chunkType: UInt8 { bytes.bigEndian(at: 0) }
  /// `nil` for a type we do not know; its upper two bits say what to do then (§3.2).
  public var type: SCTPChunkType? { SCTPChunkType(rawValue: chunkType) }
  public var flags: UInt8 { bytes.bigEndian(at: 1) }
  /// What follows the 4-byte chunk header.
  public var body: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(4..<bytes.byteCount) }
  }

  /// Calls `body` with type and value range, counted from the chunk's start, of every parameter from
  /// `offset` on (§3.2.1).
  ///
  /// - Parameters:
  ///   - offset: where the fixed part of the chunk ends.
  ///   - body: gets ranges within the chunk.
  /// - Returns: `false` if a length is malformed.
  @discardableResult
  public func forEachParameter(from offset: Int, _ body: (UInt16, Range<Int>) -> Void) -> Bool {
    var offset = max(offset, 4)
    while offset < bytes.byteCount {
      guard let type = bytes.checkedBigEndian(at: offset, as: UInt16.self),
        let length = bytes.checkedBigEndian(at: offset + 2, as: UInt16.self), length >= 4,
        Int(length) <= bytes.byteCount - offset
      else { return false }
      body(type, offset + 4..<offset + Int(length))
      offset += (Int(length) + 3) & ~3
    }
    return true
  }
}

/// The chunk types data channels need (RFC 9260 §3.2, RFC 3758 §3.1, RFC 6525 §3, RFC 8260 §2).
public enum SCTPChunkType: UInt8, Hashable, Sendable {
  case data = 0
  case initiation = 1
  case initiationAck = 2
  case selectiveAck = 3
  case heartbeat = 4
  case heartbeatAck = 5
  case abort = 6
  case shutdown = 7
  case shutdownAck = 8
  case error = 9
  case cookieEcho = 10
  case cookieAck = 11
  case shutdownComplete = 14
  case interleavedData = 64
  case reconfiguration = 130
  case forwardCumulativeTSN = 192
  case interleavedForwardTSN = 194
}
