internal import CFFmpeg

/// Brings sound of any rate and number of channels to 48 kHz stereo, with libswresample.
///
/// Keeps a few milliseconds back for its filter. Owned by one thread.
package final class AudioResampler {
  package let rate: Int
  package let channelCount: Int
  private let context: OpaquePointer

  /// - Parameters:
  ///   - rate: samples in a second, 8000...192000.
  ///   - channelCount: 1...8; one is heard on both sides, more than two are mixed down.
  /// - Throws: if one is out of range.
  package init(rate: Int, channelCount: Int) throws(AVError) {
    guard (8_000...192_000).contains(rate), (1...8).contains(channelCount) else {
      throw AVError(-EINVAL, "resample \(channelCount) channels of \(rate) Hz")
    }
    var (source, target) = (AVChannelLayout(), AVChannelLayout())
    av_channel_layout_default(&source, Int32(max(channelCount, 2)))
    av_channel_layout_default(&target, Int32(AudioSamples.channelCount))
    defer {
      av_channel_layout_uninit(&source)
      av_channel_layout_uninit(&target)
    }
    var context: OpaquePointer?
    try AVError.check(
      swr_alloc_set_opts2(
        &context, &target, AV_SAMPLE_FMT_FLT, Int32(AudioSamples.rate), &source,
        AV_SAMPLE_FMT_FLT, Int32(rate), 0, nil), "set up a resampler")
    let result = swr_init(context)
    guard result >= 0, let context else {
      swr_free(&context)
      throw AVError(result < 0 ? result : -ENOMEM, "set up a resampler")
    }
    self.rate = rate
    self.channelCount = channelCount
    self.context = context
  }

  deinit {
    var context: OpaquePointer? = context
    swr_free(&context)
  }

  /// Resamples what comes next.
  ///
  /// - Parameter interleaved: full scale ±1; values behind the last whole frame are dropped.
  package func resample(_ interleaved: [Float]) throws(AVError) -> AudioSamples {
    // libswresample would make one channel quieter by half its power.
    let input = channelCount == 1 ? interleaved.flatMap { [$0, $0] } : interleaved
    return try convert(input, frameCount: interleaved.count / channelCount)
  }

  /// What was kept back; afterwards a new sound can begin.
  package func finish() throws(AVError) -> AudioSamples {
    let rest = try convert(nil, frameCount: 0)
    try AVError.check(swr_init(context), "reset a resampler")
    return rest
  }

  private func convert(_ input: [Float]?, frameCount: Int) throws(AVError) -> AudioSamples {
    let capacity = swr_get_out_samples(context, Int32(clamping: frameCount))
    try AVError.check(capacity, "resample")
    var output = [Float](repeating: 0, count: Int(capacity) * AudioSamples.channelCount)
    let count = output.withUnsafeMutableBytes { output in
      var target = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      guard let input else { return swr_convert(context, &target, capacity, nil, 0) }
      return input.withUnsafeBytes { input in
        var source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return swr_convert(context, &target, capacity, &source, Int32(clamping: frameCount))
      }
    }
    try AVError.check(count, "resample")
    output.removeLast(output.count - Int(count) * AudioSamples.channelCount)
    return AudioSamples(interleaved: output)
  }
}
