internal import COpus

/// Decodes one Opus stream to stereo at 48 kHz.
///
/// Owns libopus' state; one thread.
package final class OpusDecoder {
  /// Samples of each channel in the longest packet: 120 ms (RFC 6716 §3.2.5).
  package static let maximumFrameCount = 5_760
  private static let channels = AudioSamples.channelCount

  private let state: OpaquePointer
  private var buffer = [Float](repeating: 0, count: maximumFrameCount * channels)
  /// Frames in the last packet, which is how long a lost one is taken to have been.
  private var lastFrameCount = 960

  /// - Throws: when libopus has no memory.
  package init() throws(AVError) {
    var code: Int32 = 0
    guard let state = opus_decoder_create(Int32(AudioSamples.rate), Int32(Self.channels), &code),
      code == OPUS_OK
    else { throw AVError(code, "make an Opus decoder") }
    self.state = state
  }

  deinit { opus_decoder_destroy(state) }

  /// Decodes the packet that comes next.
  ///
  /// What libopus refuses is concealed, so that the stream keeps its length.
  package func decode(_ packet: [UInt8]) -> AudioSamples {
    guard !packet.isEmpty else { return conceal(frameCount: lastFrameCount) }
    let count = run(packet, frameCount: Self.maximumFrameCount, readsLost: false)
    guard count > 0 else { return conceal(frameCount: lastFrameCount) }
    lastFrameCount = count
    return samples(count)
  }

  /// Invents `frameCount` frames in place of lost ones, fading out when it goes on for long.
  ///
  /// - Parameter frameCount: 0 or more; rounded down to 2.5 ms, at least that, and 120 ms at most.
  package func conceal(frameCount: Int) -> AudioSamples {
    let wanted = Self.legal(frameCount)
    let count = run(nil, frameCount: wanted, readsLost: false)
    return count > 0 ? samples(count) : AudioSamples(silentFrameCount: wanted)
  }

  /// Decodes what the packet `next` repeats of the one lost just before it (in-band FEC, RFC 6716
  /// §2.1.7), or conceals it where nothing is repeated; then `next` itself is to be decoded.
  package func decodeLost(from next: [UInt8], frameCount: Int) -> AudioSamples {
    let wanted = Self.legal(frameCount)
    guard !next.isEmpty else { return conceal(frameCount: frameCount) }
    let count = run(next, frameCount: wanted, readsLost: true)
    return count > 0 ? samples(count) : conceal(frameCount: frameCount)
  }

  private static func legal(_ frameCount: Int) -> Int {
    min(max(frameCount / 120, 1) * 120, maximumFrameCount)
  }

  private func run(_ packet: [UInt8]?, frameCount: Int, readsLost: Bool) -> Int {
    let length = Int32(packet?.count ?? 0)
    return buffer.withUnsafeMutableBufferPointer { output in
      guard let samples = output.baseAddress else { return 0 }
      guard let packet else {
        return Int(opus_decode_float(state, nil, 0, samples, Int32(frameCount), 0))
      }
      return packet.withUnsafeBufferPointer { input in
        Int(
          opus_decode_float(
            state, input.baseAddress, length, samples, Int32(frameCount), readsLost ? 1 : 0))
      }
    }
  }

  private func samples(_ frameCount: Int) -> AudioSamples {
    AudioSamples(
      interleaved: Array(buffer[..<min(frameCount * Self.channels, buffer.count)]))
  }
}
