package import Wire

/// VP8 packets that say nothing, in the sizes and at the times asked for.
///
/// The payload descriptors and the first bytes of keyframes are right, so that a server forwards them;
/// no decoder would show a picture.
package struct SyntheticVideo: Sendable {
  package enum Flow: Sendable, Equatable {
    /// Frames at a rate, each sent at once, as encoders do.
    case frames(perSecond: Double, bitsPerSecond: Double)
    /// Packets evenly spaced, `burst` (1, 2 or 4) at a time; four make a frame.
    case packets(perSecond: Double, burst: Int)
  }

  private static let packetsPerFrame: UInt64 = 4

  private let flow: Flow
  private let packetSize: Int
  private let source: UInt32
  private var payloadSize: Int
  /// Bursts so far.
  private var burst = 0
  /// Packets so far.
  private var packets: UInt64 = 0
  private var frame = 0
  private var wantsKeyframe = true
  private var isKeyframe = false
  /// Bits not yet sent because they do not fill a packet.
  private var credit = 0.0

  /// - Parameters:
  ///   - packetSize: bytes of a whole RTP packet, header included; 100 at least.
  ///   - source: tells the publishers of a run apart, in `LoadStamp`.
  package init(_ flow: Flow, packetSize: Int, source: UInt32) {
    self.flow = flow
    self.packetSize = max(packetSize, 100)
    self.source = source
    payloadSize = self.packetSize - 24
  }

  /// Packets made so far; the stamp of the next one has this number.
  package var packetCount: UInt64 { packets }

  package var nextDue: Nanoseconds {
    let seconds =
      switch flow {
      case .frames(let rate, _): Double(burst) / rate
      case .packets(let rate, let burstLength): Double(burst * burstLength) / rate
      }
    return Nanoseconds(Int64(seconds * 1e9))
  }

  mutating func prepare(headerLength: Int) {
    payloadSize = max(packetSize - headerLength, LoadStamp.length + 16)
  }

  mutating func keyframeRequested() { wantsKeyframe = true }

  mutating func next(into output: inout FramePackets) {
    output.removeAll()
    switch flow {
    case .frames(let rate, let bitsPerSecond):
      credit += bitsPerSecond / rate
      let bitsPerPacket = Double(packetSize * 8)
      let count = max(Int(credit / bitsPerPacket), 1)
      credit -= Double(count) * bitsPerPacket
      beginFrame()
      for part in 0..<count { append(startsFrame: part == 0, into: &output) }
      output.marksEnd = true
      output.timestamp = UInt32(truncatingIfNeeded: Int64(Double(frame) * 90_000 / rate))
      frame += 1
    case .packets(let rate, let burstLength):
      for offset in 0..<burstLength {
        let number = packets + UInt64(offset)
        let (frame, part) = number.quotientAndRemainder(dividingBy: Self.packetsPerFrame)
        if part == 0 { beginFrame() }
        append(startsFrame: part == 0, into: &output)
        output.marksEnd = part == Self.packetsPerFrame - 1
        output.timestamp = UInt32(
          truncatingIfNeeded: Int64(
            Double(frame) * 90_000 * Double(Self.packetsPerFrame) / rate))
      }
    }
    output.isKeyframe = isKeyframe
    packets += UInt64(output.count)
    burst += 1
  }

  private mutating func beginFrame() {
    isKeyframe = wantsKeyframe
    wantsKeyframe = false
  }

  private func append(startsFrame: Bool, into output: inout FramePackets) {
    // RFC 7741 §4.2: S bit; no extension, as browsers without picture ids.
    output.append(UInt8(startsFrame ? 0x10 : 0))
    if startsFrame {
      // RFC 6386 §9.1: tag, then in a keyframe the start code and the picture size.
      output.append(contentsOf: [isKeyframe ? 0x10 : 0x11, 0, 0])
      if isKeyframe { output.append(contentsOf: [0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01]) }
    }
    output.append(contentsOf: repeatElement(0, count: payloadSize - output.pendingCount))
    output.finishPayload()
  }

  func stamp(_ burst: inout FramePackets, at now: MonotonicTime) {
    let first = packets - UInt64(burst.count)
    for index in 0..<burst.count {
      let stamp = LoadStamp(source: source, number: first + UInt64(index), sentAt: now)
      let bytes = stamp.bytes
      burst.overwrite(
        payload: index, at: burst.ranges[index].count - LoadStamp.length,
        with: bytes.indices.lazy.map { bytes[$0] })
    }
  }
}
