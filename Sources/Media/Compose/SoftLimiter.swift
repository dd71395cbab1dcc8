/// Keeps a sum of voices within full scale, and leaves alone what is below.
///
/// Looks ahead: the gain has sunk before the loud moment comes, and rises slowly after it, so that nothing is
/// distorted. Frames come out `delay` later than they went in.
struct SoftLimiter {
  /// Frames, 2.7 ms: shorter than anybody hears, long enough for a gain to sink without a click.
  static let window = 128
  static let delay = window - 1
  /// Below this, the sound is not touched.
  static let knee: Float = 0.7
  /// Never reached.
  static let ceiling: Float = 0.985
  /// For each sample, of what is missing to full gain: two thirds are back after a third of a second.
  static let release: Float = 1 / 16_000

  private var delayed = [Float](repeating: 0, count: window * 2)
  /// Gains that the frames of the window ask for: the smallest, then the smallest of those behind it, and so on.
  private var minima: [(number: Int, gain: Float)] = []
  /// What the last frames lacked to full gain, after hold and release; their mean is applied.
  private var lacks = [Float](repeating: 0, count: window)
  private var sumOfLacks: Double = 0
  private var lackingCount = 0
  private var gain: Float = 1
  private var number = 0

  /// The gain at which a peak stays below the ceiling.
  static func gain(forPeak peak: Float) -> Float {
    guard peak > knee else { return 1 }
    let room = ceiling - knee
    // Bends over: near the knee almost 1, far from it almost the ceiling.
    let over = (peak - knee) / room
    return (knee + room * (over / (1 + over))) / peak
  }

  mutating func process(_ samples: inout [Float]) {
    if passThrough(&samples) {
      number += samples.count / 2
      return
    }
    for frame in 0..<(samples.count / 2) {
      let (left, right) = (samples[2 * frame], samples[2 * frame + 1])
      let wanted = Self.gain(forPeak: max(abs(left), abs(right)))
      while let last = minima.last, last.gain >= wanted { minima.removeLast() }
      if wanted < 1 { minima.append((number, wanted)) }
      if let first = minima.first, first.number <= number - Self.window { minima.removeFirst() }

      gain = min(minima.first?.gain ?? 1, gain + (1 - gain) * Self.release)
      // So near to full gain that it makes no difference in 24 bits.
      if gain > 0.999_999_9 { gain = 1 }
      let slot = number % Self.window
      let lack = 1 - gain
      lackingCount += (lack > 0 ? 1 : 0) - (lacks[slot] > 0 ? 1 : 0)
      sumOfLacks += Double(lack) - Double(lacks[slot])
      lacks[slot] = lack
      // Rounding must not leave anything behind.
      if lackingCount == 0 { sumOfLacks = 0 }

      delayed[2 * slot] = left
      delayed[2 * slot + 1] = right
      // The oldest frame of the window.
      let oldest = (slot + 1) % Self.window
      let applied = 1 - Float(sumOfLacks / Double(Self.window))
      samples[2 * frame] = delayed[2 * oldest] * applied
      samples[2 * frame + 1] = delayed[2 * oldest + 1] * applied
      number += 1
    }
  }

  /// Delays sound that nothing has to be done to, nor to what is delayed already; false if there is something to do.
  private mutating func passThrough(_ samples: inout [Float]) -> Bool {
    guard minima.isEmpty, lackingCount == 0, gain == 1 else { return false }
    let frameCount = samples.count / 2
    let first = number % Self.window
    return samples.withUnsafeMutableBufferPointer { samples in
      delayed.withUnsafeMutableBufferPointer { delayed in
        // Not `max`: what is no number has to be seen as well.
        for index in 0..<(frameCount * 2) where !(abs(samples[index]) <= Self.knee) { return false }
        var slot = first
        for frame in 0..<frameCount {
          let oldest = slot + 1 == Self.window ? 0 : slot + 1
          delayed[2 * slot] = samples[2 * frame]
          delayed[2 * slot + 1] = samples[2 * frame + 1]
          samples[2 * frame] = delayed[2 * oldest]
          samples[2 * frame + 1] = delayed[2 * oldest + 1]
          slot = oldest
        }
        return true
      }
    }
  }
}
