/// Gathers statuses until they fill a chunk, choosing the form that holds most.
///
/// Mirrors `TransportFeedback::LastChunk` of libwebrtc, rtp_rtcp/source/rtcp_packet.
struct PacketStatusEncoder {
  /// Statuses waiting, of which the first 14 are in `symbols`; more only in a run.
  private var count = 0
  /// Two bits each, the first at the bottom.
  private var symbols: UInt32 = 0
  private var isRun = true
  private var hasLargeDelta = false

  var isEmpty: Bool { count == 0 }

  private func symbol(at index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: symbols >> UInt32(2 * index) & 3)
  }

  /// Whether another status can wait without a chunk being taken first.
  func canAppend(_ status: PacketStatus) -> Bool {
    if count < PacketStatusChunk.twoBitCapacity { return true }
    if count < PacketStatusChunk.oneBitCapacity, !hasLargeDelta, status != .receivedLargeDelta {
      return true
    }
    return count < PacketStatusChunk.maximumRun && isRun
      && symbol(at: 0) == UInt16(status.rawValue)
  }

  /// - Precondition: `canAppend(status)`.
  mutating func append(_ status: PacketStatus) {
    if count < PacketStatusChunk.oneBitCapacity {
      symbols |= UInt32(status.rawValue) << UInt32(2 * count)
    }
    count += 1
    isRun = isRun && symbol(at: 0) == UInt16(status.rawValue)
    hasLargeDelta = hasLargeDelta || status == .receivedLargeDelta
  }

  /// Takes the next full chunk out, when `canAppend` said no.
  mutating func takeFull() -> UInt16 {
    if isRun || count == PacketStatusChunk.oneBitCapacity { return takeLast() }
    let chunk = twoBitVector(PacketStatusChunk.twoBitCapacity)
    let rest = PacketStatusEncoder.split(symbols, count)
    self = rest
    return chunk
  }

  /// Takes everything that waits as one chunk.
  ///
  /// - Precondition: at most 7 statuses wait, or they fit one chunk of another form.
  mutating func takeLast() -> UInt16 {
    let chunk: UInt16
    if isRun {
      chunk = symbol(at: 0) << 13 | UInt16(truncatingIfNeeded: count)
    } else if count <= PacketStatusChunk.twoBitCapacity {
      chunk = twoBitVector(count)
    } else {
      var bits: UInt16 = 0x8000
      for index in 0..<count { bits |= symbol(at: index) << UInt16(13 - index) }
      chunk = bits
    }
    self = PacketStatusEncoder()
    return chunk
  }

  private func twoBitVector(_ length: Int) -> UInt16 {
    var bits: UInt16 = 0xC000
    for index in 0..<length { bits |= symbol(at: index) << UInt16(12 - 2 * index) }
    return bits
  }

  /// What is left of `count` symbols once the first seven are gone.
  private static func split(_ symbols: UInt32, _ count: Int) -> Self {
    var rest = Self()
    for index in PacketStatusChunk.twoBitCapacity..<max(count, PacketStatusChunk.twoBitCapacity) {
      let bits = UInt8(truncatingIfNeeded: symbols >> UInt32(2 * index) & 3)
      rest.append(PacketStatus(rawValue: bits) ?? .notReceived)
    }
    return rest
  }
}
