internal import CFFmpeg

/// A still picture out of a recording.
package enum Thumbnail {
  package enum Format: String, Sendable { case jpg, png, webp }

  /// Makes an image of the picture that is shown at a time.
  ///
  /// - Parameters:
  ///   - path: a file, or a playlist of HLS.
  ///   - milliseconds: since its beginning; the last picture if it is shorter.
  ///   - format: of the image.
  ///   - width: pixels, 16...4096; nil: as the height makes it, or as the picture is.
  ///   - height: the same.
  /// - Returns: the image as a file.
  /// - Throws: if the file has no picture.
  package static func image(
    of path: String, atMilliseconds milliseconds: Int64, format: Format = .jpg, width: Int? = nil,
    height: Int? = nil
  ) throws(AVError) -> [UInt8] {
    let decoder = try FileDecoder(path: path, type: AVMEDIA_TYPE_VIDEO)
    decoder.seek(toMilliseconds: max(0, milliseconds))
    var chosen = av_frame_alloc()
    defer { av_frame_free(&chosen) }
    guard let picture = chosen else { throw AVError(-ENOMEM, "make a thumbnail") }
    while let frame = try decoder.next() {
      // The picture on screen is the last one that began before.
      if picture.pointee.data.0 != nil, decoder.milliseconds(frame) > milliseconds { break }
      av_frame_unref(picture)
      try AVError.check(av_frame_ref(picture, frame), "make a thumbnail")
    }
    guard picture.pointee.data.0 != nil, picture.pointee.width > 0, picture.pointee.height > 0
    else { throw AVError(stoa_averror_invalid_data, "find a picture in \(path)") }
    let size = size(of: picture.pointee, width: width, height: height)
    return try encode(picture, width: size.width, height: size.height, format)
  }

  private struct Size {
    var width: Int32
    var height: Int32
  }

  private static func size(of picture: AVFrame, width: Int?, height: Int?) -> Size {
    let limit = 16...4096
    let ratio = Double(picture.width) / Double(picture.height)
    let clamp = { (value: Double) in
      Int32(min(max(value.rounded(), Double(limit.lowerBound)), Double(limit.upperBound)))
    }
    switch (width, height) {
    case (nil, nil): return Size(width: picture.width, height: picture.height)
    case (let width?, nil):
      return Size(width: clamp(Double(width)), height: clamp(Double(width) / ratio))
    case (nil, let height?):
      return Size(width: clamp(Double(height) * ratio), height: clamp(Double(height)))
    case (let width?, let height?):
      return Size(width: clamp(Double(width)), height: clamp(Double(height)))
    }
  }

  private static func encode(
    _ picture: UnsafeMutablePointer<AVFrame>, width: Int32, height: Int32, _ format: Format
  ) throws(AVError) -> [UInt8] {
    let name: String
    let pixels: AVPixelFormat
    switch format {
    case .jpg: (name, pixels) = ("mjpeg", AV_PIX_FMT_YUVJ420P)
    case .png: (name, pixels) = ("png", AV_PIX_FMT_RGB24)
    case .webp: (name, pixels) = ("libwebp", AV_PIX_FMT_YUV420P)
    }
    guard let encoder = avcodec_find_encoder_by_name(name) else {
      throw AVError(-EINVAL, "find encoder \(name): install libav with it")
    }
    var context = avcodec_alloc_context3(encoder)
    var scaled = av_frame_alloc()
    var packet = av_packet_alloc()
    defer {
      avcodec_free_context(&context)
      av_frame_free(&scaled)
      av_packet_free(&packet)
    }
    guard let context, let scaled, let packet else { throw AVError(-ENOMEM, "make a thumbnail") }
    scaled.pointee.width = width
    scaled.pointee.height = height
    scaled.pointee.format = pixels.rawValue
    try AVError.check(av_frame_get_buffer(scaled, 0), "make a thumbnail")
    let source = AVPixelFormat(rawValue: picture.pointee.format)
    guard
      let scaler = sws_getContext(
        picture.pointee.width, picture.pointee.height, source, width, height, pixels,
        Int32(SWS_BICUBIC), nil, nil, nil)
    else { throw AVError(-EINVAL, "scale a thumbnail") }
    defer { sws_freeContext(scaler) }
    try AVError.check(sws_scale_frame(scaler, scaled, picture), "scale a thumbnail")
    scaled.pointee.pts = 0
    context.pointee.width = width
    context.pointee.height = height
    context.pointee.pix_fmt = pixels
    context.pointee.time_base = AVRational(num: 1, den: 25)
    if format == .jpg {
      context.pointee.color_range = AVCOL_RANGE_JPEG
      context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_QSCALE))
      // 2 is the best, 31 the worst: 4 shows no blocks at a third of the size of 2.
      scaled.pointee.quality = 4 * 118
      context.pointee.global_quality = 4 * 118
    }
    try AVError.check(avcodec_open2(context, encoder, nil), "open encoder \(name)")
    try AVError.check(avcodec_send_frame(context, scaled), "encode a thumbnail")
    try AVError.check(avcodec_send_frame(context, nil), "encode a thumbnail")
    try AVError.check(avcodec_receive_packet(context, packet), "encode a thumbnail")
    guard let data = packet.pointee.data else { return [] }
    return Array(UnsafeBufferPointer(start: data, count: Int(packet.pointee.size)))
  }
}
