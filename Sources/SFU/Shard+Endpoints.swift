import RTC
import Wire

/// Peer connections come, are negotiated anew, and go.
extension Shard {
  mutating func connect(
    _ number: EndpointNumber, room: RoomNumber, offer: String, at now: MonotonicTime
  ) {
    guard endpointSlots[number] == nil else {
      events.append(.refused(number, reason: "the endpoint is already connected"))
      return
    }
    do {
      let credentials = ICECredentials.random(using: &random)
      let agreed = try AgreedSession.answer(
        to: SessionDescription(parsing: offer), continuing: nil, as: identity(credentials),
        using: &random)
      let secure = try SecureTransport(
        role: agreed.isDTLSServer ? .server : .client, context: dtls,
        remoteFingerprints: agreed.fingerprints)
      let roomSlot = slot(of: room)
      let slot = endpoints.insert(
        Endpoint(
          number: number, room: roomSlot, ssrc: agreed.reporterSSRC,
          ice: ICELiteAgent(local: credentials), secure: secure, session: agreed, at: now))
      endpointSlots[number] = slot
      users[credentials.fragment] = Int32(slot)
      rooms[roomSlot].endpoints.append(Int32(slot))
      schedule(.consent, of: slot, by: now + ICELiteAgent.consentTimeout)
      prepareLines(of: slot)
      events.append(.answered(number, answer: agreed.answer.text))
    } catch {
      events.append(.refused(number, reason: "\(error)"))
    }
  }

  mutating func renegotiate(_ number: EndpointNumber, offer: String, at now: MonotonicTime) {
    guard let slot = endpointSlots[number] else {
      events.append(.refused(number, reason: "the endpoint is not connected"))
      return
    }
    do {
      let description = try SessionDescription(parsing: offer)
      var credentials = endpoints[slot].ice.local
      let isRestart = endpoints[slot].session.isICERestart(description)
      if isRestart { credentials = ICECredentials.random(using: &random) }
      let agreed = try AgreedSession.answer(
        to: description, continuing: endpoints[slot].session, as: identity(credentials),
        using: &random)
      if isRestart {
        if let stale = endpoints[slot].ice.previous { users[stale.fragment] = nil }
        endpoints[slot].ice.restart(with: credentials)
        users[credentials.fragment] = Int32(slot)
      }
      endpoints[slot].session = agreed
      prepareLines(of: slot)
      events.append(.answered(number, answer: agreed.answer.text))
      for subscription in endpoints[slot].subscriptions { seat(Int(subscription), at: now) }
    } catch {
      events.append(.refused(number, reason: "\(error)"))
    }
  }

  private func identity(_ credentials: ICECredentials) -> AgreedSession.LocalIdentity {
    AgreedSession.LocalIdentity(
      credentials: credentials, fingerprint: fingerprint, candidates: configuration.candidates)
  }

  /// Makes outgoing streams and seats for the lines of a new agreement.
  private mutating func prepareLines(of endpoint: Int) {
    let session = endpoints[endpoint].session
    for (index, line) in session.lines.enumerated() {
      if endpoints[endpoint].outgoing.count <= index { endpoints[endpoint].outgoing.append(-1) }
      guard line.isSending, endpoints[endpoint].outgoing[index] < 0 else { continue }
      let stream = outgoing.insert(
        OutgoingStream(
          ssrc: line.ssrc, repairSSRC: line.repairSSRC, isAudio: line.isAudio,
          extensions: OutgoingExtensions(line.extensions, isAudio: line.isAudio),
          using: &random))
      endpoints[endpoint].outgoing[index] = Int32(stream)
    }
    endpoints[endpoint].seats.update(
      audioLines: session.lines.indices.filter {
        session.lines[$0].isSending && session.lines[$0].isAudio
      },
      videoLines: session.lines.indices.filter {
        session.lines[$0].isSending && !session.lines[$0].isAudio
      })
  }

  mutating func removeEndpoint(_ slot: Int, at now: MonotonicTime, into outbox: inout Outbox) {
    if let path = endpoints[slot].mediaPath, !outbox.isFull {
      endpoints[slot].secure.close(at: now, path: path, into: &outbox)
    }
    for subscription in endpoints[slot].subscriptions {
      removeSubscription(Int(subscription), at: now)
    }
    for publication in endpoints[slot].publications {
      removeTrack(Int(publication.track), at: now)
    }
    let endpoint = endpoints.remove(slot)
    endpointSlots[endpoint.number] = nil
    users[endpoint.ice.local.fragment] = nil
    if let previous = endpoint.ice.previous { users[previous.fragment] = nil }
    for address in endpoint.ice.addresses where paths[address] == Int32(slot) {
      paths[address] = nil
    }
    for stream in endpoint.outgoing where stream >= 0 { _ = outgoing.remove(Int(stream)) }
    removeFromRoom(endpoint.room, Int32(slot))
  }

  /// The slot of a room, which is made when its first endpoint comes.
  private mutating func slot(of room: RoomNumber) -> Int {
    if let known = roomSlots[room] { return known }
    let slot = rooms.insert(ForwardingRoom(number: room))
    roomSlots[room] = slot
    return slot
  }

  private mutating func removeFromRoom(_ room: Int, _ endpoint: Int32) {
    rooms[room].endpoints.removeAll { $0 == endpoint }
    let wasSpeaking = rooms[room].speaker.current == endpoint
    rooms[room].speaker.remove(endpoint)
    if wasSpeaking { events.append(.activeSpeaker(rooms[room].number, nil)) }
    if rooms[room].endpoints.isEmpty {
      roomSlots[rooms[room].number] = nil
      _ = rooms.remove(room)
    }
  }
}
