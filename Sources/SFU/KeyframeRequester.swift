public import Wire

/// Merges all wishes for a keyframe of one stream into few requests (RFC 4585 §6.3.1, RFC 5104 §4.3.1).
public struct KeyframeRequester: Sendable {
  /// An encoder asked more often only wastes its rate on keyframes.
  public static let interval = Nanoseconds.milliseconds(500)

  private var lastRequest: MonotonicTime?
  public private(set) var isWanted = false

  public init() {}

  public mutating func want() {
    isWanted = true
  }

  public mutating func keyframeReceived() {
    isWanted = false
  }

  /// When `poll` next has work.
  public var deadline: MonotonicTime? {
    guard isWanted else { return nil }
    return lastRequest.map { $0 + Self.interval } ?? MonotonicTime(nanoseconds: 0)
  }

  /// True when a request is to be sent now; repeated until the keyframe comes.
  public mutating func poll(at now: MonotonicTime) -> Bool {
    guard isWanted else { return false }
    if let lastRequest, now - lastRequest < Self.interval { return false }
    lastRequest = now
    return true
  }
}
