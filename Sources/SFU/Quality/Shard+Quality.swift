import RTC
import Wire

/// How good every call is: counted where packets go anyway, gathered every few seconds.
extension Shard {
  /// Between two `EndpointQuality` of an endpoint.
  static let qualityInterval = Nanoseconds.seconds(5)
  /// Endpoints are gathered in as many turns, so that a thousand of them are no burst.
  static let qualityPhases = 10
  /// Most endpoints in one event: it stays far below what a frame to the control plane may have.
  static let maximumQualitiesPerEvent = 64
  /// A shorter time says little; the endpoint waits for its next turn.
  private static let minimumQualityInterval = Nanoseconds.seconds(1)

  /// Media of an endpoint can flow: it is counted from here on.
  mutating func beginQuality(of endpoint: Int, at now: MonotonicTime) {
    endpoints[endpoint].quality.since = now
    guard nextQuality == .distantFuture else { return }
    nextQuality = now + Nanoseconds(Self.qualityInterval.count / Int64(Self.qualityPhases))
    wake(by: nextQuality)
  }

  /// Tells of the endpoints whose turn it is.
  mutating func reportQuality(at now: MonotonicTime) {
    guard nextQuality <= now else { return }
    var batch: [EndpointQuality] = []
    for slot in stride(from: qualityPhase, to: endpoints.end, by: Self.qualityPhases)
    where endpoints.contains(slot) {
      guard let quality = takeQuality(of: slot, at: now) else { continue }
      batch.append(quality)
      if batch.count == Self.maximumQualitiesPerEvent {
        events.append(.quality(batch))
        batch = []
      }
    }
    if !batch.isEmpty { events.append(.quality(batch)) }
    qualityPhase = (qualityPhase + 1) % Self.qualityPhases
    let turn = Nanoseconds(Self.qualityInterval.count / Int64(Self.qualityPhases))
    nextQuality = endpoints.count == 0 ? .distantFuture : now + turn
  }

  private mutating func takeQuality(of endpoint: Int, at now: MonotonicTime) -> EndpointQuality? {
    guard let since = endpoints[endpoint].quality.since,
      now - since >= Self.minimumQualityInterval
    else { return nil }
    for publication in endpoints[endpoint].publications {
      tallySent(track: Int(publication.track), at: now)
    }
    for slot in endpoints[endpoint].outgoing where slot >= 0 {
      tallyReceived(outgoing: Int(slot), of: endpoint)
    }
    var shown = SizeCounts()
    for slot in endpoints[endpoint].subscriptions {
      tallyShown(subscription: Int(slot), of: endpoint, into: &shown, at: now)
    }

    let tally = endpoints[endpoint].quality
    endpoints[endpoint].quality = QualityTally(since: now)
    var quality = EndpointQuality(
      endpoint: endpoints[endpoint].number, milliseconds: Int((now - since).count / 1_000_000))
    quality.sentAudio = tally.sentAudio.flow
    quality.sentVideo = tally.sentVideo.flow
    quality.receivedAudio = tally.receivedAudio.flow
    quality.receivedVideo = tally.receivedVideo.flow
    quality.roundTripMicroseconds = endpoints[endpoint].roundTrip.map { Int($0.count / 1_000) }
    quality.keyframesRequested = tally.keyframesRequested
    quality.freezes = tally.frozen.freezes
    quality.frozenMilliseconds = Int(tally.frozen.frozen.count / 1_000_000)
    quality.shown = shown == SizeCounts() ? nil : shown
    return quality
  }

  /// Adds what came on a track since it was told last; also before the track goes.
  mutating func tallySent(track: Int, at now: MonotonicTime) {
    let owner = Int(tracks[track].endpoint)
    guard let since = endpoints[owner].quality.since else { return }
    let seconds = Double((now - since).count) / 1e9
    var tally = FlowTally()
    var largestRate = 0.0
    for layer in tracks[track].layers.indices where tracks[track].layers[layer] >= 0 {
      let stream = Int(tracks[track].layers[layer])
      endpoints[owner].quality.keyframesRequested +=
        streams[stream].quality.keyframesRequested - streams[stream].quality.told.keyframesRequested
      tally.add(streams[stream].takeFlow(over: seconds))
      largestRate = max(largestRate, streams[stream].quality.framesPerSecond)
    }
    if tracks[track].kind.isAudio {
      endpoints[owner].quality.sentAudio.add(tally)
    } else {
      // A screen that nobody scrolls has few frames and loses nothing by it.
      if tracks[track].kind == .video, tally.packets > 0 {
        tally.cameraFramesPerSecond.add(largestRate)
      }
      endpoints[owner].quality.sentVideo.add(tally)
    }
  }

  private mutating func tallyReceived(outgoing slot: Int, of endpoint: Int) {
    let isAudio = outgoing[slot].isAudio
    let tally = outgoing[slot].takeFlow()
    if isAudio {
      endpoints[endpoint].quality.receivedAudio.add(tally)
    } else {
      endpoints[endpoint].quality.receivedVideo.add(tally)
    }
  }

  /// Adds what a subscriber sees of a video: its size, its rate, its freezes.
  private mutating func tallyShown(
    subscription: Int, of endpoint: Int, into shown: inout SizeCounts, at now: MonotonicTime
  ) {
    tallyFreezes(of: subscription, at: now)
    let stream = Int(subscriptions[subscription].current)
    let track = Int(subscriptions[subscription].track)
    guard stream >= 0, streams.contains(stream), !tracks[track].kind.isAudio,
      subscriptions[subscription].outgoing >= 0, !subscriptions[subscription].isPaused
    else { return }
    let rate = streams[stream].quality.framesPerSecond
    if tracks[track].kind == .video, rate > 0 {
      endpoints[endpoint].quality.receivedVideo.cameraFramesPerSecond.add(rate)
    }
    guard let size = streams[stream].quality.size else { return }
    shown.count(width: Int(size.width), height: Int(size.height))
    endpoints[endpoint].quality.receivedVideo.pixelsPerSecond += rate * Double(size.pixels)
  }

  /// Adds the freezes that a subscriber saw since they were told last; also before it sees no more.
  mutating func tallyFreezes(of subscription: Int, at now: MonotonicTime) {
    let track = Int(subscriptions[subscription].track)
    guard tracks[track].kind == .video else { return }
    let totals = tracks[track].continuity.totals(at: now)
    defer { subscriptions[subscription].frozen = totals }
    // What went by before a seat and its first picture was nothing to be seen.
    guard subscriptions[subscription].current >= 0, !subscriptions[subscription].isPaused else {
      return
    }
    let added = totals.since(subscriptions[subscription].frozen)
    let endpoint = Int(subscriptions[subscription].endpoint)
    endpoints[endpoint].quality.frozen.freezes += added.freezes
    endpoints[endpoint].quality.frozen.frozen =
      endpoints[endpoint].quality.frozen.frozen + added.frozen
  }

  /// Notes the size that a keyframe's first packet tells.
  mutating func noteSize(of stream: Int, index: Int64) {
    guard streams[stream].format.kind == .vp8, streams[stream].ring.contains(index) else { return }
    let info = streams[stream].ring.info(index)
    let start = Int(info.payloadOffset)
    let size = VP8FrameSize(
      parsing: streams[stream].ring.bytes(index).extracting(start..<start + Int(info.payloadLength))
    )
    if let size { streams[stream].quality.size = size }
  }
}

extension IncomingStream {
  /// What came since the last call.
  mutating func takeFlow(over seconds: Double) -> FlowTally {
    var tally = FlowTally()
    let told = quality.told
    let received = Int(truncatingIfNeeded: statistics.packets &- told.packets)
    tally.repaired = quality.repaired - told.repaired
    tally.packets = max(0, Int(statistics.expected - told.expected))
    // Repairs are among those received: without them it is what the way lost.
    tally.lost = max(0, tally.packets - received + tally.repaired)
    tally.bytes = Int(truncatingIfNeeded: statistics.bytes &- told.bytes)
    if received > 0, format.clockRate > 0 {
      tally.jitter.add(
        Double(statistics.jitter) * 1e6 / Double(format.clockRate), weight: Double(received))
    }
    if seconds > 0 { quality.framesPerSecond = Double(quality.frames - told.frames) / seconds }
    if let size = quality.size {
      tally.pixelsPerSecond = quality.framesPerSecond * Double(size.pixels)
    }
    quality.told = IncomingQuality.Told(
      packets: statistics.packets, bytes: statistics.bytes, expected: statistics.expected,
      repaired: quality.repaired, frames: quality.frames,
      keyframesRequested: quality.keyframesRequested)
    return tally
  }
}

extension OutgoingStream {
  /// What was sent, and reported of it, since the last call.
  mutating func takeFlow() -> FlowTally {
    var tally = FlowTally()
    tally.packets = Int(packets &- quality.told.packets)
    tally.bytes = Int(bytes &- quality.told.bytes)
    tally.repaired = quality.repaired - quality.told.repaired
    if let lost = quality.lost {
      // A receiver that starts counting anew is no loss.
      tally.lost = max(0, min(Int(lost) - Int(quality.told.lost ?? 0), tally.packets))
    }
    if let jitter = quality.jitter, tally.packets > 0 {
      // Opus has 48,000 ticks a second, every video codec 90,000 (RFC 7587 §4.1, RFC 7741 §4.1).
      tally.jitter.add(
        Double(jitter) * 1e6 / (isAudio ? 48_000 : 90_000), weight: Double(tally.packets))
    }
    tally.roundTrip = quality.roundTrip
    quality.roundTrip = FlowTally.Mean()
    quality.told = OutgoingQuality.Told(
      packets: packets, bytes: bytes, repaired: quality.repaired, lost: quality.lost)
    return tally
  }
}
