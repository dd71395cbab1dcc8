/// Small values that a session's participants share, and who wants to hear of which.
struct RealtimeStore: Sendable {
  static let maximumKeys = 100
  static let maximumKeyBytes = 128
  static let maximumValueBytes = 1_024
  /// Keys one participant may observe, whether they have values or not.
  static let maximumObserved = 100

  private(set) var values: [String: String] = [:]
  private var observers: [String: [ParticipantKey]] = [:]

  /// False, and nothing changed, if that would be one key too many.
  mutating func set(_ key: String, to value: String?) -> Bool {
    guard value == nil || values[key] != nil || values.count < Self.maximumKeys else {
      return false
    }
    values[key] = value
    return true
  }

  /// Who observes a key, in the order they began.
  func observers(of key: String) -> [ParticipantKey] { observers[key, default: []] }

  /// False if the participant observes too many already.
  mutating func observe(_ key: String, _ participant: ParticipantKey) -> Bool {
    if observers(of: key).contains(participant) { return true }
    guard observers.count(where: { $0.value.contains(participant) }) < Self.maximumObserved else {
      return false
    }
    observers[key, default: []].append(participant)
    return true
  }

  mutating func stopObserving(_ key: String, _ participant: ParticipantKey) {
    observers[key]?.removeAll { $0 == participant }
    if observers[key]?.isEmpty == true { observers[key] = nil }
  }

  /// Forgets a participant who left.
  mutating func forget(_ participant: ParticipantKey) {
    for key in observers.keys { stopObserving(key, participant) }
  }
}
