/// A borrowed view of one RTP packet (RFC 3550 §5.1).
///
/// Parsing checks every length once; accessors are plain loads after that. The view owns nothing
/// and cannot outlive the datagram's bytes.
public struct RTPPacketView: ~Escapable {
  /// The whole packet; every offset and range of this view counts from its start.
  public let bytes: RawSpan

  /// Bytes before the payload: fixed header, CSRCs, extension.
  public let payloadOffset: Int
  /// Payload bytes without padding; 0 for a padding-only probe.
  public let payloadLength: Int
  /// Padding bytes after the payload, 0...255, the count byte included.
  public let paddingLength: Int
  /// The "defined by profile" word of the header extension (RFC 8285 §4), `nil` without one.
  public let extensionProfile: UInt16?
  /// Where the header extension's elements are, without its 4-byte head; empty without one.
  public let extensionRange: Range<Int>

  /// Parses `bytes` as one whole packet.
  ///
  /// - Throws: `truncated` if a length points past the end, `badVersion` if V is not 2,
  ///   `badPadding` if the padding count is 0 or longer than the payload.
  @inlinable
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(RTPParseError) {
    guard bytes.byteCount >= 12 else { throw .truncated }
    let first: UInt8 = bytes.bigEndian(at: 0)
    guard first >> 6 == 2 else { throw .badVersion }

    var offset = 12 + 4 * Int(first & 0x0F)  // CSRC count
    var profile: UInt16?
    var elements = 0..<0
    if first & 0x10 != 0 {  // X: one extension header, length in 32-bit words
      guard bytes.byteCount >= offset + 4 else { throw .truncated }
      profile = bytes.bigEndian(at: offset)
      let length = 4 * Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
      elements = offset + 4..<offset + 4 + length
      offset = elements.upperBound
    }
    guard bytes.byteCount >= offset else { throw .truncated }

    var length = bytes.byteCount - offset
    var padding = 0
    if first & 0x20 != 0 {  // P: the last byte counts the padding, itself included
      padding = Int(bytes.bigEndian(at: bytes.byteCount - 1, as: UInt8.self))
      guard padding > 0, padding <= length else { throw .badPadding }
      length -= padding
    }
    self.bytes = bytes
    payloadOffset = offset
    payloadLength = length
    paddingLength = padding
    extensionProfile = profile
    extensionRange = elements
  }

  @inlinable public var marker: Bool { bytes.bigEndian(at: 1, as: UInt8.self) & 0x80 != 0 }
  /// 0...127.
  @inlinable public var payloadType: UInt8 { bytes.bigEndian(at: 1, as: UInt8.self) & 0x7F }
  @inlinable public var sequenceNumber: SequenceNumber { SequenceNumber(bytes.bigEndian(at: 2)) }
  /// Media-clock ticks; the rate belongs to the payload type (SDP `rtpmap`).
  @inlinable public var timestamp: UInt32 { bytes.bigEndian(at: 4) }
  @inlinable public var ssrc: UInt32 { bytes.bigEndian(at: 8) }

  /// Bytes SRTP leaves in the clear: the same as `payloadOffset`.
  @inlinable public var headerLength: Int { payloadOffset }
  /// Where the payload is, without padding.
  @inlinable public var payloadRange: Range<Int> { payloadOffset..<payloadOffset + payloadLength }
  /// The payload, without padding.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(payloadRange) }
  }
}
