internal import CFFmpeg

/// A picture as a file's bytes.
package enum StillPicture {
  package enum Format: String, CaseIterable, Sendable { case jpg, png, webp }

  /// Encodes a picture, scaled to `width` × `height` pixels, of good quality.
  ///
  /// - Throws: if libav was built without the format, the size is out of range, or there is no memory.
  package static func encode(
    _ frame: VideoFrame, as format: Format, width: Int, height: Int
  ) throws(AVError) -> [UInt8] {
    let (name, pixels) =
      switch format {
      case .jpg: ("mjpeg", AV_PIX_FMT_YUVJ420P)
      case .png: ("png", AV_PIX_FMT_RGB24)
      case .webp: ("libwebp", AV_PIX_FMT_YUV420P)
      }
    guard (1...16_384).contains(width), (1...16_384).contains(height) else {
      throw AVError(-EINVAL, "make a picture of \(width)x\(height)")
    }
    guard let encoder = avcodec_find_encoder_by_name(name),
      let context = avcodec_alloc_context3(encoder)
    else { throw AVError(-EINVAL, "find encoder \(name): install libav with it") }
    defer {
      var pointer: UnsafeMutablePointer<AVCodecContext>? = context
      avcodec_free_context(&pointer)
    }
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = pixels
    context.pointee.time_base = AVRational(num: 1, den: 1)
    context.pointee.color_range = format == .jpg ? AVCOL_RANGE_JPEG : AVCOL_RANGE_UNSPECIFIED
    if format == .jpg {
      context.pointee.flags |= Int32(AV_CODEC_FLAG_QSCALE)
      context.pointee.global_quality = 3 * FF_QP2LAMBDA  // 2 is best, 31 worst
    }
    try AVError.check(avcodec_open2(context, encoder, nil), "open encoder \(name)")
    guard let picture = av_frame_alloc(), let packet = av_packet_alloc() else {
      throw AVError(-ENOMEM, "allocate a picture")
    }
    defer {
      var picture: UnsafeMutablePointer<AVFrame>? = picture
      av_frame_free(&picture)
      var packet: UnsafeMutablePointer<AVPacket>? = packet
      av_packet_free(&packet)
    }
    try convert(frame, to: picture, pixels: pixels, width: width, height: height)
    picture.pointee.quality = context.pointee.global_quality
    picture.pointee.pts = 0
    try AVError.check(avcodec_send_frame(context, picture), "encode a picture")
    try AVError.check(avcodec_send_frame(context, nil), "encode a picture")
    try AVError.check(avcodec_receive_packet(context, packet), "encode a picture")
    guard let data = packet.pointee.data else { return [] }
    return Array(UnsafeBufferPointer(start: data, count: Int(packet.pointee.size)))
  }

  private static func convert(
    _ frame: VideoFrame, to picture: UnsafeMutablePointer<AVFrame>, pixels: AVPixelFormat,
    width: Int, height: Int
  ) throws(AVError) {
    picture.pointee.format = pixels.rawValue
    picture.pointee.width = Int32(width)
    picture.pointee.height = Int32(height)
    try AVError.check(av_frame_get_buffer(picture, 0), "allocate a picture")
    guard
      let scaler = sws_getContext(
        Int32(frame.width), Int32(frame.height), AV_PIX_FMT_YUV420P, Int32(width), Int32(height),
        pixels, SWS_BICUBIC, nil, nil, nil)
    else { throw AVError(-EINVAL, "convert a picture") }
    defer { sws_freeContext(scaler) }
    // JPEG is read as BT.601 whatever it says.
    let from = sws_getCoefficients(
      frame.colorMatrix == .bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601)
    let to = sws_getCoefficients(SWS_CS_ITU601)
    let isFull: Int32 = pixels == AV_PIX_FMT_YUV420P ? 0 : 1
    sws_setColorspaceDetails(
      scaler, from, frame.isFullRange ? 1 : 0, to, isFull, 0, 1 << 16, 1 << 16)
    try AVError.check(sws_scale_frame(scaler, picture, frame.frame), "convert a picture")
  }
}
