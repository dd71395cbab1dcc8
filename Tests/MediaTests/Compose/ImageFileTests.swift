import CFFmpeg
import Media
import TestSupport
import Testing

@Suite struct ImageFileTests {
  /// An image of one colour with these pixels, encoded by libav.
  static func file(_ codec: String, _ width: Int, _ height: Int) throws -> [UInt8] {
    let format =
      switch codec {
      case "png": AV_PIX_FMT_RGBA
      case "mjpeg": AV_PIX_FMT_YUVJ420P
      default: AV_PIX_FMT_BGRA
      }
    let encoder = try #require(avcodec_find_encoder_by_name(codec))
    var context = avcodec_alloc_context3(encoder)
    defer { avcodec_free_context(&context) }
    var frame = av_frame_alloc()
    defer { av_frame_free(&frame) }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let context, let frame, let packet else { return [] }
    for (w, h) in [(width, height)] {
      (context.pointee.width, context.pointee.height) = (Int32(w), Int32(h))
      (frame.pointee.width, frame.pointee.height) = (Int32(w), Int32(h))
    }
    context.pointee.pix_fmt = format
    context.pointee.time_base = AVRational(num: 1, den: 1)
    frame.pointee.format = format.rawValue
    try AVError.check(avcodec_open2(context, encoder, nil), "open")
    try AVError.check(av_frame_get_buffer(frame, 0), "allocate")
    let bytes: [UInt8] = codec == "png" ? [200, 40, 20, 128] : [20, 40, 200, 255]
    if codec == "mjpeg" {
      // The same colour as luma and chroma of the full range.
      for (base, stride, value, rows) in [
        (frame.pointee.data.0, frame.pointee.linesize.0, UInt8(86), height),
        (frame.pointee.data.1, frame.pointee.linesize.1, 91, (height + 1) / 2),
        (frame.pointee.data.2, frame.pointee.linesize.2, 209, (height + 1) / 2),
      ] {
        base?.update(repeating: value, count: Int(stride) * rows)
      }
    } else {
      for row in 0..<height {
        for column in 0..<width {
          for (index, byte) in bytes.enumerated() {
            frame.pointee.data.0?[row * Int(frame.pointee.linesize.0) + column * 4 + index] = byte
          }
        }
      }
    }
    try AVError.check(avcodec_send_frame(context, frame), "encode")
    try AVError.check(avcodec_send_frame(context, nil), "encode")
    try AVError.check(avcodec_receive_packet(context, packet), "encode")
    return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
  }

  @Test(arguments: ["png", "mjpeg", "libwebp"])
  func `a PNG, a JPEG and a WebP become their pixels`(codec: String) throws {
    let image = try ImageFile(Self.file(codec, 30, 20))

    #expect(image.width == 30 && image.height == 20)
    let pixel = Array(image.rgba[(10 * 30 + 15) * 4..<(10 * 30 + 15) * 4 + 4])
    for (value, expected) in zip(pixel, [200, 40, 20, codec == "png" ? 128 : 255]) {
      #expect(abs(Int(value) - expected) <= 6, "\(pixel)")
    }
  }

  @Test func `images that are too large or something else are refused`() throws {
    #expect(throws: AVError.self) { try ImageFile([]) }
    #expect(throws: AVError.self) { try ImageFile(Array("GIF89a and so on".utf8)) }
    #expect(throws: AVError.self) {
      try ImageFile([UInt8](repeating: 0, count: ImageFile.maximumBytes + 1))
    }
    #expect(throws: AVError.self) { try ImageFile(Self.file("mjpeg", 4_112, 16)) }
    #expect(throws: AVError.self) { try ImageFile(path: "/nowhere/logo.png") }
    #expect(ImageFile(width: 2, height: 2, rgba: [1, 2, 3]) == nil)
  }

  @Test(arguments: ["png", "mjpeg", "libwebp"], 0..<3)
  func `broken images throw or give pixels, never more`(codec: String, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let whole = try Self.file(codec, 40, 30)
    for _ in 0..<120 {
      var bytes = whole
      if random.chance(0.4) {
        bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      }
      for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      guard let image = try? ImageFile(bytes) else { continue }
      #expect(image.rgba.count == image.width * image.height * 4)
      #expect(max(image.width, image.height) <= ImageFile.maximumSide)
    }
  }
}
