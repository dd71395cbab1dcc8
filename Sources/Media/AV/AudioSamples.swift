/// Sound as all of the composition hears it: 48 kHz, stereo, float.
package struct AudioSamples: Equatable, Sendable {
  /// Samples in a second.
  package static let rate = 48_000
  package static let channelCount = 2

  /// Left and right by turns; full scale is ±1.
  ///
  /// An odd last value belongs to no frame and is not played.
  package var interleaved: [Float]

  /// Moments in time; each has one sample for each channel.
  package var frameCount: Int { interleaved.count / Self.channelCount }

  package init(interleaved: [Float]) { self.interleaved = interleaved }

  /// Silence.
  package init(silentFrameCount count: Int) {
    interleaved = [Float](repeating: 0, count: max(0, count) &* Self.channelCount)
  }
}
