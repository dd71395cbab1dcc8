package import SFU

/// How good some seconds of a participant's call were; sent and received are the participant's.
package struct QualitySample: Sendable, Equatable {
  /// How long it covers.
  package var milliseconds: Int
  package var sentAudioLost = 0
  package var sentVideoLost = 0
  package var receivedAudioLost = 0
  package var receivedVideoLost = 0
  /// Milliseconds, like the three after it; `nil` if not measured, or nothing of the kind flowed.
  package var audioRoundTrip: Double?
  package var videoRoundTrip: Double?
  package var audioJitter: Double?
  package var videoJitter: Double?
  /// Bits per second, like the three after it.
  package var sentAudioRate = 0
  package var sentVideoRate = 0
  package var receivedAudioRate = 0
  package var receivedVideoRate = 0
  /// 0...5, of the worse direction; `nil` if nothing flowed.
  package var audioScore: Double?
  package var videoScore: Double?
  package var freezes = 0
  package var frozenMilliseconds = 0
  /// Videos shown, in the order of `SizeCounts.lines`.
  package var shown = [0, 0, 0, 0, 0, 0]

  package init(milliseconds: Int) {
    self.milliseconds = milliseconds
  }

  /// Weighs what a shard counted.
  package init(_ quality: EndpointQuality) {
    self.init(milliseconds: max(quality.milliseconds, 1))
    let seconds = Double(milliseconds) / 1_000
    func rate(_ flow: MediaFlow?) -> Int {
      flow.map { Int(Double($0.bytes) * 8 / seconds) } ?? 0
    }
    func inMilliseconds(_ microseconds: Int?) -> Double? { microseconds.map { Double($0) / 1_000 } }
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    sentAudioLost = quality.sentAudio?.lost ?? 0
    sentVideoLost = quality.sentVideo?.lost ?? 0
    receivedAudioLost = quality.receivedAudio?.lost ?? 0
    receivedVideoLost = quality.receivedVideo?.lost ?? 0
    sentAudioRate = rate(quality.sentAudio)
    sentVideoRate = rate(quality.sentVideo)
    receivedAudioRate = rate(quality.receivedAudio)
    receivedVideoRate = rate(quality.receivedVideo)

    let audio = [quality.sentAudio, quality.receivedAudio].compactMap { $0 }
    let video = [quality.sentVideo, quality.receivedVideo].compactMap { $0 }
    audioJitter = mean(audio.map { inMilliseconds($0.jitterMicroseconds) })
    videoJitter = mean(video.map { inMilliseconds($0.jitterMicroseconds) })
    // Only what is received is timed, but both ways of all media are the same way.
    let roundTrip = inMilliseconds(quality.roundTripMicroseconds)
    if !audio.isEmpty {
      audioRoundTrip = inMilliseconds(quality.receivedAudio?.roundTripMicroseconds) ?? roundTrip
    }
    if !video.isEmpty {
      videoRoundTrip = inMilliseconds(quality.receivedVideo?.roundTripMicroseconds) ?? roundTrip
    }

    let audioDelay = audioRoundTrip ?? 0
    audioScore = audio.map {
      AudioScore.score(
        loss: $0.lossShare, roundTrip: audioDelay,
        jitter: inMilliseconds($0.jitterMicroseconds) ?? 0)
    }.min()
    freezes = quality.freezes
    frozenMilliseconds = quality.frozenMilliseconds
    let sent = quality.sentVideo.map { videoScore($0, isReceived: false) }
    let received = quality.receivedVideo.map { videoScore($0, isReceived: true) }
    videoScore = [sent, received].compactMap { $0 }.min()
    shown = quality.shown?.counts ?? shown
  }

  private func videoScore(_ flow: MediaFlow, isReceived: Bool) -> Double {
    var input = VideoScore.Input()
    let repaired = min(flow.repaired, flow.lost)
    if flow.packets > 0 {
      input.loss = Double(flow.lost - repaired) / Double(flow.packets)
      input.repaired = Double(repaired) / Double(flow.packets)
    }
    input.roundTrip = videoRoundTrip ?? 0
    let seconds = Double(milliseconds) / 1_000
    if isReceived {
      input.frozen = Double(frozenMilliseconds) / Double(milliseconds)
      input.freezesPerMinute = Double(freezes) * 60 / seconds
    }
    if let pixels = flow.pixelsPerSecond, pixels > 0 {
      input.bitsPerPixel = Double(flow.bytes) * 8 / seconds / Double(pixels)
    }
    input.framesPerSecond = flow.framesPerSecond.map(Double.init)
    return VideoScore.score(input)
  }
}

extension MediaFlow {
  /// The share of its packets that did not arrive, 0...1.
  fileprivate var lossShare: Double {
    packets > 0 ? min(Double(max(lost - repaired, 0)) / Double(packets), 1) : 0
  }
}
