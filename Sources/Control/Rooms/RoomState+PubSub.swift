import Signal

extension RoomState {
  mutating func publish(
    _ request: PublishRequest, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    if let message = objection(to: request) {
      return refuse(id, of: key, .invalidParameter, message)
    }
    let persists = request.persist ?? false
    if backlog == .refusesAll || (persists && backlog == .refusesPersistence) {
      return refuse(id, of: key, .internalError, "The server cannot store messages now.")
    }
    // The participant's own share first: who is over it takes nothing of the others'.
    if participants[key]?.publishing.take(at: now.monotonic) != nil {
      let limit = configuration.quotas.messagesPerSecond
      return refuse(
        id, of: key, .quotaExceeded, "A participant publishes \(limit) messages per second.")
    }
    if publishing.take(at: now.monotonic) != nil {
      let limit = configuration.quotas.roomMessagesPerSecond
      return refuse(
        id, of: key, .quotaExceeded, "\(limit) messages per second are published in a room.")
    }
    // Only what is needed is taken out: a copy of the session or of a participant that lives on
    // would make the next change copy its whole history.
    session?.lastMessage += 1
    guard let sessionID = session?.id, let number = session?.lastMessage,
      let senderID = participants[key]?.participantID, let senderName = participants[key]?.name
    else { return }
    let message = PubSubMessage(
      messageID: "\(sessionID.rawValue)-\(number)", topic: request.topic,
      message: request.message, payload: request.payload, senderID: senderID,
      senderName: senderName, timestamp: now.wall.milliseconds)
    let json = SignalJSON.encode(message)
    if persists { keep(message, json, sendOnly: request.sendOnly) }

    let body = SharedBody(
      bytes: Array(#""message":"#.utf8) + json + Array(#","type":"pubsub"}"#.utf8))
    let chosen = request.sendOnly.map(Set.init)
    for receiver in subscribers[request.topic, default: []] {
      if let chosen {
        guard let name = participants[receiver]?.participantID, chosen.contains(name) else {
          continue
        }
      }
      send(body, to: receiver, now)
    }
    reply(
      .published(messageID: message.messageID, timestamp: message.timestamp), to: id, of: key)
    obeyLayout(request, of: key, now)
  }

  private mutating func keep(_ message: PubSubMessage, _ json: [UInt8], sendOnly: [String]?) {
    guard let id = session?.id else { return }
    let forgotten =
      session?.history.append(
        json, topic: message.topic, senderID: message.senderID, sendOnly: sendOnly) ?? []
    guard let ordinal = session?.history.lastOrdinal else { return }
    effects.append(
      .store(
        .message(id, MessageRecord(ordinal: ordinal, message: message, sendOnly: sendOnly))))
    if !forgotten.isEmpty {
      effects.append(.store(.messagesForgotten(id, ordinals: forgotten)))
    }
  }

  mutating func subscribe(_ topic: String, _ id: Int, _ key: ParticipantKey) {
    guard let participant = participants[key], let session else { return }
    if let message = objection(to: topic) {
      return refuse(id, of: key, .invalidParameter, message)
    }
    guard
      participant.topics.contains(topic)
        || participant.topics.count < configuration.pubSub.topicsPerParticipant
    else {
      return refuse(
        id, of: key, .invalidParameter,
        "A participant can be subscribed to \(configuration.pubSub.topicsPerParticipant) topics.")
    }
    if participants[key]?.topics.insert(topic).inserted == true {
      subscribers[topic, default: []].append(key)
    }
    answer(id, of: key, with: .history(topic: topic, through: session.history.lastOrdinal))
  }

  mutating func unsubscribe(_ topic: String, _ key: ParticipantKey) {
    guard participants[key]?.topics.remove(topic) != nil else { return }
    subscribers[topic]?.removeAll { $0 == key }
    if subscribers[topic]?.isEmpty == true { subscribers[topic] = nil }
  }

  /// The `history` reply, put together from messages that are JSON already.
  func historyBody(
    _ topic: String, for participantID: String, through ordinal: Int
  ) -> SharedBody {
    let messages =
      session?.history.messages(topic: topic, for: participantID, through: ordinal) ?? []
    var bytes = Array(#""messages":["#.utf8)
    bytes.reserveCapacity(messages.reduce(256) { $0 + $1.count + 1 })
    for (index, message) in messages.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += message
    }
    bytes += Array(#"],"topic":"#.utf8) + SignalJSON.encode(topic)
    bytes += Array(#","type":"history"}"#.utf8)
    return SharedBody(bytes: bytes)
  }

  private func objection(to request: PublishRequest) -> String? {
    let limits = configuration.pubSub
    if let objection = objection(to: request.topic) { return objection }
    let size = request.message.byteCount + (request.payload?.byteCount ?? 0)
    if size > limits.messageBytes {
      return "A message with its payload has at most \(limits.messageBytes) bytes."
    }
    if let sendOnly = request.sendOnly {
      if sendOnly.count > limits.sendOnlyCount {
        return "'sendOnly' names at most \(limits.sendOnlyCount) participants."
      }
      if !sendOnly.allSatisfy(ParticipantIDRule.allows) {
        return "'sendOnly' names something that is no participant id."
      }
    }
    return nil
  }

  private func objection(to topic: String) -> String? {
    // Characters may be long; four bytes each are enough for any that stands for itself.
    let limit = configuration.pubSub.topicLength
    return topic.isEmpty || topic.count > limit || topic.utf8.count > 4 * limit
      ? "A topic has 1 to \(limit) characters." : nil
  }
}
