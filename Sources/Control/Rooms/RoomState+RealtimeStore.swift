import Signal

extension RoomState {
  mutating func storeSet(
    _ name: String, _ value: String?, _ id: Int, _ key: ParticipantKey, _ now: Moment
  ) {
    if let objection = objection(toStoreKey: name) {
      return refuse(id, of: key, .invalidParameter, objection)
    }
    if let value, value.utf8.count > RealtimeStore.maximumValueBytes {
      return refuse(
        id, of: key, .invalidParameter,
        "'value' has more than \(RealtimeStore.maximumValueBytes) bytes.")
    }
    guard let participantID = participants[key]?.participantID else { return }
    let known = session?.store.values[name]
    guard session?.store.set(name, to: value) == true else {
      return refuse(
        id, of: key, .invalidParameter,
        "The store has \(RealtimeStore.maximumKeys) keys already; take one out with null.")
    }
    reply(.ok, to: id, of: key)
    guard known != nil || value != nil else { return }
    let body = SharedBody(
      ServerEvent.storeChanged(key: name, value: value, updatedBy: participantID))
    for observer in session?.store.observers(of: name) ?? [] { send(body, to: observer, now) }
  }

  mutating func storeGet(_ name: String, _ id: Int, _ key: ParticipantKey) {
    if let objection = objection(toStoreKey: name) {
      return refuse(id, of: key, .invalidParameter, objection)
    }
    reply(.storeValue(key: name, value: session?.store.values[name]), to: id, of: key)
  }

  mutating func storeObserve(_ name: String, _ id: Int, _ key: ParticipantKey) {
    if let objection = objection(toStoreKey: name) {
      return refuse(id, of: key, .invalidParameter, objection)
    }
    guard session?.store.observe(name, key) == true else {
      return refuse(
        id, of: key, .invalidParameter,
        "A participant can observe \(RealtimeStore.maximumObserved) keys.")
    }
    reply(.storeValue(key: name, value: session?.store.values[name]), to: id, of: key)
  }

  mutating func storeUnobserve(_ name: String, _ id: Int, _ key: ParticipantKey) {
    session?.store.stopObserving(name, key)
    reply(.ok, to: id, of: key)
  }

  private func objection(toStoreKey name: String) -> String? {
    (1...RealtimeStore.maximumKeyBytes).contains(name.utf8.count)
      ? nil : "'key' has 1 to \(RealtimeStore.maximumKeyBytes) bytes."
  }
}
