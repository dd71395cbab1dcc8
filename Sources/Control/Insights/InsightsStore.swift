package import Signal

/// What is stored of the quality of calls.
///
/// Sessions are found by naming a tenant first, as in `Store`.
package protocol InsightsStore: Sendable {
  /// The samples of one participant, or of all of a session put together; oldest first.
  ///
  /// At most `SampleSeries.maximumCount`, the latest.
  func samples(
    session: SessionID, participantID: String?
  ) async throws(StoreError) -> [SampleSeries.Point]

  /// The stays of a participant, oldest first.
  func stays(session: SessionID, participantID: String) async throws(StoreError) -> [StayRecord]

  /// What a tenant used between two moments; of one API key if it is named.
  func usage(
    tenant: TenantID, apiKey: String?, from: Timestamp, to: Timestamp, at now: Timestamp
  ) async throws(StoreError) -> UsageResource

  /// Thins some of the samples that are older than `fine`, and removes those older than `all`.
  ///
  /// - Returns: whether there is more to thin, for another call.
  func thinSamples(
    olderThan fine: Timestamp, removingOlderThan all: Timestamp
  ) async throws(StoreError) -> Bool
}

/// Samples over time.
package enum SampleSeries {
  /// A day of samples five seconds apart and some weeks of thinned ones.
  package static let maximumCount = 50_000

  package struct Point: Sendable, Equatable {
    package var time: Timestamp
    package var sample: QualitySample
  }

  /// Puts together samples of one time.
  ///
  /// Losses, rates and videos add up, delays and scores are means; `span` is the longest.
  static func sum(_ samples: [QualitySample]) -> QualitySample {
    var sum = QualitySample(milliseconds: samples.map(\.milliseconds).max() ?? 0)
    func mean(_ path: KeyPath<QualitySample, Double?>) -> Double? {
      var mean = ScoreMean()
      for sample in samples { mean.add(sample[keyPath: path], for: max(sample.milliseconds, 1)) }
      return mean.milliseconds > 0 ? mean.sum / Double(mean.milliseconds) : nil
    }
    for sample in samples {
      sum.sentAudioLost += sample.sentAudioLost
      sum.sentVideoLost += sample.sentVideoLost
      sum.receivedAudioLost += sample.receivedAudioLost
      sum.receivedVideoLost += sample.receivedVideoLost
      sum.sentAudioRate += sample.sentAudioRate
      sum.sentVideoRate += sample.sentVideoRate
      sum.receivedAudioRate += sample.receivedAudioRate
      sum.receivedVideoRate += sample.receivedVideoRate
      sum.freezes += sample.freezes
      sum.frozenMilliseconds += sample.frozenMilliseconds
      sum.shown = zip(sum.shown, sample.shown).map(+)
    }
    sum.audioRoundTrip = mean(\.audioRoundTrip)
    sum.videoRoundTrip = mean(\.videoRoundTrip)
    sum.audioJitter = mean(\.audioJitter)
    sum.videoJitter = mean(\.videoJitter)
    sum.audioScore = mean(\.audioScore)
    sum.videoScore = mean(\.videoScore)
    return sum
  }
}
