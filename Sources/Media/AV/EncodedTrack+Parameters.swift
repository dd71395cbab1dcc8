internal import CFFmpeg

extension EncodedTrack {
  /// Describes the track to a muxer of libav.
  ///
  /// - Throws: if there is no memory for the header.
  func describe(to parameters: UnsafeMutablePointer<AVCodecParameters>) throws(AVError) {
    switch kind {
    case .video(let codec, let width, let height, _):
      parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
      parameters.pointee.codec_id = codec.avCodecID
      parameters.pointee.width = Int32(truncatingIfNeeded: width)
      parameters.pointee.height = Int32(truncatingIfNeeded: height)
      parameters.pointee.format = AV_PIX_FMT_YUV420P.rawValue
      parameters.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    case .audio(let codec, let sampleRate, let channels):
      parameters.pointee.codec_type = AVMEDIA_TYPE_AUDIO
      parameters.pointee.codec_id = codec.avCodecID
      parameters.pointee.sample_rate = Int32(truncatingIfNeeded: sampleRate)
      av_channel_layout_default(
        &parameters.pointee.ch_layout, Int32(truncatingIfNeeded: max(1, channels)))
      parameters.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
      switch codec {
      case .aac: parameters.pointee.frame_size = 1024
      case .opus:
        parameters.pointee.frame_size = 960
        // OpusHead's pre-skip (RFC 7845 §5.1).
        if extradata.count >= 12 {
          parameters.pointee.initial_padding = Int32(extradata[10]) | Int32(extradata[11]) << 8
        }
      }
    }
    guard !extradata.isEmpty else { return }
    let padded = extradata.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)
    guard let memory = av_mallocz(padded) else {
      throw AVError(-ENOMEM, "allocate a track's header")
    }
    memory.copyMemory(from: extradata, byteCount: extradata.count)
    parameters.pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
    parameters.pointee.extradata_size = Int32(truncatingIfNeeded: extradata.count)
  }
}

extension EncodedTrack.VideoCodec {
  var avCodecID: AVCodecID {
    switch self {
    case .h264: AV_CODEC_ID_H264
    case .vp8: AV_CODEC_ID_VP8
    case .vp9: AV_CODEC_ID_VP9
    case .av1: AV_CODEC_ID_AV1
    }
  }
}

extension EncodedTrack.AudioCodec {
  var avCodecID: AVCodecID {
    switch self {
    case .aac: AV_CODEC_ID_AAC
    case .opus: AV_CODEC_ID_OPUS
    }
  }
}
