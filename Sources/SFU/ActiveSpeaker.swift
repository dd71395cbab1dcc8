public import Wire

/// Finds who speaks in a room from the audio levels of packets (RFC 6464).
///
/// In: `levelReceived` per packet, `evaluate` every `interval`. A talker takes over after
/// `takeover` of being clearly louder than the present speaker, or at once loud enough when nobody speaks;
/// a cough is shorter than that. After `silence` without speech nobody is the speaker.
public struct ActiveSpeaker: Sendable {
  public static let interval = Nanoseconds.milliseconds(40)
  /// Speech louder than the speaker's for this long is a turn, less is a cough or a "yes".
  public static let takeover = Nanoseconds.milliseconds(240)
  /// People pause for breath and thought this long without ceding their turn.
  public static let silence = Nanoseconds.milliseconds(2_500)
  /// dB below overload; quieter is room noise.
  public static let threshold: UInt8 = 55
  /// dB by which a challenger has to be louder than the speaker.
  public static let margin = 6.0

  private struct Talker {
    var endpoint: Int32
    /// Smoothed loudness in dB above -127; 0 is silence.
    var loudness = 0.0
    /// The loudest level since the last evaluation, dB above -127.
    var peak: UInt8 = 0
    var louderSince: MonotonicTime?
    var lastHeard: MonotonicTime
  }
  private var talkers: [Talker] = []
  public private(set) var current: Int32?
  private var nextEvaluation: MonotonicTime?

  public init() {}

  /// When `evaluate` next has work; `nil` while nobody is heard.
  public var deadline: MonotonicTime? { nextEvaluation }

  /// Notes one audio packet's level.
  public mutating func levelReceived(
    _ level: AudioLevel, from endpoint: Int32, at now: MonotonicTime
  ) {
    guard level.negativeDecibels <= Self.threshold else { return }
    let loudness = 127 - level.negativeDecibels
    if let position = talkers.firstIndex(where: { $0.endpoint == endpoint }) {
      talkers[position].peak = max(talkers[position].peak, loudness)
      talkers[position].lastHeard = now
    } else {
      talkers.append(Talker(endpoint: endpoint, peak: loudness, lastHeard: now))
    }
    if nextEvaluation == nil { nextEvaluation = now + Self.interval }
  }

  public mutating func remove(_ endpoint: Int32) {
    talkers.removeAll { $0.endpoint == endpoint }
    if current == endpoint { current = nil }
  }

  /// Weighs what was heard; true if `current` changed.
  public mutating func evaluate(at now: MonotonicTime) -> Bool {
    guard let due = nextEvaluation, due <= now else { return false }
    let before = current
    for position in talkers.indices {
      let peak = Double(talkers[position].peak)
      // Quick to rise, slow to fall: syllables have gaps.
      let weight = peak > talkers[position].loudness ? 0.45 : 0.2
      talkers[position].loudness += (peak - talkers[position].loudness) * weight
      talkers[position].peak = 0
    }
    if let speaker = current {
      let quiet = talkers.first { $0.endpoint == speaker }.map { now - $0.lastHeard > Self.silence }
      if quiet ?? true { current = nil }
    }
    let bar = talkers.first { $0.endpoint == current }?.loudness ?? 0
    for position in talkers.indices where talkers[position].endpoint != current {
      let isSpeech = talkers[position].loudness > Double(127 - Self.threshold) * 0.75
      guard isSpeech, talkers[position].loudness > bar + (current == nil ? 0 : Self.margin) else {
        talkers[position].louderSince = nil
        continue
      }
      if talkers[position].louderSince == nil { talkers[position].louderSince = now }
    }
    let challenger =
      talkers
      .filter { $0.louderSince.map { now - $0 >= Self.takeover } ?? false }
      .max { $0.loudness < $1.loudness }
    if let challenger {
      current = challenger.endpoint
      for position in talkers.indices { talkers[position].louderSince = nil }
    }
    talkers.removeAll { $0.endpoint != current && now - $0.lastHeard > Self.silence }
    nextEvaluation = talkers.isEmpty && current == nil ? nil : now + Self.interval
    return current != before
  }
}
