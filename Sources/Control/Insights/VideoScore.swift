/// What people would say of a call's pictures: 5 times a factor of 0...1 for each thing that is wrong.
///
/// There is no standard that needs as little as a server sees, so the factors are our own, each
/// documented here and in docs/insights.md, and each falling with what it is for.
package enum VideoScore {
  /// What a server knows of some seconds of video.
  package struct Input: Sendable, Equatable {
    /// Share of the packets that were lost and never repaired, 0...1.
    package var loss = 0.0
    /// Share of the packets that came late, as a repair, 0...1.
    package var repaired = 0.0
    /// Share of the time without a new picture, 0...1.
    package var frozen = 0.0
    package var freezesPerMinute = 0.0
    /// Milliseconds.
    package var roundTrip = 0.0
    /// `nil` if the size of the pictures is not known.
    package var bitsPerPixel: Double?
    /// `nil` without a camera.
    package var framesPerSecond: Double?

    package init() {}
  }

  /// Below so few bits for a pixel, pictures of people dissolve into blocks: 70 kbit/s at 640×360 and 30 a second.
  private static let leanBitsPerPixel = 0.01
  /// Below so many frames a second lips are not read any more.
  private static let slowFramesPerSecond = 15.0

  /// 0...5; more loss, repairs, delay or freezes never raise it, more bits or frames never lower it.
  package static func score(_ input: Input) -> Double {
    let percent = 100 * (share(input.loss) + share(input.repaired) / 10)
    var score = 5 / (1 + percent / 4)
    let fluent = 1 - share(input.frozen)
    score *= fluent * fluent
    score /= 1 + max(input.freezesPerMinute, 0) / 24
    score /= 1 + max(input.roundTrip - 200, 0) / 2_000
    if let bits = input.bitsPerPixel {
      score *= 0.5 + 0.5 * share(bits / leanBitsPerPixel)
    }
    if let frames = input.framesPerSecond {
      score *= 0.5 + 0.5 * share(frames / slowFramesPerSecond)
    }
    return score
  }

  private static func share(_ value: Double) -> Double { min(max(value, 0), 1) }
}
