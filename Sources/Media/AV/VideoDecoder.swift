internal import CFFmpeg

/// Turns access units of one track into pictures.
///
/// A unit that is broken throws, and the next keyframe is decoded as if nothing had been. Owned by one thread.
package final class VideoDecoder {
  /// Bytes of a unit; a keyframe of a 5K screen stays well below.
  package static let maximumUnitBytes = 16 * 1024 * 1024
  /// Pictures out of one unit; a temporal unit of AV1 can show several, three spatial layers of VP9 one.
  package static let maximumFramesPerUnit = 8

  package let codec: MediaCodec
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let packet: UnsafeMutablePointer<AVPacket>
  /// For pictures that are not 4:2:0 with 8 bits.
  private var converter: OpaquePointer?

  /// Opens a decoder that keeps no picture back.
  ///
  /// - Parameter threadCount: threads that share one picture, where the codec can do that.
  /// - Throws: if libav was built without the codec, or it carries sound.
  package init(codec: MediaCodec, threadCount: Int = 1) throws(AVError) {
    let name =
      switch codec {
      case .vp8: "vp8"
      case .vp9: "vp9"
      case .h264: "h264"
      case .av1: "libdav1d"
      case .opus: ""
      }
    LibavLog.silence
    guard let decoder = avcodec_find_decoder_by_name(name) else {
      throw AVError(-ENOSYS, "find the decoder \(name) of \(codec.rawValue)")
    }
    guard let context = avcodec_alloc_context3(decoder) else {
      throw AVError(-ENOMEM, "allocate a decoder")
    }
    context.pointee.thread_count = Int32(clamping: max(1, threadCount))
    // Threads that take a picture each would keep pictures back.
    context.pointee.thread_type = FF_THREAD_SLICE
    context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY
    context.pointee.max_pixels = Int64(VideoFrame.maximumPixels)
    let result = avcodec_open2(context, decoder, nil)
    guard result >= 0, let packet = av_packet_alloc() else {
      var pointer: UnsafeMutablePointer<AVCodecContext>? = context
      avcodec_free_context(&pointer)
      throw AVError(result < 0 ? result : -ENOMEM, "open decoder \(name)")
    }
    self.codec = codec
    self.context = context
    self.packet = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
    sws_freeContext(converter)
  }

  /// Decodes one unit: usually one picture, none after a loss until there is a keyframe.
  ///
  /// - Throws: if the unit is broken, longer than `maximumUnitBytes`, of another codec, or its pictures are
  ///   larger than `VideoFrame.maximumPixels`; the decoder can be used on.
  package func decode(_ unit: EncodedUnit) throws(AVError) -> [VideoFrame] {
    guard unit.codec == codec else { throw AVError(-EINVAL, "decode \(unit.codec) as \(codec)") }
    return try decode(unit.payload)
  }

  /// The same for bytes alone.
  package func decode(_ payload: [UInt8]) throws(AVError) -> [VideoFrame] {
    guard !payload.isEmpty, payload.count <= Self.maximumUnitBytes else {
      throw AVError(-EINVAL, "decode a unit of \(payload.count) bytes")
    }
    // libav reads beyond the end, so the bytes move to where there is padding.
    try AVError.check(av_new_packet(packet, Int32(payload.count)), "allocate a packet")
    defer { av_packet_unref(packet) }
    payload.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { packet.pointee.data.update(from: base, count: bytes.count) }
    }
    var frames: [VideoFrame] = []
    var result = avcodec_send_packet(context, packet)
    if result == stoa_averror_again {
      // A unit that was refused before can have left something behind.
      try drain(into: &frames)
      result = avcodec_send_packet(context, packet)
      if result == stoa_averror_again { flush() }
    }
    try AVError.check(result, "decode \(codec.rawValue)")
    try drain(into: &frames)
    return frames
  }

  /// Forgets all pictures, as before a jump.
  package func flush() { avcodec_flush_buffers(context) }

  private func drain(into frames: inout [VideoFrame]) throws(AVError) {
    while let frame = try receive() {
      if frames.count < Self.maximumFramesPerUnit { frames.append(frame) }
    }
  }

  private func receive() throws(AVError) -> VideoFrame? {
    guard let frame = av_frame_alloc() else { throw AVError(-ENOMEM, "allocate a picture") }
    let result = avcodec_receive_frame(context, frame)
    if result >= 0, let adopted = VideoFrame(adopting: frame) { return adopted }
    defer {
      var pointer: UnsafeMutablePointer<AVFrame>? = frame
      av_frame_free(&pointer)
    }
    if result == stoa_averror_again || result == stoa_averror_eof { return nil }
    try AVError.check(result, "decode \(codec.rawValue)")
    return try convert(frame)
  }

  /// Makes 4:2:0 with 8 bits of anything else that a peer can send: 4:4:4 screens, 10 bits.
  private func convert(_ frame: UnsafeMutablePointer<AVFrame>) throws(AVError) -> VideoFrame {
    let (width, height) = (frame.pointee.width, frame.pointee.height)
    let isFullRange = frame.pointee.color_range == AVCOL_RANGE_JPEG
    let converted = try VideoFrame(
      width: Int(width), height: Int(height), colorMatrix: ColorMatrix(frame.pointee.colorspace))
    converter = sws_getCachedContext(
      converter, width, height, AVPixelFormat(frame.pointee.format), width, height,
      AV_PIX_FMT_YUV420P, SWS_BILINEAR, nil, nil, nil)
    guard let converter else {
      throw AVError(-EINVAL, "convert a picture of format \(frame.pointee.format)")
    }
    let table = sws_getCoefficients(
      converted.colorMatrix == .bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601)
    sws_setColorspaceDetails(
      converter, table, isFullRange ? 1 : 0, table, 0, 0, 1 << 16, 1 << 16)
    try AVError.check(
      sws_scale_frame(converter, converted.frame, frame), "convert a picture")
    return converted
  }
}
