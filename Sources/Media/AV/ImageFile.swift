internal import CFFmpeg
internal import Foundation

/// A still picture out of a PNG, JPEG or WebP file, for logos and backgrounds.
package struct ImageFile: Sendable, Equatable {
  /// Bytes of a file; a photograph of `maximumSide` squared is smaller.
  package static let maximumBytes = 10 * 1024 * 1024
  /// Pixels; nothing is drawn larger than that.
  package static let maximumSide = 4_096

  package let width: Int
  package let height: Int
  /// Red, green, blue, alpha, 8 bits each, not premultiplied, row by row without padding.
  package let rgba: [UInt8]

  private enum Format: String {
    case png, mjpeg, webp

    init?(_ bytes: [UInt8]) {
      if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        self = .png
      } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        self = .mjpeg
      } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
        self = .webp
      } else {
        return nil
      }
    }
  }

  /// A picture made of its pixels; `nil` if there are not as many as the size says, or the size is out of range.
  package init?(width: Int, height: Int, rgba: [UInt8]) {
    guard (1...Self.maximumSide).contains(width), (1...Self.maximumSide).contains(height),
      rgba.count == width * height * 4
    else { return nil }
    self.width = width
    self.height = height
    self.rgba = rgba
  }

  /// Decodes a file's content; the content says what it is, not a name.
  ///
  /// - Throws: if it is none of the three formats, is broken, animated, or too large.
  package init(_ bytes: [UInt8]) throws(AVError) {
    guard bytes.count <= Self.maximumBytes else {
      throw AVError(-EFBIG, "read an image of more than \(Self.maximumBytes / 1_048_576) MB")
    }
    guard let format = Format(bytes) else {
      throw AVError(stoa_averror_invalid_data, "read an image that is no PNG, JPEG or WebP")
    }
    var frame = try Self.decode(bytes, format)
    defer { av_frame_free(&frame) }
    guard let frame, let size = Self.size(frame) else {
      throw AVError(-EFBIG, "read an image of more than \(Self.maximumSide) pixels a side")
    }
    (width, height) = (size.width, size.height)
    rgba = try Self.rgba(frame, width: size.width, height: size.height)
  }

  /// Reads and decodes a file.
  ///
  /// - Throws: as the other initialiser, and if it cannot be read.
  package init(path: String) throws(AVError) {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: Self.maximumBytes + 1)
    else { throw AVError(-ENOENT, "read \(path)") }
    try self.init([UInt8](data))
  }

  private static func size(
    _ frame: UnsafeMutablePointer<AVFrame>
  ) -> (width: Int, height: Int)? {
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    let sides = 1...maximumSide
    return sides.contains(width) && sides.contains(height) ? (width, height) : nil
  }

  private static func decode(
    _ bytes: [UInt8], _ format: Format
  ) throws(AVError) -> UnsafeMutablePointer<AVFrame>? {
    LibavLog.silence
    let name = format == .mjpeg ? "JPEG" : format == .png ? "PNG" : "WebP"
    guard let decoder = avcodec_find_decoder_by_name(format.rawValue) else {
      throw AVError(-ENOSYS, "find the decoder of \(name)")
    }
    var context = avcodec_alloc_context3(decoder)
    defer { avcodec_free_context(&context) }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    var frame = av_frame_alloc()
    guard let context, let packet, let decoded = frame else {
      av_frame_free(&frame)
      throw AVError(-ENOMEM, "read a \(name)")
    }
    do throws(AVError) {
      context.pointee.max_pixels = Int64(maximumSide * maximumSide)
      context.pointee.thread_count = 1
      try AVError.check(avcodec_open2(context, decoder, nil), "read a \(name)")
      try AVError.check(av_new_packet(packet, Int32(bytes.count)), "read a \(name)")
      bytes.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress {
          packet.pointee.data.update(from: base, count: bytes.count)
        }
      }
      try AVError.check(avcodec_send_packet(context, packet), "read a \(name)")
      try AVError.check(avcodec_send_packet(context, nil), "read a \(name)")
      try AVError.check(avcodec_receive_frame(context, decoded), "read a \(name)")
    } catch {
      av_frame_free(&frame)
      throw error
    }
    return frame
  }

  private static func rgba(
    _ frame: UnsafeMutablePointer<AVFrame>, width: Int, height: Int
  ) throws(AVError) -> [UInt8] {
    let context = sws_getContext(
      Int32(width), Int32(height), AVPixelFormat(frame.pointee.format), Int32(width),
      Int32(height), AV_PIX_FMT_RGBA, SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nil,
      nil, nil)
    guard let context else { throw AVError(-EINVAL, "read an image of this kind of pixels") }
    defer { sws_freeContext(context) }
    var target = av_frame_alloc()
    defer { av_frame_free(&target) }
    guard let target else { throw AVError(-ENOMEM, "read an image") }
    target.pointee.format = AV_PIX_FMT_RGBA.rawValue
    target.pointee.width = Int32(width)
    target.pointee.height = Int32(height)
    try AVError.check(av_frame_get_buffer(target, 0), "read an image")
    try AVError.check(sws_scale_frame(context, target, frame), "read an image")
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 4)
    guard let base = target.pointee.data.0 else { throw AVError(-ENOMEM, "read an image") }
    for row in 0..<height {
      pixels += UnsafeBufferPointer(
        start: base + row * Int(target.pointee.linesize.0), count: width * 4)
    }
    return pixels
  }
}
