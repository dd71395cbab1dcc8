/// The header extension values of one packet, read in one walk.
public struct RTPExtensions: Sendable {
  public var mid: ShortToken?
  public var rid: ShortToken?
  public var repairedRid: ShortToken?
  /// 24 bits; see `AbsoluteSendTime`.
  public var absSendTime: UInt32?
  public var transportSequenceNumber: UInt16?
  public var audioLevel: AudioLevel?
  /// Minimum and maximum delay, 12 bits each, in units of 10 ms.
  public var playoutDelay: UInt32?
  /// Where the dependency descriptor is in the packet; empty if there is none.
  public var dependencyDescriptor: Range<Int> = 0..<0

  @inlinable public init() {}

  /// Reads what `map` knows; elements of a wrong length or unknown id are left out.
  @inlinable
  public init(parsing packet: borrowing RTPPacketView, map: ExtensionMap) {
    self.init()
    let bytes = packet.bytes
    var elements = HeaderExtensionIterator(packet)
    while let element = elements.next() {
      guard let kind = map.kind(of: element.id) else { continue }
      let range = element.valueRange
      let offset = range.lowerBound
      switch kind {
      case .mid: mid = ShortToken(bytes, in: range)
      case .rid: rid = ShortToken(bytes, in: range)
      case .repairedRid: repairedRid = ShortToken(bytes, in: range)
      case .absSendTime: if range.count == 3 { absSendTime = bytes.bigEndian24(at: offset) }
      case .transportSequenceNumber:
        // Version 2 of the extension appends a feedback request to the number.
        if range.count == 2 || range.count == 4 {
          transportSequenceNumber = bytes.bigEndian(at: offset)
        }
      case .audioLevel:
        if !range.isEmpty { audioLevel = AudioLevel(wireByte: bytes.bigEndian(at: offset)) }
      case .playoutDelay: if range.count == 3 { playoutDelay = bytes.bigEndian24(at: offset) }
      case .dependencyDescriptor: dependencyDescriptor = range
      }
    }
  }
}
