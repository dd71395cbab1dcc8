internal import CFFmpeg

/// Encodes stereo sound of 48 kHz into one track, AAC or Opus.
///
/// Takes any number of samples at a time and makes frames of them. What an encoder puts out before the first sample
/// (its priming) is left out, so that no container has to begin before zero. One thread at a time owns it.
package final class AudioEncoder {
  /// Complete once the encoder was made.
  package let track: EncodedTrack

  private let context: UnsafeMutablePointer<AVCodecContext>
  private let frame: UnsafeMutablePointer<AVFrame>
  private let frameSize: Int
  /// Interleaved samples that do not fill a frame yet.
  private var pending: [Float] = []
  private var nextSample: Int64

  /// - Parameters:
  ///   - codec: aac or opus.
  ///   - trackID: which track of the output the packets are.
  ///   - bitrate: bits per second, for both channels together.
  ///   - startingAt: number of the first sample on the composition's timeline.
  /// - Throws: if libav has no such encoder or refuses the bitrate.
  package init(
    codec: EncodedTrack.AudioCodec, trackID: Int = 1, bitrate: Int = 128_000, startingAt: Int64 = 0
  ) throws(AVError) {
    LibavTrace.redirect()
    let name =
      switch codec {
      case .aac: "aac"
      case .opus: "libopus"
      }
    guard let encoder = avcodec_find_encoder_by_name(name) else {
      throw AVError(-EINVAL, "find encoder \(name): install libav with it")
    }
    guard let context = avcodec_alloc_context3(encoder) else {
      throw AVError(-ENOMEM, "allocate encoder \(name)")
    }
    context.pointee.sample_rate = Int32(AudioSamples.rate)
    context.pointee.time_base = AVRational(num: 1, den: Int32(AudioSamples.rate))
    context.pointee.bit_rate = Int64(bitrate)
    context.pointee.sample_fmt =
      switch codec {
      case .aac: AV_SAMPLE_FMT_FLTP
      case .opus: AV_SAMPLE_FMT_FLT
      }
    av_channel_layout_default(&context.pointee.ch_layout, Int32(AudioSamples.channelCount))
    context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_GLOBAL_HEADER))
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    // At these bitrates as good as the default search for the best scale factors, at half the cost.
    if codec == .aac { av_dict_set(&options, "aac_coder", "fast", 0) }
    var frame = av_frame_alloc()
    var result = avcodec_open2(context, encoder, &options)
    if result >= 0, let frame {
      frame.pointee.nb_samples = context.pointee.frame_size
      frame.pointee.format = context.pointee.sample_fmt.rawValue
      frame.pointee.sample_rate = context.pointee.sample_rate
      result = av_channel_layout_copy(&frame.pointee.ch_layout, &context.pointee.ch_layout)
      if result >= 0 { result = av_frame_get_buffer(frame, 0) }
    }
    guard result >= 0, let frame else {
      var pointer: UnsafeMutablePointer<AVCodecContext>? = context
      avcodec_free_context(&pointer)
      av_frame_free(&frame)
      throw AVError(min(result, -1), "open encoder \(name) at \(bitrate) bit/s")
    }
    self.context = context
    self.frame = frame
    frameSize = Int(context.pointee.frame_size)
    nextSample = startingAt
    track = EncodedTrack(
      id: trackID,
      kind: .audio(
        codec: codec, sampleRate: AudioSamples.rate, channels: AudioSamples.channelCount),
      extradata: context.extradataBytes)
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    avcodec_free_context(&context)
    av_frame_free(&frame)
  }

  /// Encodes samples that follow the last ones.
  ///
  /// - Returns: the packets that became whole.
  package func encode(_ samples: AudioSamples) throws(AVError) -> [EncodedPacket] {
    pending.append(contentsOf: samples.interleaved.prefix(samples.frameCount &* 2))
    var packets: [EncodedPacket] = []
    var offset = 0
    while pending.count &- offset >= frameSize &* 2 {
      try send(pending[offset..<offset &+ frameSize &* 2])
      offset &+= frameSize &* 2
      packets += try receive()
    }
    if offset > 0 { pending.removeFirst(offset) }
    return packets
  }

  /// Fills the last frame with silence and takes what is still inside; nothing can be encoded after that.
  package func finish() throws(AVError) -> [EncodedPacket] {
    var packets: [EncodedPacket] = []
    if !pending.isEmpty {
      pending += [Float](repeating: 0, count: frameSize &* 2 &- pending.count)
      try send(pending[...])
      pending = []
      packets += try receive()
    }
    try AVError.check(avcodec_send_frame(context, nil), "finish encoding")
    packets += try receive()
    return packets
  }

  private func send(_ samples: ArraySlice<Float>) throws(AVError) {
    try AVError.check(av_frame_make_writable(frame), "encode sound")
    let isPlanar = context.pointee.sample_fmt == AV_SAMPLE_FMT_FLTP
    let plane = { (data: UnsafeMutablePointer<UInt8>?) in
      data.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Float.self) }
    }
    samples.withUnsafeBufferPointer { samples in
      guard let source = samples.baseAddress, let first = plane(frame.pointee.data.0) else {
        return
      }
      if isPlanar, let second = plane(frame.pointee.data.1) {
        for index in 0..<frameSize {
          first[index] = source[2 &* index]
          second[index] = source[2 &* index &+ 1]
        }
      } else {
        first.update(from: source, count: samples.count)
      }
    }
    frame.pointee.pts = nextSample
    nextSample &+= Int64(frameSize)
    try AVError.check(avcodec_send_frame(context, frame), "encode sound")
  }

  private func receive() throws(AVError) -> [EncodedPacket] {
    try context.receivePackets { packet in
      let pts = packet.pointee.pts
      guard pts >= 0 else { return nil }
      return EncodedPacket(
        adopting: packet, trackID: track.id, pts: pts, dts: pts, duration: Int64(frameSize))
    }
  }
}
