import SFU
import Signal
import Synchronization

/// What one room says to another.
struct RelayEnvelope: Sendable {
  enum Content: Sendable {
    /// To the room that the request names, once it is found.
    case find(Relay, RelayRequest, AccessToken)
    case message(RelayMessage, to: RoomID)
  }
  let sender: RoomID
  let content: Content
}

/// Carries the messages of relays from room to room, one after the other.
extension RoomDirectory {
  /// Queues a message; never waits.
  nonisolated func post(_ envelope: RelayEnvelope) {
    let isFirst = relayQueue.withLock { queue in
      queue.waiting.append(envelope)
      defer { queue.isBusy = true }
      return !queue.isBusy
    }
    // Rooms do not wait for each other; it ends when the queue is empty.
    if isFirst { Task { await self.deliverAll() } }
  }

  private func deliverAll() async {
    while let envelope = nextEnvelope() { await deliver(envelope) }
  }

  private nonisolated func nextEnvelope() -> RelayEnvelope? {
    relayQueue.withLock { queue in
      let next = queue.waiting.popFirst()
      if next == nil { queue.isBusy = false }
      return next
    }
  }

  private func deliver(_ envelope: RelayEnvelope) async {
    switch envelope.content {
    case .find(let relay, let request, let access):
      do throws(SignallingRefusal) {
        let room = try await relayDestination(of: relay, request, access)
        await room.receive(.requested(relay), from: envelope.sender)
      } catch {
        await live[envelope.sender]?.receive(.refused(relay.number, error), from: envelope.sender)
      }
    case .message(let message, let destination):
      guard let room = live[destination] else {
        return await bounce(message, to: envelope.sender, from: destination)
      }
      await room.receive(message, from: envelope.sender)
      if case .responded(_, .accepted, _) = message { await colocate(destination) }
    }
  }

  private func relayDestination(
    of relay: Relay, _ request: RelayRequest, _ access: AccessToken
  ) async throws(SignallingRefusal) -> Room {
    let join = JoinRequest(
      token: request.token ?? "", meetingID: request.destinationMeetingID,
      participantID: relay.participantID)
    let access = if request.token == nil { try stillValid(access) } else { try admit(join) }
    let record: RoomRecord
    do {
      record = try await destination(request.destinationMeetingID, access)
    } catch {
      throw error.code == .invalidMeetingID
        ? SignallingRefusal(.requestMediaRelayFailed, "There is no such meeting.") : error
    }
    guard record.roomID != relay.origin else {
      throw SignallingRefusal(.invalidParameter, "The participant is in that meeting.")
    }
    guard let room = live[record.roomID] else {
      throw SignallingRefusal(.requestMediaRelayFailed)
    }
    return room
  }

  /// The room it was for is gone: the other one has to know.
  private func bounce(_ message: RelayMessage, to sender: RoomID, from gone: RoomID) async {
    switch message {
    case .delivered(let number), .responded(let number, _, _):
      await live[sender]?.receive(.withdrawn(number), from: gone)
    case .streams(let number, _):
      await live[sender]?.receive(.ended(number, .sessionEnded), from: gone)
    case .requested, .refused, .withdrawn, .ended: break
    }
  }

  /// Brings rooms that relay to each other to one shard, for tracks are forwarded within one.
  ///
  /// The rooms of the shard with most participants stay.
  private func colocate(_ room: RoomID) async {
    let placed = registry.placesLinked(to: room)
    var participants: [ShardNumber: Int] = [:]
    for (room, shard) in placed {
      participants[shard, default: 0] += await live[room]?.participantCount ?? 0
    }
    guard participants.count > 1,
      let target = participants.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key
    else { return }
    for (room, shard) in placed where shard != target { await live[room]?.move(to: target) }
  }
}
