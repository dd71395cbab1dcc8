import SFU
import Signal

extension RoomState {
  mutating func receive(
    _ request: ClientRequest, id: Int, _ connection: ConnectionID, _ now: Moment
  ) {
    if receiveFromGuest(request, id: id, connection, now) { return }
    guard let key = keysByConnection[connection] else { return }  // left a moment ago
    guard participants[key]?.isJoined == true else {
      effects.append(
        .post(
          connection,
          OutboundFrame(
            .error(ErrorMessage(id: id, .invalidParameter, "The join is not answered yet.")))))
      return
    }
    switch participants[key]?.replies.receive(id) {
    case .fresh: carryOut(request, id, key, now)
    case .answered(let answer): post(answer, to: id, of: key)
    case .underway, nil: break
    case .forgotten:
      let error = ErrorMessage(
        id: id, .invalidParameter, "This id was used for a request long ago.")
      effects.append(.post(connection, OutboundFrame(.error(error))))
    }
  }

  private mutating func carryOut(
    _ request: ClientRequest, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard isAllowed(request, id, key) else { return }
    switch request {
    case .offer(let offer): self.offer(offer, id, key, now)
    case .streamEnable(let stream): enable(stream, id, key, now)
    case .streamDisable(let kind):
      removeStream(kind, of: key, tellsShard: true, now)
      reply(.ok, to: id, of: key)
    case .setQuality(let streamID, let quality):
      wish(streamID, id, key) { $0.cap = quality.layerCap }
    case .pauseStream(let streamID): wish(streamID, id, key) { $0.isPaused = true }
    case .resumeStream(let streamID): wish(streamID, id, key) { $0.isPaused = false }
    case .publish(let message): publish(message, id, key, now)
    case .subscribe(let topic): subscribe(topic, id, key)
    case .unsubscribe(let topic):
      unsubscribe(topic, key)
      reply(.ok, to: id, of: key)
    case .remove(let participantID):
      if let relay = shownRelay(participantID) {
        reply(.ok, to: id, of: key)
        return endIncoming(at: relay, .stopped, now)
      }
      guard joinedKey(participantID) != nil else { return refuse(id, of: key, .notFound) }
      reply(.ok, to: id, of: key)
      remove(participantID, .removePeer, now)
    case .respondEntry(let participantID, let decision):
      respondEntry(of: participantID, decision, id, key, now)
    case .requestMedia(let participantID, let kind):
      requestMedia(of: participantID, kind, id, key, now)
    case .disableMedia(let participantID, let kind):
      disableMedia(of: participantID, kind, id, key, now)
    case .pin(let pin): self.pin(pin, true, id, key, now)
    case .unpin(let pin): self.pin(pin, false, id, key, now)
    case .changeMode(let mode, let participantID):
      changeMode(of: participantID, to: mode, id, key, now)
    case .storeSet(let name, let value): storeSet(name, value, id, key, now)
    case .storeGet(let name): storeGet(name, id, key)
    case .storeObserve(let name): storeObserve(name, id, key)
    case .storeUnobserve(let name): storeUnobserve(name, id, key)
    case .startOutput(let type, let request): startOutput(type, request, id, key, now)
    case .stopOutput(let type, let outputID): stopOutput(type, outputID, id, key, now)
    case .switchRoom: switchRoom(key)
    case .relayRequest(let relay): relayRequest(relay, id, key, now)
    case .relayRespond(let response): relayRespond(response, id, key, now)
    case .relayStop(let destination): relayStop(destination, id, key, now)
    case .report(let report): take(report, id, key)
    case .leave:
      reply(.ok, to: id, of: key)
      leave(key, .manualLeave, .told(closeCode: 1000), now)
    case .end:
      reply(.ok, to: id, of: key)
      endSession(.endedByParticipant, .roomClose, closeCode: 1000, now)
    }
  }

  /// Refuses the request unless the table of rights grants it to the participant's token.
  private mutating func isAllowed(
    _ request: ClientRequest, _ id: Int, _ key: ParticipantKey
  ) -> Bool {
    guard let participant = participants[key] else { return false }
    do throws(ControlError) {
      let operation = request.operation(by: participant.participantID)
      try participant.access.require(operation)
      if participant.isHidden, !operation.isForComposers {
        throw .forbidden("Composers only watch.")
      }
      return true
    } catch {
      refuse(id, of: key, .notPermitted, error.message)
      return false
    }
  }

  private mutating func enable(
    _ stream: StreamOnLine, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    guard let participant = participants[key] else { return }
    guard participant.mode.mayPublish else {
      return refuse(id, of: key, .notPermitted, "This mode does not send streams.")
    }
    if let known = participant.stream(stream.kind) {
      guard known.mid == stream.mid else {
        return refuse(
          id, of: key, .invalidParameter,
          "A stream of this kind is on the m-line '\(known.mid)' already.")
      }
      return reply(.stream(streamID: known.streamID), to: id, of: key)
    }
    let all = participant.streams.map { StreamOnLine(kind: $0.kind, mid: $0.mid) } + [stream]
    if let message = Self.objection(to: all) {
      return refuse(id, of: key, .invalidParameter, message)
    }
    announce(stream, key, now)
    publish([stream.kind], of: key)
    if let streamID = participants[key]?.stream(stream.kind)?.streamID {
      reply(.stream(streamID: streamID), to: id, of: key)
    }
  }

  /// Adds a stream and tells the others; it flows when it is published.
  mutating func announce(_ stream: StreamOnLine, _ key: ParticipantKey, _ now: Moment) {
    addStream(stream, of: key, now)
    guard let participant = participants[key], let added = participant.stream(stream.kind) else {
      return
    }
    broadcast(
      .streamEnabled(participantID: participant.participantID, added.description), except: key,
      now)
    if choosePresenter() { broadcast(.presenterChanged(participantID: presenterID), now) }
  }

  private mutating func wish(
    _ streamID: String, _ id: Int, _ key: ParticipantKey,
    _ change: (inout StreamWish) -> Void
  ) {
    guard let stream = remoteStream(streamID, for: key) else {
      return refuse(id, of: key, .notFound, "There is no such remote stream.")
    }

    let before = participants[key]?.wishes[streamID] ?? StreamWish()
    var wish = before
    change(&wish)
    participants[key]?.wishes[streamID] = wish
    if let shard, let track = stream.track, participants[key]?.media.isUp == true,
      let endpoint = participants[key]?.media.endpoint
    {
      if let cap = wish.cap, cap != before.cap {
        effects.append(.shard(shard, .setLayerCap(track, endpoint: endpoint, cap)))
      }
      if wish.isPaused != before.isPaused {
        effects.append(.shard(shard, .setPaused(track, endpoint: endpoint, wish.isPaused)))
      }
    }
    reply(.ok, to: id, of: key)
  }
}

extension StreamQuality {
  var layerCap: LayerCap {
    switch self {
    case .low: .low
    case .med: .medium
    case .high: .high
    }
  }
}
