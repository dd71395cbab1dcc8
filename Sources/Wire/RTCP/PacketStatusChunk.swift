/// What happened to one packet (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.1).
enum PacketStatus: UInt8 {
  case notReceived = 0
  /// Received; its delta is one byte, 0...63.75 ms.
  case received = 1
  /// Received; its delta is two bytes with sign, −8192...8191.75 ms.
  case receivedLargeDelta = 2
  case reserved = 3

  /// Bytes of its delta.
  var deltaLength: Int {
    switch self {
    case .notReceived, .reserved: 0
    case .received: 1
    case .receivedLargeDelta: 2
    }
  }
}

/// 16 bits with the statuses of several packets (§3.1.3, §3.1.4).
struct PacketStatusChunk {
  static let maximumRun = 0x1FFF
  static let oneBitCapacity = 14
  static let twoBitCapacity = 7

  var rawValue: UInt16

  private var isVector: Bool { rawValue & 0x8000 != 0 }
  private var hasTwoBits: Bool { rawValue & 0x4000 != 0 }

  /// Packets it describes: 0...8191 for a run, 14 or 7 for a vector.
  var count: Int {
    guard isVector else { return Int(rawValue) & Self.maximumRun }
    return hasTwoBits ? Self.twoBitCapacity : Self.oneBitCapacity
  }

  /// The status of one packet.
  ///
  /// - Parameter position: 0..<`count`.
  /// - Returns: `reserved` for the value the draft gives no meaning.
  func status(at position: Int) -> PacketStatus {
    let bits =
      if !isVector {
        rawValue >> 13 & 3
      } else if hasTwoBits {
        rawValue >> UInt16(truncatingIfNeeded: 12 - 2 * position) & 3
      } else {
        rawValue >> UInt16(truncatingIfNeeded: 13 - position) & 1
      }
    return PacketStatus(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .reserved
  }

  /// Bytes of the deltas of its first `length` packets; `nil` if one has the reserved status.
  func deltaLength(of length: Int) -> Int? {
    guard isVector else {
      let status = status(at: 0)
      return status == .reserved ? nil : status.deltaLength * length
    }
    var sum = 0
    for position in 0..<length {
      let status = status(at: position)
      guard status != .reserved else { return nil }
      sum += status.deltaLength
    }
    return sum
  }
}
