import RTC
import Wire

/// Tracks are published and subscribed to, seated and aimed at a layer.
extension Shard {
  mutating func publish(
    _ number: TrackNumber, endpoint: EndpointNumber, kind: TrackKind, mid: String,
    at now: MonotonicTime
  ) {
    guard trackSlots[number] == nil, let owner = endpointSlots[endpoint],
      let mid = ShortToken(mid),
      let line = endpoints[owner].session.lines.firstIndex(where: { $0.mid == mid }),
      endpoints[owner].session.lines[line].isReceiving,
      endpoints[owner].session.lines[line].isAudio == kind.isAudio
    else { return }
    // The line may have carried another track before: it ends here.
    if let previous = endpoints[owner].publication(ofLine: line) {
      removeTrack(previous, at: now)
    }
    let slot = tracks.insert(
      PublishedTrack(
        number: number, endpoint: Int32(owner), kind: kind, mid: mid,
        layerCount: endpoints[owner].session.lines[line].rids.count))
    trackSlots[number] = slot
    endpoints[owner].publications.append(Publication(line: line, track: Int32(slot)))
  }

  mutating func removeTrack(_ slot: Int, at now: MonotonicTime) {
    tallySent(track: slot, at: now)
    for subscription in tracks[slot].subscribers { removeSubscription(Int(subscription), at: now) }
    let track = tracks.remove(slot)
    trackSlots[track.number] = nil
    let owner = Int(track.endpoint)
    endpoints[owner].publications.removeAll { $0.track == Int32(slot) }
    for layer in track.layers.indices where track.layers[layer] >= 0 {
      let stream = track.layers[layer]
      endpoints[owner].bindings.removeAll { $0.stream == stream }
      _ = streams.remove(Int(stream))
    }
  }

  func subscription(of track: TrackNumber, endpoint: EndpointNumber) -> Int? {
    guard let track = trackSlots[track], let endpoint = endpointSlots[endpoint] else { return nil }
    for slot in endpoints[endpoint].subscriptions
    where subscriptions[Int(slot)].track == Int32(track) {
      return Int(slot)
    }
    return nil
  }

  mutating func subscribe(
    _ track: TrackNumber, endpoint: EndpointNumber, companion: TrackNumber?, at now: MonotonicTime
  ) {
    guard subscription(of: track, endpoint: endpoint) == nil, let source = trackSlots[track],
      let target = endpointSlots[endpoint], tracks[source].endpoint != Int32(target)
    else { return }
    let slot = subscriptions.insert(
      Subscription(track: Int32(source), endpoint: Int32(target), companion: companion))
    subscriptions[slot].frozen = tracks[source].continuity.totals(at: now)
    tracks[source].subscribers.append(Int32(slot))
    endpoints[target].subscriptions.append(Int32(slot))
    seat(slot, at: now)
  }

  /// Finds a seat for a subscription that has none; asks for more seats if there is no free one.
  mutating func seat(_ slot: Int, at now: MonotonicTime) {
    guard subscriptions[slot].outgoing < 0 else { return }
    let endpoint = Int(subscriptions[slot].endpoint)
    let track = Int(subscriptions[slot].track)
    let number = tracks[track].number
    guard
      let line = endpoints[endpoint].seats.seat(
        number, isAudio: tracks[track].kind.isAudio, companion: subscriptions[slot].companion)
    else {
      let waiting = endpoints[endpoint].subscriptions.count {
        subscriptions[Int($0)].outgoing < 0
      }
      // In fours, so that a room filling up does not negotiate for every guest.
      let needed = endpoints[endpoint].seats.occupied + waiting
      events.append(.seatsNeeded(endpoints[endpoint].number, count: (needed + 3) / 4 * 4))
      return
    }
    subscriptions[slot].line = Int32(line)
    subscriptions[slot].outgoing = endpoints[endpoint].outgoing[line]
    let mid = endpoints[endpoint].session.lines[line].mid.string
    events.append(.seated(number, endpoint: endpoints[endpoint].number, mid: mid))
    retarget(slot, at: now)
  }

  mutating func removeSubscription(_ slot: Int, at now: MonotonicTime) {
    tallyFreezes(of: slot, at: now)
    let subscription = subscriptions.remove(slot)
    let track = Int(subscription.track)
    let endpoint = Int(subscription.endpoint)
    tracks[track].subscribers.removeAll { $0 == Int32(slot) }
    endpoints[endpoint].subscriptions.removeAll { $0 == Int32(slot) }
    if let line = endpoints[endpoint].seats.unseat(tracks[track].number) {
      let mid = endpoints[endpoint].session.lines[line].mid.string
      events.append(
        .unseated(tracks[track].number, endpoint: endpoints[endpoint].number, mid: mid))
    }
    for waiting in endpoints[endpoint].subscriptions { seat(Int(waiting), at: now) }
  }

  /// Aims a subscription at the best layer there is, and asks for the keyframe it needs to get there.
  mutating func retarget(_ slot: Int, at now: MonotonicTime) {
    guard subscriptions[slot].outgoing >= 0, !subscriptions[slot].isPaused else { return }
    let track = Int(subscriptions[slot].track)
    let endpoint = Int(subscriptions[slot].endpoint)
    var wanted = endpoints[endpoint].allocator.layer(
      requested: subscriptions[slot].cap, available: tracks[track].layerCount)
    // The layer wanted, or the next smaller one that flows, or the next larger.
    if !isFlowing(layer: wanted, of: track, at: now) {
      let smaller = (0..<wanted).last { isFlowing(layer: $0, of: track, at: now) }
      let larger = (wanted..<tracks[track].layerCount).first {
        isFlowing(layer: $0, of: track, at: now)
      }
      wanted = smaller ?? larger ?? wanted
    }
    subscriptions[slot].target = Int8(wanted)
    let stream = tracks[track].layers[wanted]
    guard stream >= 0, stream != subscriptions[slot].current, !tracks[track].kind.isAudio,
      endpoints[endpoint].mediaPath != nil
    else { return }
    wantKeyframe(of: Int(stream), at: now)
  }

  private func isFlowing(layer: Int, of track: Int, at now: MonotonicTime) -> Bool {
    let stream = Int(tracks[track].layers[layer])
    return stream >= 0 && now - streams[stream].lastArrival < IncomingStream.idle
  }

  mutating func wantKeyframe(of stream: Int, at now: MonotonicTime) {
    streams[stream].keyframes.want()
    let owner = Int(tracks[Int(streams[stream].track)].endpoint)
    schedule(.keyframe, of: owner, by: now)
  }
}
