/// H.264 in packetization mode 1 (RFC 6184 §5): single NAL units, STAP-A, FU-A.
extension Packetizer {
  private static let aggregate: UInt8 = 24
  private static let fragment: UInt8 = 28

  func packetizeH264(_ frame: ArraySlice<UInt8>, into packets: inout FramePackets) {
    // Delimiters say what the marker bit says already.
    let units = AnnexBReader.units(of: frame).filter { frame[$0.lowerBound] & 0x1F != 9 }
    var next = 0
    while next < units.count {
      if units[next].count > maximumPayload {
        appendFragments(frame[units[next]], into: &packets)
        next += 1
        continue
      }
      var end = next
      var size = 1
      while end < units.count, size + 2 + units[end].count <= maximumPayload {
        size += 2 + units[end].count
        end += 1
      }
      if end - next >= 2 {
        appendAggregate(units[next..<end].map { frame[$0] }, into: &packets)
        next = end
      } else {
        packets.append(contentsOf: frame[units[next]])
        packets.finishPayload()
        next += 1
      }
    }
  }

  /// RFC 6184 §5.7.1.
  private func appendAggregate(_ units: [ArraySlice<UInt8>], into packets: inout FramePackets) {
    let importance = units.compactMap { $0.first.map { $0 & 0x60 } }.max() ?? 0
    packets.append(importance | Self.aggregate)
    for unit in units {
      packets.append(UInt16(truncatingIfNeeded: unit.count))
      packets.append(contentsOf: unit)
    }
    packets.finishPayload()
  }

  /// RFC 6184 §5.8.
  private func appendFragments(_ unit: ArraySlice<UInt8>, into packets: inout FramePackets) {
    guard let header = unit.first else { return }
    let body = unit.dropFirst()
    for part in Self.parts(of: body.indices, maximum: maximumPayload - 2) {
      var flags = header & 0x1F
      if part.lowerBound == body.startIndex { flags |= 0x80 }
      if part.upperBound == body.endIndex { flags |= 0x40 }
      packets.append(header & 0xE0 | Self.fragment)
      packets.append(flags)
      packets.append(contentsOf: body[part])
      packets.finishPayload()
    }
  }
}
