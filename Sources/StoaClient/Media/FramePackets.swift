/// The RTP payloads of one frame, in one buffer that is used again for the next.
package struct FramePackets: Sendable {
  package private(set) var bytes: [UInt8] = []
  package private(set) var ranges: [Range<Int>] = []
  /// In units of the codec's clock, from any origin.
  package var timestamp: UInt32 = 0
  /// The last packet of the frame has the marker bit (RFC 3550 §5.1); audio has none.
  package var marksEnd = false
  package var isKeyframe = false
  private var start = 0

  package init() {}

  package var isEmpty: Bool { ranges.isEmpty }
  package var count: Int { ranges.count }

  /// One payload.
  package subscript(index: Int) -> ArraySlice<UInt8> { bytes[ranges[index]] }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    start = 0
  }

  /// Adds to the payload that is being written.
  mutating func append(contentsOf content: some Sequence<UInt8>) { bytes += content }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func append(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  /// Bytes of the payload that is being written.
  var pendingCount: Int { bytes.count - start }

  /// Ends the payload that is being written; an empty one is left out.
  mutating func finishPayload() {
    guard bytes.count > start else { return }
    ranges.append(start..<bytes.count)
    start = bytes.count
  }

  /// Sets bits in the first byte of the payload that is being written.
  mutating func markPendingContinued(_ bits: UInt8) {
    if pendingCount > 0 { bytes[start] |= bits }
  }

  /// Overwrites part of a payload; what would go past its end is left out.
  mutating func overwrite(payload index: Int, at offset: Int, with content: some Sequence<UInt8>) {
    var position = ranges[index].lowerBound + offset
    for byte in content where position < ranges[index].upperBound {
      bytes[position] = byte
      position += 1
    }
  }
}
