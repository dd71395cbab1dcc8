internal import CFFmpeg

/// Encodes pictures of one size into one track; x264 or libvpx does it.
///
/// Groups of pictures are closed and begin where the number of a frame is a multiple of the keyframe interval,
/// and nowhere else unless asked for: renditions of one composition align. There are no B-frames, so `dts` is `pts`.
/// One thread at a time owns it.
package final class VideoEncoder {
  /// How much work x264 spends to save bits; VP8 is always encoded as fast as it goes.
  package enum Preset: String, Sendable { case ultrafast, superfast, veryfast }

  /// Complete once the encoder was made, parameter sets included.
  package let track: EncodedTrack

  private let context: UnsafeMutablePointer<AVCodecContext>
  /// Refers to the frame that is being encoded; fields of the shared one are not ours to change.
  private let reference: UnsafeMutablePointer<AVFrame>
  private let framesPerSecond: Int64
  private let keyframeInterval: Int64
  private var lastNumber: Int64?
  /// Which interval the last keyframe was in.
  private var keyframeCell: Int64?

  /// - Parameters:
  ///   - codec: h264 or vp8.
  ///   - trackID: which track of the output the packets are.
  ///   - width: pixels, even.
  ///   - height: pixels, even.
  ///   - framesPerSecond: 1...120; frames may be left out.
  ///   - bitrate: bits per second, on average over a second at most.
  ///   - preset: how thoroughly.
  ///   - lowDelay: a packet comes out for each frame that goes in; else x264 looks some frames ahead.
  ///   - keyframeInterval: frames from one keyframe to the next.
  ///   - threadCount: threads of the encoder's own, 1...16.
  ///   - quality: x264's constant rate factor, 0...51; the bitrate is then what it may not exceed. Nil: constant bitrate.
  /// - Throws: if libav has no such encoder or refuses a value.
  package init(
    codec: EncodedTrack.VideoCodec, trackID: Int = 0, width: Int, height: Int,
    framesPerSecond: Int, bitrate: Int, preset: Preset = .veryfast, lowDelay: Bool = true,
    keyframeInterval: Int, threadCount: Int = 1, quality: Int? = nil
  ) throws(AVError) {
    LibavTrace.redirect()
    let name =
      switch codec {
      case .h264: "libx264"
      case .vp8: "libvpx"
      case .vp9, .av1: "none for \(codec.rawValue)"
      }
    guard let encoder = avcodec_find_encoder_by_name(name) else {
      throw AVError(-EINVAL, "find encoder \(name): install libav with it")
    }
    guard width > 0, height > 0, width <= 16_384, height <= 16_384, width % 2 == 0,
      height % 2 == 0, (1...120).contains(framesPerSecond), keyframeInterval > 0,
      let bitrate = Int32(exactly: bitrate), bitrate > 0,
      let interval = Int32(exactly: keyframeInterval), (1...16).contains(threadCount)
    else { throw AVError(-EINVAL, "encode \(width)x\(height) at \(framesPerSecond)/s") }
    guard let context = avcodec_alloc_context3(encoder) else {
      throw AVError(-ENOMEM, "allocate encoder \(name)")
    }
    guard let reference = av_frame_alloc() else {
      Self.free(context, nil)
      throw AVError(-ENOMEM, "allocate encoder \(name)")
    }
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    context.pointee.time_base = AVRational(num: 1, den: Int32(framesPerSecond))
    context.pointee.framerate = AVRational(num: Int32(framesPerSecond), den: 1)
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.colorspace = AVCOL_SPC_BT709
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = AVCOL_TRC_BT709
    context.pointee.gop_size = interval
    context.pointee.max_b_frames = 0
    context.pointee.thread_count = Int32(threadCount)
    // Parameter sets once, in the header: MP4 and FLV want them there, and every packet is smaller.
    context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_GLOBAL_HEADER))
    context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_CLOSED_GOP))
    // A second's worth of bits as buffer: what a live receiver has to hold.
    context.pointee.rc_max_rate = Int64(bitrate)
    context.pointee.rc_buffer_size = bitrate
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    switch codec {
    case .h264:
      av_dict_set(&options, "preset", preset.rawValue, 0)
      if lowDelay { av_dict_set(&options, "tune", "zerolatency", 0) }
      av_dict_set(&options, "forced-idr", "1", 0)
      av_dict_set(&options, "x264-params", "scenecut=0:open-gop=0:bframes=0", 0)
      if let quality {
        av_dict_set(&options, "crf", "\(quality)", 0)
      } else {
        context.pointee.bit_rate = Int64(bitrate)
      }
    case .vp8, .vp9, .av1:
      context.pointee.bit_rate = Int64(bitrate)
      av_dict_set(&options, "deadline", "realtime", 0)
      // The fastest that still keeps text legible.
      av_dict_set(&options, "cpu-used", "8", 0)
      av_dict_set(&options, "lag-in-frames", "0", 0)
      av_dict_set(&options, "auto-alt-ref", "0", 0)
      av_dict_set(&options, "static-thresh", "100", 0)
    }
    let result = avcodec_open2(context, encoder, &options)
    guard result >= 0 else {
      Self.free(context, reference)
      throw AVError(result, "open encoder \(name) for \(width)x\(height)")
    }
    self.context = context
    self.reference = reference
    self.framesPerSecond = Int64(framesPerSecond)
    self.keyframeInterval = Int64(keyframeInterval)
    track = EncodedTrack(
      id: trackID,
      kind: .video(codec: codec, width: width, height: height, framesPerSecond: framesPerSecond),
      extradata: context.extradataBytes)
  }

  deinit { Self.free(context, reference) }

  /// Encodes a picture.
  ///
  /// - Parameters:
  ///   - frame: of the encoder's size; not changed and not copied.
  ///   - number: its time in frames since the composition began; greater than the last one's.
  ///   - forceKeyframe: makes this picture a keyframe whatever its number.
  /// - Returns: what is ready: with low delay the picture's packet.
  /// - Throws: if the size is another, the number does not grow, or libav fails.
  package func encode(
    _ frame: VideoFrame, number: Int64, forceKeyframe: Bool = false
  ) throws(AVError) -> [EncodedPacket] {
    guard frame.width == Int(context.pointee.width), frame.height == Int(context.pointee.height),
      number > lastNumber ?? .min
    else { throw AVError(-EINVAL, "encode frame \(number) of \(frame.width)x\(frame.height)") }
    lastNumber = number
    // A grid on the frames' numbers, not a count of frames: left-out frames shift no keyframe.
    let cell = number / keyframeInterval
    let isKeyframe = forceKeyframe || cell != keyframeCell
    if isKeyframe { keyframeCell = cell }
    try AVError.check(av_frame_ref(reference, frame.frame), "refer to a frame")
    defer { av_frame_unref(reference) }
    reference.pointee.pts = number
    reference.pointee.pict_type = isKeyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
    reference.pointee.key_frame = 0
    try AVError.check(avcodec_send_frame(context, reference), "encode frame \(number)")
    return try receive()
  }

  /// Takes what is still inside; nothing can be encoded after that.
  package func finish() throws(AVError) -> [EncodedPacket] {
    try AVError.check(avcodec_send_frame(context, nil), "finish encoding")
    return try receive()
  }

  private func receive() throws(AVError) -> [EncodedPacket] {
    try context.receivePackets { packet in
      let pts = packet.pointee.pts &* 90_000 / framesPerSecond
      return EncodedPacket(
        adopting: packet, trackID: track.id, pts: pts, dts: pts,
        duration: (packet.pointee.pts &+ 1) &* 90_000 / framesPerSecond &- pts)
    }
  }

  private static func free(
    _ context: UnsafeMutablePointer<AVCodecContext>, _ frame: UnsafeMutablePointer<AVFrame>?
  ) {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    var frame = frame
    avcodec_free_context(&context)
    av_frame_free(&frame)
  }
}
