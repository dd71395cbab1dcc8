internal import CPangoCairo

/// A small surface to draw on with Cairo, in red, green, blue and alpha.
///
/// What is drawn here is drawn once and kept as an `Overlay`.
final class Drawing {
  let width: Int
  let height: Int
  let context: OpaquePointer
  private let surface: OpaquePointer

  /// - Throws: if there is no memory. Sizes are clamped to 1...4096.
  init(width: Int, height: Int) throws(AVError) {
    self.width = min(max(width, 1), 4_096)
    self.height = min(max(height, 1), 4_096)
    let surface = cairo_image_surface_create(
      CAIRO_FORMAT_ARGB32, Int32(self.width), Int32(self.height))
    guard let surface, cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let context = cairo_create(surface)
    else { throw AVError(-12, "allocate a drawing of \(width)x\(height)") }
    self.surface = surface
    self.context = context
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Lends the pixels: blue, green, red, alpha, premultiplied.
  func withPixels<Result>(_ body: (UnsafeMutablePointer<UInt8>, _ stride: Int) -> Result) -> Result?
  {
    cairo_surface_flush(surface)
    guard let base = cairo_image_surface_get_data(surface) else { return nil }
    defer { cairo_surface_mark_dirty(surface) }
    return body(base, Int(cairo_image_surface_get_stride(surface)))
  }

  func use(_ color: RGB, alpha: Double = 1) {
    cairo_set_source_rgba(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255, alpha)
  }

  func fillRoundedRectangle(x: Double, y: Double, width: Double, height: Double, radius: Double) {
    roundedRectangle(x: x, y: y, width: width, height: height, radius: radius)
    cairo_fill(context)
  }

  func roundedRectangle(x: Double, y: Double, width: Double, height: Double, radius: Double) {
    let radius = min(radius, width / 2, height / 2)
    cairo_new_sub_path(context)
    cairo_arc(context, x + width - radius, y + radius, radius, -.pi / 2, 0)
    cairo_arc(context, x + width - radius, y + height - radius, radius, 0, .pi / 2)
    cairo_arc(context, x + radius, y + height - radius, radius, .pi / 2, .pi)
    cairo_arc(context, x + radius, y + radius, radius, .pi, .pi * 1.5)
    cairo_close_path(context)
  }

  func fillCircle(x: Double, y: Double, radius: Double) {
    cairo_new_sub_path(context)
    cairo_arc(context, x, y, radius, 0, 2 * .pi)
    cairo_fill(context)
  }

  /// Draws an image over a rectangle, smoothly.
  func draw(_ image: ImageFile, x: Double, y: Double, width: Double, height: Double) {
    guard let source = try? Drawing(width: image.width, height: image.height) else { return }
    _ = source.withPixels { pixels, stride in
      image.rgba.withUnsafeBufferPointer { rgba in
        for row in 0..<image.height {
          for column in 0..<image.width {
            let from = (row &* image.width &+ column) &* 4
            let to = row &* stride &+ column &* 4
            let alpha = UInt16(rgba[from &+ 3])
            pixels[to] = premultiplied(rgba[from &+ 2], alpha)
            pixels[to &+ 1] = premultiplied(rgba[from &+ 1], alpha)
            pixels[to &+ 2] = premultiplied(rgba[from], alpha)
            pixels[to &+ 3] = rgba[from &+ 3]
          }
        }
      }
    }
    cairo_save(context)
    cairo_translate(context, x, y)
    cairo_scale(context, width / Double(image.width), height / Double(image.height))
    cairo_set_source_surface(context, source.surface, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_BEST)
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  private func premultiplied(_ value: UInt8, _ alpha: UInt16) -> UInt8 {
    UInt8(truncatingIfNeeded: (UInt16(value) &* alpha &+ 127) / 255)
  }
}
