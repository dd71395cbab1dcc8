/// What people would say of a call's sound, by the E-model (ITU-T G.107), simplified.
///
/// R = 93.2 − Id − Ie,eff. 93.2 is what a line without any fault gets. Id is what delay takes away,
/// Ie,eff what the codec and lost packets do. Opus by itself takes nothing (Ie = 0), and its redundancy
/// makes it robust (Bpl = 20: a fifth of the packets lost costs half of what can be lost).
package enum AudioScore {
  private static let faultless = 93.2
  /// Percent of loss at which half the impairment is reached; Opus with FEC.
  private static let lossRobustness = 20.0
  /// Milliseconds that 20 ms packets and the least playout buffer take in any case.
  private static let leastBuffer = 40.0

  /// A mean opinion score, 1...4.5.
  ///
  /// - Parameters:
  ///   - loss: share of the packets that were lost, 0...1.
  ///   - roundTrip: milliseconds; half of it is the delay of one way.
  ///   - jitter: milliseconds; playout buffers hold about twice as much.
  package static func score(loss: Double, roundTrip: Double, jitter: Double) -> Double {
    let delay = max(roundTrip, 0) / 2 + leastBuffer + 2 * max(jitter, 0)
    // Beyond 177.3 ms people begin to talk at the same time (G.107 §7.4, as Cole and Rosenbluth fit it).
    let delayImpairment = 0.024 * delay + 0.11 * max(delay - 177.3, 0)
    let percent = min(max(loss, 0), 1) * 100
    let lossImpairment = 95 * percent / (percent + lossRobustness)
    return opinion(faultless - delayImpairment - lossImpairment)
  }

  /// G.107 Annex B: a rating as a mean opinion score.
  static func opinion(_ rating: Double) -> Double {
    if rating <= 0 { return 1 }
    if rating >= 100 { return 4.5 }
    // The cubic dips below 1 for the lowest ratings, which mean nothing.
    return max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
  }
}
