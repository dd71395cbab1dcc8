internal import Media
internal import Wire

/// Decodes one Opus stream: lost packets are repaired or concealed.
///
/// Where pieces lie is only as exact as their capture times; the mixer follows clocks that are wrong.
struct TrackSound {
  /// A piece of sound in its place.
  struct Piece {
    /// Number of the first sample on the timeline.
    var start: Int64
    var samples: AudioSamples
  }

  /// Samples of a loss that is still concealed: 120 ms; more is silence.
  private static let maximumConcealment = 5_760

  /// Samples by which what is decoded comes after what it was made of: the look-ahead of Opus encoders (RFC 7845 §4.2).
  ///
  /// Each encoder may have its own; this is libopus's, which browsers use.
  private static let lookAhead: Int64 = 312

  private let decoder: OpusDecoder
  /// The RTP timestamp that follows what was decoded.
  private var expected: UInt32?

  init() throws(AVError) { decoder = try OpusDecoder() }

  /// Decodes the next unit.
  ///
  /// - Parameter captured: the sample on the timeline at which it was captured.
  mutating func decode(_ unit: EncodedUnit, at captured: Int64, into pieces: inout [Piece]) {
    let position = captured - Self.lookAhead
    if unit.followsLoss, let expected {
      let missing = Int(Int32(bitPattern: unit.rtpTimestamp &- expected))
      if missing > 0, missing <= Self.maximumConcealment {
        conceal(missing, before: unit, at: position, into: &pieces)
      }
    }
    let samples = decoder.decode(unit.payload)
    pieces.append(Piece(start: position, samples: samples))
    expected = unit.rtpTimestamp &+ UInt32(truncatingIfNeeded: samples.frameCount)
  }

  /// The last packet that is missing may be repeated in the one after it; others are made up.
  private mutating func conceal(
    _ missing: Int, before unit: EncodedUnit, at position: Int64, into pieces: inout [Piece]
  ) {
    let duration = OpusTOC(parsing: unit.payload.span.bytes)?.packetDuration ?? .milliseconds(20)
    let repeated = min(Int(duration.count * 48 / 1_000_000), missing)
    let invented = missing - repeated
    if invented > 0 {
      pieces.append(
        Piece(
          start: position - Int64(missing), samples: decoder.conceal(frameCount: invented)))
    }
    pieces.append(
      Piece(
        start: position - Int64(repeated),
        samples: decoder.decodeLost(from: unit.payload, frameCount: repeated)))
  }
}
