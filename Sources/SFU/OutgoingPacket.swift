public import Wire

/// The header extension ids that one subscriber negotiated; 0 for those it did not.
public struct OutgoingExtensions: Sendable {
  public var absoluteSendTime: UInt8 = 0
  public var audioLevel: UInt8 = 0
  public var playoutDelay: UInt8 = 0
  public var dependencyDescriptor: UInt8 = 0

  public init() {}

  public init(_ map: ExtensionMap, isAudio: Bool) {
    absoluteSendTime = map[.absSendTime] ?? 0
    if isAudio {
      audioLevel = map[.audioLevel] ?? 0
    } else {
      playoutDelay = map[.playoutDelay] ?? 0
      dependencyDescriptor = map[.dependencyDescriptor] ?? 0
    }
  }

  /// One-byte elements have ids up to 14 (RFC 8285 §4.2).
  fileprivate var fitOneByteForm: Bool {
    absoluteSendTime <= 14 && audioLevel <= 14 && playoutDelay <= 14 && dependencyDescriptor <= 14
  }
}

/// One packet as a subscriber gets it: everything of the source's but the payload made anew.
///
/// The same values always make the same bytes, which is what lets a packet be sent again under the
/// same SRTP index.
struct OutgoingPacket {
  var payloadType: UInt8
  var sequence: UInt16
  var timestamp: UInt32
  var ssrc: UInt32
  /// 24 bits (6.18 fixed point).
  var absoluteSendTime: UInt32
  /// Bytes of RTP padding, so that the packet is as long as its neighbours in a segmented write.
  var padding: UInt8
  var pictureOffset: UInt16
  var levelOffset: UInt8
  /// RFC 4588: the sequence number of the packet that this one repeats goes before the payload.
  var originalSequence: UInt16?

  struct Lengths {
    var header: Int
    var packet: Int
  }

  /// Writes the packet to `slot`, which has room for `Outbox.maximumDatagram` bytes.
  ///
  /// - Returns: `nil` if it would not fit with an SRTP tag behind it.
  @_lifetime(slot: copy slot)
  func write(
    _ info: borrowing PacketInfo, of source: RawSpan, extensions: OutgoingExtensions,
    into slot: inout MutableRawSpan
  ) -> Lengths? {
    let header = writeHeader(info, of: source, extensions: extensions, into: &slot)
    let payload = source.extracting(
      Int(info.payloadOffset)..<Int(info.payloadOffset) + Int(info.payloadLength))
    var length = header
    if originalSequence != nil { length += 2 }
    guard length + payload.byteCount + Int(padding) + Self.reserve <= Outbox.maximumDatagram else {
      return nil
    }
    if let originalSequence { slot.storeBigEndian(originalSequence, at: header) }
    slot.copy(payload, at: length)
    if info.pictureID != nil, pictureOffset != 0 || levelOffset != 0 {
      rewritePicture(info, payload: length, in: &slot)
    }
    length += payload.byteCount
    if padding > 0 {
      for offset in length..<length + Int(padding) - 1 {
        slot.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
      }
      length += Int(padding)
      slot.storeBytes(of: padding, toByteOffset: length - 1, as: UInt8.self)
    }
    return Lengths(header: header, packet: length)
  }

  /// The longest SRTP tag.
  private static let reserve = 16

  @_lifetime(slot: copy slot)
  private func writeHeader(
    _ info: borrowing PacketInfo, of source: RawSpan, extensions: OutgoingExtensions,
    into slot: inout MutableRawSpan
  ) -> Int {
    let descriptorLength =
      extensions.dependencyDescriptor == 0
      ? 0 : Int(info.dependencyDescriptorLength)
    var elements = ExtensionElements(
      isTwoByteForm: descriptorLength > 16 || !extensions.fitOneByteForm)
    if extensions.absoluteSendTime != 0 {
      elements.append(
        extensions.absoluteSendTime, count: 3, bits: absoluteSendTime, into: &slot)
    }
    if extensions.audioLevel != 0, let level = info.audioLevel {
      elements.append(extensions.audioLevel, count: 1, bits: UInt32(level), into: &slot)
    }
    if extensions.playoutDelay != 0, let delay = info.playoutDelay {
      elements.append(extensions.playoutDelay, count: 3, bits: delay, into: &slot)
    }
    if descriptorLength > 0 {
      let start = Int(info.dependencyDescriptorOffset)
      elements.append(
        extensions.dependencyDescriptor, bytes: source.extracting(start..<start + descriptorLength),
        into: &slot)
    }
    let length = elements.finish(into: &slot)

    let first: UInt8 = 0x80 | (padding > 0 ? 0x20 : 0) | (length > 12 ? 0x10 : 0)
    slot.storeBytes(of: first, toByteOffset: 0, as: UInt8.self)
    slot.storeBytes(
      of: payloadType | (info.marker ? 0x80 : 0), toByteOffset: 1, as: UInt8.self)
    slot.storeBigEndian(sequence, at: 2)
    slot.storeBigEndian(timestamp, at: 4)
    slot.storeBigEndian(ssrc, at: 8)
    return length
  }

  @_lifetime(slot: copy slot)
  private func rewritePicture(
    _ info: borrowing PacketInfo, payload: Int, in slot: inout MutableRawSpan
  ) {
    VP8Descriptor.shift(
      picture: pictureOffset, level: levelOffset, inPayloadAt: payload, of: &slot)
  }
}

/// Writes header extension elements behind a fixed header, in one of the two forms of RFC 8285.
private struct ExtensionElements {
  let isTwoByteForm: Bool
  private var offset = 16

  init(isTwoByteForm: Bool) {
    self.isTwoByteForm = isTwoByteForm
  }

  /// Appends the low `count` (1...4) bytes of `bits`.
  @_lifetime(slot: copy slot)
  mutating func append(_ id: UInt8, count: Int, bits: UInt32, into slot: inout MutableRawSpan) {
    open(id, count: count, into: &slot)
    for position in 0..<count {
      let shift = UInt32(8 * (count - 1 - position))
      slot.storeBytes(
        of: UInt8(truncatingIfNeeded: bits >> shift), toByteOffset: offset, as: UInt8.self)
      offset += 1
    }
  }

  @_lifetime(slot: copy slot)
  mutating func append(_ id: UInt8, bytes: RawSpan, into slot: inout MutableRawSpan) {
    open(id, count: bytes.byteCount, into: &slot)
    slot.copy(bytes, at: offset)
    offset += bytes.byteCount
  }

  @_lifetime(slot: copy slot)
  private mutating func open(_ id: UInt8, count: Int, into slot: inout MutableRawSpan) {
    if isTwoByteForm {
      slot.storeBytes(of: id, toByteOffset: offset, as: UInt8.self)
      slot.storeBytes(
        of: UInt8(truncatingIfNeeded: count), toByteOffset: offset + 1, as: UInt8.self)
      offset += 2
    } else {
      slot.storeBytes(
        of: id << 4 | UInt8(truncatingIfNeeded: count - 1), toByteOffset: offset, as: UInt8.self)
      offset += 1
    }
  }

  /// Pads to whole words and writes the extension's own header; returns the RTP header's length.
  @_lifetime(slot: copy slot)
  mutating func finish(into slot: inout MutableRawSpan) -> Int {
    guard offset > 16 else { return 12 }
    while offset % 4 != 0 {
      slot.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
      offset += 1
    }
    slot.storeBigEndian(isTwoByteForm ? 0x1000 : 0xBEDE as UInt16, at: 12)
    slot.storeBigEndian(UInt16(truncatingIfNeeded: (offset - 16) / 4), at: 14)
    return offset
  }
}
