import CFFmpeg
import Media

/// Encodes pictures for tests, with libav directly: what tests decode was not made by our own encoder.
final class SourceEncoder {
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let packet = av_packet_alloc()
  private var count: Int64 = 0

  /// - Parameter isFullRange: whether the stream says that luma goes from 0 to 255.
  init(_ codec: MediaCodec, width: Int, height: Int, isFullRange: Bool = false) throws {
    let (name, options): (String, [(String, String)]) =
      switch codec {
      case .vp8: ("libvpx", [("deadline", "realtime"), ("cpu-used", "8"), ("lag-in-frames", "0")])
      case .vp9:
        ("libvpx-vp9", [("deadline", "realtime"), ("cpu-used", "8"), ("lag-in-frames", "0")])
      case .h264: ("libx264", [("preset", "ultrafast"), ("tune", "zerolatency")])
      case .av1: ("libaom-av1", [("usage", "realtime"), ("cpu-used", "8"), ("lag-in-frames", "0")])
      case .opus: ("", [])
      }
    guard let encoder = avcodec_find_encoder_by_name(name),
      let context = avcodec_alloc_context3(encoder)
    else { throw AVError(-ENOSYS, "find encoder \(name)") }
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = isFullRange ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P
    context.pointee.time_base = AVRational(num: 1, den: 30)
    context.pointee.bit_rate = 2_000_000
    context.pointee.gop_size = 1_000
    for (key, value) in options { av_opt_set(context.pointee.priv_data, key, value, 0) }
    try AVError.check(avcodec_open2(context, encoder, nil), "open encoder \(name)")
    self.context = context
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
    var packet = packet
    av_packet_free(&packet)
  }

  func encode(_ picture: VideoFrame) throws -> [UInt8] {
    var frame = av_frame_alloc()
    defer { av_frame_free(&frame) }
    guard let frame, let packet else { return [] }
    frame.pointee.format = context.pointee.pix_fmt.rawValue
    frame.pointee.width = Int32(picture.width)
    frame.pointee.height = Int32(picture.height)
    try AVError.check(av_frame_get_buffer(frame, 0), "allocate")
    let planes = [
      (frame.pointee.data.0, frame.pointee.linesize.0),
      (frame.pointee.data.1, frame.pointee.linesize.1),
      (frame.pointee.data.2, frame.pointee.linesize.2),
    ]
    for (index, (base, stride)) in planes.enumerated() {
      picture.withPlane(index) { plane in
        for row in 0..<plane.height {
          base?.advanced(by: row * Int(stride)).update(
            from: plane.base + row * plane.stride, count: plane.width)
        }
      }
    }
    frame.pointee.pts = count
    count += 1
    try AVError.check(avcodec_send_frame(context, frame), "encode")
    try AVError.check(avcodec_receive_packet(context, packet), "encode")
    defer { av_packet_unref(packet) }
    return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
  }
}

/// A colour as the planes hold it.
struct YUV: Equatable {
  var y, u, v: Int

  static let red = YUV(y: 81, u: 90, v: 240)
  static let green = YUV(y: 145, u: 54, v: 34)
  static let blue = YUV(y: 41, u: 240, v: 110)
  static let gray = YUV(y: 126, u: 128, v: 128)

  func isNear(_ other: YUV, within tolerance: Int = 6) -> Bool {
    abs(y - other.y) <= tolerance && abs(u - other.u) <= tolerance && abs(v - other.v) <= tolerance
  }
}

/// A picture of one colour.
func picture(
  _ width: Int, _ height: Int, _ color: YUV, matrix: ColorMatrix = .bt709
) throws -> VideoFrame {
  let frame = try VideoFrame(width: width, height: height, colorMatrix: matrix)
  frame.fill(y: UInt8(color.y), u: UInt8(color.u), v: UInt8(color.v))
  return frame
}

/// A picture whose quarters are red, green, blue and gray, in the order of reading.
func quarters(_ width: Int, _ height: Int, matrix: ColorMatrix = .bt709) throws -> VideoFrame {
  let frame = try VideoFrame(width: width, height: height, colorMatrix: matrix)
  let colors: [YUV] = [.red, .green, .blue, .gray]
  for index in 0..<3 {
    frame.withPlane(index) { plane in
      for row in 0..<plane.height {
        for column in 0..<plane.width {
          let color = colors[
            (row * 2 < plane.height ? 0 : 2) + (column * 2 < plane.width ? 0 : 1)]
          plane.base[row * plane.stride + column] = UInt8([color.y, color.u, color.v][index])
        }
      }
    }
  }
  return frame
}

extension VideoFrame {
  func color(_ x: Int, _ y: Int) -> YUV {
    YUV(
      y: withPlane(0) { Int($0.base[y * $0.stride + x]) },
      u: withPlane(1) { Int($0.base[y / 2 * $0.stride + x / 2]) },
      v: withPlane(2) { Int($0.base[y / 2 * $0.stride + x / 2]) })
  }

  /// All bytes that are part of the picture.
  var bytes: [UInt8] {
    (0..<3).flatMap { index in
      withPlane(index) { plane in
        (0..<plane.height).flatMap { row in
          Array(UnsafeBufferPointer(start: plane.base + row * plane.stride, count: plane.width))
        }
      }
    }
  }
}
