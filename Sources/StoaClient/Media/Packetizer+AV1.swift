/// AV1 (RTP Payload Format For AV1, §4): elements with a length each, split where a packet is full.
extension Packetizer {
  /// Set when the packet's first element goes on from the packet before.
  private static let continues: UInt8 = 0x80
  /// Set when the packet's last element goes on in the next packet.
  private static let isContinued: UInt8 = 0x40
  /// Set on the first packet of a coded video sequence.
  private static let startsSequence: UInt8 = 0x08
  /// A fragment shorter than this is not worth its length field.
  private static let smallestFragment = 16

  func packetizeAV1(
    _ frame: ArraySlice<UInt8>, isKeyframe: Bool, into packets: inout FramePackets
  ) {
    // §5: delimiters and tile lists do not travel.
    let units = (AV1Unit.units(of: frame) ?? []).filter {
      $0.kind != .temporalDelimiter && $0.kind != .tileList && $0.kind != .padding
    }
    packets.append(UInt8(isKeyframe ? Self.startsSequence : 0))
    for unit in units {
      let element = unit.header + frame[unit.payload]
      var offset = 0
      while offset < element.count {
        // Two bytes tell every length below 16 KiB.
        var room = maximumPayload - packets.pendingCount - 2
        if room < min(Self.smallestFragment, element.count - offset) {
          packets.finishPayload()
          packets.append(UInt8(offset > 0 ? Self.continues : 0))
          room = maximumPayload - packets.pendingCount - 2
        }
        let length = min(room, element.count - offset)
        appendLength(length, into: &packets)
        packets.append(contentsOf: element[offset..<offset + length])
        offset += length
        if offset < element.count { closeContinued(&packets) }
      }
    }
    if packets.pendingCount > 1 { packets.finishPayload() } else { packets.removeAll() }
  }

  /// Ends a packet within an element and begins the next one.
  private func closeContinued(_ packets: inout FramePackets) {
    packets.markPendingContinued(Self.isContinued)
    packets.finishPayload()
    packets.append(Self.continues)
  }

  private func appendLength(_ length: Int, into packets: inout FramePackets) {
    if length < 0x80 {
      packets.append(UInt8(truncatingIfNeeded: length))
    } else {
      packets.append(UInt8(truncatingIfNeeded: length & 0x7F) | 0x80)
      packets.append(UInt8(truncatingIfNeeded: length >> 7))
    }
  }
}
