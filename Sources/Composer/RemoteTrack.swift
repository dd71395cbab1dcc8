internal import Media
internal import StoaClient
internal import Wire

/// One stream of a participant on its way from packets to pictures or sound.
///
/// The pipeline's thread owns it.
final class RemoteTrack {
  /// Units that wait to be due; more than the playout delay can explain.
  private static let maximumUnits = 600

  let streamID: String
  let participantID: String
  let kind: BotStreamKind
  /// Where its packets come; `nil` while it has no seat.
  var mid: ShortToken?
  private let timeline: SenderTimeline
  private var ingest: TrackIngest?
  /// In decode order; not due yet.
  private var units: [EncodedUnit] = []
  private var unitStart = 0

  private var decoder: VideoDecoder?
  /// The newest picture that is due.
  private(set) var picture: VideoFrame?
  /// Units are thrown away undecoded, because nobody sees the picture.
  private var isAsleep = false
  /// The decoder has missed something and begins anew with a keyframe.
  private var skipsToKeyframe = false
  /// A decoder or recorder waits for one.
  private var awaitsKeyframe = false
  private var lastRequest: MonotonicTime?

  private var sound: TrackSound?

  init(
    streamID: String, participantID: String, kind: BotStreamKind, timeline: SenderTimeline
  ) {
    self.streamID = streamID
    self.participantID = participantID
    self.kind = kind
    self.timeline = timeline
  }

  var isAudio: Bool { kind == .audio || kind == .shareAudio }
  var counters: IngestCounters { ingest?.counters ?? IngestCounters() }

  // MARK: Packets

  /// Takes a packet; what became whole goes into the queue and into `fresh`.
  func take(_ packet: PacketIntake.Packet, into fresh: inout [EncodedUnit]) {
    guard let codec = Media.MediaCodec(rawValue: packet.codec.rawValue), codec.isAudio == isAudio
    else { return }
    if ingest?.codec != codec {
      // A sender may change its codec; what was decoded so far goes on being shown.
      ingest = TrackIngest(codec: codec, timeline: timeline)
      decoder = nil
      sound = nil
    }
    let count = fresh.count
    ingest?.handle(
      sequence: packet.sequence, timestamp: packet.timestamp, marker: packet.marker,
      payload: packet.payload.span.bytes, at: packet.arrival, into: &fresh)
    queue(fresh[count...])
  }

  func take(_ report: ReceivedReport, at now: MonotonicTime) {
    ingest?.handle(senderReport: report.ntpTime, rtpTimestamp: report.timestamp, at: now)
  }

  /// Gives up what did not come in time.
  func handleTimeouts(at now: MonotonicTime, into fresh: inout [EncodedUnit]) {
    guard let deadline = ingest?.deadline, deadline <= now else { return }
    let count = fresh.count
    ingest?.handleTimeouts(at: now, into: &fresh)
    queue(fresh[count...])
  }

  /// The seat is gone or the connection is new: numbers do not go on.
  func restart() {
    mid = nil
    ingest = nil
  }

  /// Somebody begins to record, or to look.
  func awaitKeyframe() { awaitsKeyframe = !isAudio }

  /// Whether to ask the sender for a keyframe now.
  ///
  /// - Parameter isRecorded: it matters also while nobody sees the picture.
  func takeKeyframeRequest(isRecorded: Bool, at now: MonotonicTime) -> Bool {
    guard isRecorded || !isAsleep else { return false }
    if ingest?.takeKeyframeRequest(at: now) == true { return true }
    guard awaitsKeyframe, ingest != nil else { return false }
    if let lastRequest, now - lastRequest < TrackIngest.keyframeInterval { return false }
    lastRequest = now
    return true
  }

  private func queue(_ fresh: ArraySlice<EncodedUnit>) {
    guard !fresh.isEmpty else { return }
    if fresh.contains(where: \.isKeyframe) { awaitsKeyframe = false }
    if unitStart > 0 {
      units.removeFirst(unitStart)
      unitStart = 0
    }
    units.append(contentsOf: fresh)
    guard units.count > Self.maximumUnits else { return }
    units.removeAll()
    beginAnew()
  }

  private func nextUnit(until time: MonotonicTime) -> EncodedUnit? {
    guard unitStart < units.count, units[unitStart].time <= time else { return nil }
    defer { unitStart += 1 }
    return units[unitStart]
  }

  // MARK: Pictures

  /// Decodes what is due at `time`; the last picture stays.
  func showPicture(at time: MonotonicTime) {
    if isAsleep {
      isAsleep = false
      if decoder != nil { beginAnew() }
    }
    while let unit = nextUnit(until: time) {
      guard unit.isKeyframe || !skipsToKeyframe else { continue }
      skipsToKeyframe = false
      do {
        if decoder == nil { decoder = try VideoDecoder(codec: unit.codec) }
        if let last = try decoder?.decode(unit).last { picture = last }
      } catch {
        beginAnew()
      }
    }
  }

  private func beginAnew() {
    guard !isAudio else { return }
    skipsToKeyframe = true
    awaitsKeyframe = true
  }

  /// Throws away what is due at `time`: nobody sees it.
  func passOver(until time: MonotonicTime) {
    isAsleep = true
    while nextUnit(until: time) != nil {}
  }

  // MARK: Sound

  /// Decodes what is due at `time`, in its places on the timeline that `clock` tells.
  func playSound(until time: MonotonicTime, clock: PipelineClock) -> [TrackSound.Piece] {
    var pieces: [TrackSound.Piece] = []
    while let unit = nextUnit(until: time) {
      if sound == nil { sound = try? TrackSound() }
      sound?.decode(unit, at: clock.sample(of: unit.time), into: &pieces)
    }
    return pieces
  }
}
