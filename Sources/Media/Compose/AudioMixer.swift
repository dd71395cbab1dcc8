internal import Wire

/// Mixes everybody's sound on the composition's timeline.
///
/// Each sample is heard at the time it was added for. Clocks that run a little fast or slow are followed by
/// resampling, gaps are silence with soft edges, and the sum is limited softly.
package struct AudioMixer {
  package struct Counters: Equatable, Sendable {
    /// Frames that came after their time had been mixed.
    package var lateFrames = 0
    /// Frames further ahead than a source may be, or of a source too many.
    package var refusedFrames = 0
    /// Jumps of a source's time that were too far to be followed by resampling.
    package var jumps = 0

    package init() {}
  }

  /// Sources at once; more are not heard.
  package static let maximumSources = 256
  /// Frames a source may be ahead of what was mixed: 2 s.
  package static let maximumAhead = 2 * AudioSamples.rate
  /// Frames; a source that is silent for so long is forgotten: 10 s.
  static let maximumIdle = 10 * Int64(AudioSamples.rate)

  package private(set) var counters = Counters()
  private var sources: [String: AudioSource] = [:]
  private var limiter = SoftLimiter()
  /// The first frame that was not handed out yet, and the first that was not summed up yet.
  private var position: Int64?
  private var summedUntil: Int64 = 0

  package init() {}

  /// Frames that wait, of all sources.
  package var queuedFrameCount: Int { sources.values.reduce(0) { $0 + $1.frameCount } }

  /// Adds what a source sent; in the order in which it was captured.
  ///
  /// - Parameters:
  ///   - id: of a source with a clock of its own: a participant's microphone and its screen's sound are two.
  ///   - time: of the first frame. Frames before what was mixed already are dropped.
  package mutating func add(_ samples: AudioSamples, from id: String, at time: MediaTime) {
    guard samples.frameCount > 0 else { return }
    let start = time.number(rate: Int64(AudioSamples.rate))
    if sources[id] == nil {
      guard sources.count < Self.maximumSources else {
        counters.refusedFrames += samples.frameCount
        return
      }
      sources[id] = AudioSource()
    }
    sources[id]?.add(
      samples, at: start, notBefore: position == nil ? nil : summedUntil, counters: &counters)
  }

  /// Forgets a source once it has been heard to its end.
  package mutating func remove(_ id: String) { sources[id]?.finish() }

  /// Hands out the next frames of the mix.
  ///
  /// - Parameters:
  ///   - frameCount: 0...`maximumAhead`.
  ///   - time: where the call before ended; elsewhere it begins anew.
  package mutating func mix(frameCount: Int, at time: MediaTime) -> AudioSamples {
    let frameCount = min(max(frameCount, 0), Self.maximumAhead)
    let start = time.number(rate: Int64(AudioSamples.rate))
    if position != start {
      limiter = SoftLimiter()
      // The limiter's delay is made up for by summing up a little ahead.
      _ = sum(from: start, count: SoftLimiter.delay)
    }
    position = start + Int64(frameCount)
    return AudioSamples(interleaved: sum(from: summedUntil, count: frameCount))
  }

  private mutating func sum(from start: Int64, count: Int) -> [Float] {
    var mix = [Float](repeating: 0, count: count * AudioSamples.channelCount)
    // A copy: the view would share the queues, and each change of one copy it.
    for id in Array(sources.keys) {
      sources[id]?.take(from: start, into: &mix)
      if let end = sources[id]?.end, start - end > Self.maximumIdle { sources[id] = nil }
    }
    limiter.process(&mix)
    summedUntil = start + Int64(count)
    return mix
  }
}
