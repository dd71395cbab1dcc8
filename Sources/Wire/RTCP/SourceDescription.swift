/// Who the sources are (RFC 3550 §6.5); of the items only CNAME is read.
public struct SourceDescription: ~Escapable {
  static let cname: UInt8 = 1
  private let bytes: RawSpan
  private let chunkCount: UInt8

  /// `nil` if `packet` is something else.
  @_lifetime(copy packet)
  public init?(parsing packet: borrowing RTCPPacketView) {
    guard packet.type == .sourceDescription else { return nil }
    bytes = packet.bytes
    chunkCount = packet.count
  }

  /// Calls `body` with the SSRC and the range of the CNAME in `RTCPPacketView.bytes` of every
  /// chunk that has one.
  public func forEachCNAME(_ body: (UInt32, Range<Int>) -> Void) {
    var offset = 4
    for _ in 0..<chunkCount {
      guard let ssrc = bytes.checkedBigEndian(at: offset, as: UInt32.self) else { return }
      offset += 4
      while let type = bytes.checkedBigEndian(at: offset, as: UInt8.self), type != 0 {
        guard let length = bytes.checkedBigEndian(at: offset + 1, as: UInt8.self),
          offset + 2 + Int(length) <= bytes.byteCount
        else { return }
        if type == Self.cname { body(ssrc, offset + 2..<offset + 2 + Int(length)) }
        offset += 2 + Int(length)
      }
      offset = (offset + 4) & ~3  // at least one zero ends the list, up to the next word
    }
  }
}
