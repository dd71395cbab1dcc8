package import Wire

/// Makes units of the packets of one remote track: order, frames, capture times.
///
/// In: `handle` and `handleTimeouts`. Out: what they append; `deadline`; and `takeKeyframeRequest`. After
/// a loss of video nothing comes out until a keyframe does, and one is asked for. No IO and no clock;
/// one thread owns it.
package struct TrackIngest {
  /// How long a packet of video is waited for: several requests for it fit in.
  package static let videoPatience = Nanoseconds.milliseconds(250)
  /// Sound is not sent again; a packet may only be overtaken.
  package static let audioPatience = Nanoseconds.milliseconds(80)
  /// Between requests for a keyframe; the server passes on no more than one for each half second.
  package static let keyframeInterval = Nanoseconds.milliseconds(500)

  package let codec: MediaCodec
  package private(set) var counters = IngestCounters()
  private var buffer: JitterBuffer
  private var clock: TrackClock
  private var depacketizer: any FrameDepacketizer
  /// The frame being put together.
  private var frame: OpenFrame?
  /// The timestamp of the last frame that ended or was given up.
  private var endedTimestamp: UInt32?
  /// A gap came before the next packet.
  private var followsGap = false
  /// Since the last unit.
  private var hasLost = false
  private var waitsForKeyframe: Bool
  private var lastRequest: MonotonicTime?

  private struct OpenFrame {
    var timestamp: UInt32
    var arrival: MonotonicTime
    /// Some of it is missing or malformed.
    var isBroken: Bool
  }

  /// - Parameters:
  ///   - timeline: shared by the tracks of one participant.
  ///   - patience: how long to wait for a missing packet; `nil` for what suits the codec.
  package init(
    codec: MediaCodec, timeline: SenderTimeline = SenderTimeline(), patience: Nanoseconds? = nil
  ) {
    self.codec = codec
    buffer = JitterBuffer(
      patience: patience ?? (codec.isAudio ? Self.audioPatience : Self.videoPatience))
    clock = TrackClock(clockRate: codec.clockRate, timeline: timeline)
    depacketizer = codec.depacketizer
    waitsForKeyframe = !codec.isAudio
  }

  /// Takes one RTP packet, decrypted and without padding.
  package mutating func handle(
    sequence: SequenceNumber, timestamp: UInt32, marker: Bool, payload: RawSpan,
    at now: MonotonicTime, into units: inout [EncodedUnit]
  ) {
    switch buffer.insert(
      sequence: sequence, timestamp: timestamp, marker: marker, payload: payload, at: now)
    {
    case .taken:
      counters.packets += 1
      if payload.byteCount > 0 { clock.packetReceived(timestamp: timestamp, at: now) }
    case .duplicate: counters.duplicates += 1
    case .ignored: counters.ignored += 1
    }
    drain(at: now, into: &units)
  }

  /// Takes what a sender report says about this track.
  package mutating func handle(
    senderReport ntp: NTPTime, rtpTimestamp: UInt32, at now: MonotonicTime
  ) {
    clock.reportReceived(ntp: ntp, timestamp: rtpTimestamp, at: now)
  }

  /// Gives up what did not come in time.
  package mutating func handleTimeouts(at now: MonotonicTime, into units: inout [EncodedUnit]) {
    drain(at: now, into: &units)
  }

  /// When `handleTimeouts` next has work.
  package var deadline: MonotonicTime { buffer.deadline }

  /// There is a sender report to take capture times from.
  package var isSynchronized: Bool { clock.isSynchronized }

  /// Whether the sender is to be asked for a keyframe now; at most twice a second.
  package mutating func takeKeyframeRequest(at now: MonotonicTime) -> Bool {
    guard waitsForKeyframe else { return false }
    if let lastRequest, now < lastRequest + Self.keyframeInterval { return false }
    lastRequest = now
    counters.keyframeRequests += 1
    return true
  }

  /// Says that what came out cannot be decoded: goes on with the next keyframe.
  package mutating func decodingFailed() {
    guard !codec.isAudio else { return }
    waitsForKeyframe = true
  }

  private mutating func drain(at now: MonotonicTime, into units: inout [EncodedUnit]) {
    while let step = buffer.next(at: now) {
      switch step {
      case .gap(let count):
        counters.lost += count
        followsGap = true
        loseFrame()
        if let open = frame { endedTimestamp = open.timestamp }
        frame = nil
        depacketizer.discard()
      case .packet(let packet): take(packet, into: &units)
      }
    }
  }

  private mutating func loseFrame() {
    hasLost = true
    if !codec.isAudio { waitsForKeyframe = true }
  }

  private mutating func take(_ packet: JitterBuffer.Packet, into units: inout [EncodedUnit]) {
    if let open = frame, open.timestamp != packet.timestamp { end(open, into: &units) }
    guard !packet.payload.isEmpty else { return }  // padding, to probe for bandwidth
    if frame == nil {
      // After a gap the beginning may be missing: of a frame seen before it surely is.
      let isWhole =
        !followsGap
        || packet.timestamp != endedTimestamp && depacketizer.startsFrame(packet.payload)
      followsGap = false
      frame = OpenFrame(
        timestamp: packet.timestamp, arrival: packet.arrival, isBroken: !isWhole)
    }
    if frame?.isBroken == false, !depacketizer.append(packet.payload) { frame?.isBroken = true }
    if let open = frame, packet.marker || codec.isAudio { end(open, into: &units) }
  }

  private mutating func end(_ open: OpenFrame, into units: inout [EncodedUnit]) {
    frame = nil
    endedTimestamp = open.timestamp
    defer { depacketizer.discard() }
    guard !open.isBroken, let whole = depacketizer.take() else {
      counters.broken += 1
      return loseFrame()
    }
    guard whole.isKeyframe || !waitsForKeyframe else {
      counters.skipped += 1
      return
    }
    waitsForKeyframe = false
    counters.units += 1
    units.append(
      EncodedUnit(
        codec: codec, payload: whole.payload,
        time: clock.time(of: open.timestamp, arrival: open.arrival),
        rtpTimestamp: open.timestamp, isKeyframe: whole.isKeyframe,
        width: whole.size?.width, height: whole.size?.height, followsLoss: hasLost))
    hasLost = false
  }
}
