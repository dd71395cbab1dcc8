/// One element of an RTP header extension (RFC 8285 §4.2, §4.3).
public struct HeaderExtensionElement: Hashable, Sendable {
  /// 1...14 in the one-byte form, 1...255 in the two-byte form.
  public var id: UInt8
  /// Where the value is in the packet; 1...16 bytes in the one-byte form, 0...255 in the other.
  public var valueRange: Range<Int>

  @inlinable
  public init(id: UInt8, valueRange: Range<Int>) {
    self.id = id
    self.valueRange = valueRange
  }
}

/// Walks the elements of a packet's header extension, in both forms of RFC 8285.
///
/// Stops at the first element whose length points past the end, as receivers must ignore what they
/// cannot read. An extension of another profile has no elements.
public struct HeaderExtensionIterator: ~Escapable {
  /// Profile of the one-byte form (RFC 8285 §4.2).
  public static let oneByteProfile: UInt16 = 0xBEDE
  /// Profile of the two-byte form, whose last four bits are application bits (RFC 8285 §4.3).
  public static let twoByteProfile: UInt16 = 0x1000

  @usableFromInline let bytes: RawSpan
  @usableFromInline let isOneByte: Bool
  @usableFromInline var offset: Int
  @usableFromInline let end: Int

  @inlinable
  @_lifetime(copy packet)
  public init(_ packet: borrowing RTPPacketView) {
    let profile = packet.extensionProfile ?? 0
    isOneByte = profile == Self.oneByteProfile
    let isReadable = isOneByte || profile & 0xFFF0 == Self.twoByteProfile
    bytes = packet.bytes
    offset = packet.extensionRange.lowerBound
    end = isReadable ? packet.extensionRange.upperBound : offset
  }

  /// The next element, `nil` after the last.
  @inlinable
  public mutating func next() -> HeaderExtensionElement? {
    while offset < end {
      let head: UInt8 = bytes.bigEndian(at: offset)
      guard head != 0 else {  // one byte of padding, in both forms
        offset += 1
        continue
      }
      let id: UInt8
      let value: Int
      let length: Int
      if isOneByte {
        id = head >> 4
        // 15 ends the walk; 0 with a length is reserved, and its length counts (RFC 8285 §4.2).
        guard id != 15 else { break }
        value = offset + 1
        length = Int(head & 0x0F) + 1
      } else {
        guard offset + 1 < end else { break }
        id = head
        value = offset + 2
        length = Int(bytes.bigEndian(at: offset + 1, as: UInt8.self))
      }
      guard length <= end - value else { break }
      offset = value + length
      if id != 0 { return HeaderExtensionElement(id: id, valueRange: value..<offset) }
    }
    offset = end
    return nil
  }
}

extension RTPPacketView {
  /// Calls `body` with id and value range of every readable header extension element, in order.
  @inlinable
  public func forEachExtension(_ body: (UInt8, Range<Int>) -> Void) {
    var elements = HeaderExtensionIterator(self)
    while let element = elements.next() { body(element.id, element.valueRange) }
  }
}
