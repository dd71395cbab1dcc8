import StoaClient

/// Puts frames together from payloads, as simply as the payload formats allow; for round trips.
enum Depacketizer {
  /// RFC 7741 §4.3, with the descriptor of four bytes that we write.
  static func vp8(_ packets: FramePackets) -> [UInt8] {
    (0..<packets.count).flatMap { packets[$0].dropFirst(4) }
  }

  /// RFC 9628 §4.2, with flags and a picture id of 15 bits.
  static func vp9(_ packets: FramePackets) -> [UInt8] {
    (0..<packets.count).flatMap { packets[$0].dropFirst(3) }
  }

  /// RFC 6184 §5: the NAL units of an access unit.
  static func h264(_ packets: FramePackets) -> [[UInt8]] {
    var units: [[UInt8]] = []
    for index in 0..<packets.count {
      var payload = Array(packets[index])
      switch payload[0] & 0x1F {
      case 24:
        payload.removeFirst()
        while payload.count > 2 {
          let length = Int(payload[0]) << 8 | Int(payload[1])
          units.append(Array(payload[2..<2 + length]))
          payload.removeFirst(2 + length)
        }
      case 28:
        if payload[1] & 0x80 != 0 { units.append([payload[0] & 0xE0 | payload[1] & 0x1F]) }
        units[units.count - 1] += payload[2...]
      default: units.append(payload)
      }
    }
    return units
  }

  /// The AV1 payload format, §4: the elements of a temporal unit, for W = 0.
  static func av1(_ packets: FramePackets) -> [[UInt8]] {
    var elements: [[UInt8]] = []
    var isOpen = false
    for index in 0..<packets.count {
      var payload = Array(packets[index])
      let header = payload.removeFirst()
      var continues = header & 0x80 != 0
      if continues != isOpen { return [] }
      while !payload.isEmpty {
        var length = Int(payload[0] & 0x7F)
        if payload.removeFirst() & 0x80 != 0 { length |= Int(payload.removeFirst()) << 7 }
        if continues {
          elements[elements.count - 1] += payload[..<length]
        } else {
          elements.append(Array(payload[..<length]))
        }
        continues = false
        payload.removeFirst(length)
      }
      isOpen = header & 0x40 != 0
    }
    return elements
  }
}
