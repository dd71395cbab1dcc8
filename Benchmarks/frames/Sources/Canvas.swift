import CPangoCairo
import Media

/// A Cairo surface in RGB, from which pictures and PNG files are made.
final class Canvas {
  let width: Int
  let height: Int
  let context: OpaquePointer
  let surface: OpaquePointer

  init(_ width: Int, _ height: Int) {
    self.width = width
    self.height = height
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    context = cairo_create(surface)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// What a frame looks like on a screen.
  convenience init(_ frame: VideoFrame) {
    self.init(frame.width, frame.height)
    let stride = Int(cairo_image_surface_get_stride(surface))
    guard let pixels = cairo_image_surface_get_data(surface) else { return }
    frame.withPlane(0) { luma in
      frame.withPlane(1) { blue in
        frame.withPlane(2) { red in
          for row in 0..<frame.height {
            for column in 0..<frame.width {
              let y = 1.16438 * (Double(luma.base[row * luma.stride + column]) - 16)
              let u = Double(blue.base[row / 2 * blue.stride + column / 2]) - 128
              let v = Double(red.base[row / 2 * red.stride + column / 2]) - 128
              let pixel = pixels + row * stride + column * 4
              pixel[0] = Self.byte(y + 2.11240 * u)
              pixel[1] = Self.byte(y - 0.21325 * u - 0.53291 * v)
              pixel[2] = Self.byte(y + 1.79274 * v)
              pixel[3] = 255
            }
          }
        }
      }
    }
    cairo_surface_mark_dirty(surface)
  }

  /// As a camera of WebRTC sends it: BT.601, limited range.
  func frame() throws -> VideoFrame {
    let frame = try VideoFrame(width: width, height: height, colorMatrix: .bt601)
    cairo_surface_flush(surface)
    let stride = Int(cairo_image_surface_get_stride(surface))
    guard let pixels = cairo_image_surface_get_data(surface) else { return frame }
    func rgb(_ x: Int, _ y: Int) -> (r: Double, g: Double, b: Double) {
      let pixel = pixels + y * stride + x * 4
      return (Double(pixel[2]), Double(pixel[1]), Double(pixel[0]))
    }
    frame.withPlane(0) { plane in
      for row in 0..<plane.height {
        for column in 0..<plane.width {
          let (r, g, b) = rgb(column, row)
          plane.base[row * plane.stride + column] = Self.byte(
            16 + 0.25679 * r + 0.50413 * g + 0.09791 * b)
        }
      }
    }
    for index in 1...2 {
      frame.withPlane(index) { plane in
        for row in 0..<plane.height {
          for column in 0..<plane.width {
            let (r, g, b) = rgb(min(2 * column, width - 1), min(2 * row, height - 1))
            plane.base[row * plane.stride + column] = Self.byte(
              index == 1
                ? 128 - 0.14822 * r - 0.29099 * g + 0.43922 * b
                : 128 + 0.43922 * r - 0.36779 * g - 0.07143 * b)
          }
        }
      }
    }
    return frame
  }

  func write(to path: String) throws(FramesError) {
    let status = cairo_surface_write_to_png(surface, path)
    guard status == CAIRO_STATUS_SUCCESS else {
      let why = cairo_status_to_string(status).map { String(cString: $0) } ?? "unknown"
      throw FramesError("cannot write \(path): \(why)")
    }
  }

  func color(_ value: UInt32, _ alpha: Double = 1) {
    cairo_set_source_rgba(
      context, Double(value >> 16 & 255) / 255, Double(value >> 8 & 255) / 255,
      Double(value & 255) / 255, alpha)
  }

  func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    cairo_rectangle(context, x, y, width, height)
    cairo_fill(context)
  }

  func ellipse(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    cairo_save(context)
    cairo_translate(context, x, y)
    cairo_scale(context, width, height)
    cairo_new_sub_path(context)
    cairo_arc(context, 0, 0, 1, 0, 2 * .pi)
    cairo_restore(context)
    cairo_fill(context)
  }

  /// Fills everything from one colour above to another below.
  func gradient(_ top: UInt32, _ bottom: UInt32) {
    let pattern = cairo_pattern_create_linear(0, 0, Double(width) * 0.3, Double(height))
    for (offset, value) in [(0.0, top), (1.0, bottom)] {
      cairo_pattern_add_color_stop_rgb(
        pattern, offset, Double(value >> 16 & 255) / 255, Double(value >> 8 & 255) / 255,
        Double(value & 255) / 255)
    }
    cairo_set_source(context, pattern)
    cairo_paint(context)
    cairo_pattern_destroy(pattern)
  }

  func text(_ text: String, _ x: Double, _ y: Double, _ size: Double, bold: Bool = false) {
    let layout = pango_cairo_create_layout(context)
    let description = pango_font_description_from_string(
      "Inter, DejaVu Sans \(bold ? "SemiBold" : "")")
    pango_font_description_set_absolute_size(description, size * 1_024)
    pango_layout_set_font_description(layout, description)
    pango_layout_set_text(layout, text, -1)
    cairo_move_to(context, x, y)
    pango_cairo_show_layout(context, layout)
    pango_font_description_free(description)
    g_object_unref(UnsafeMutableRawPointer(layout))
  }

  func draw(_ other: Canvas, x: Double, y: Double, width: Double) {
    cairo_save(context)
    cairo_translate(context, x, y)
    cairo_scale(context, width / Double(other.width), width / Double(other.width))
    cairo_set_source_surface(context, other.surface, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_BEST)
    cairo_paint(context)
    cairo_restore(context)
  }

  private static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
}
