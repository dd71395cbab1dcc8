internal import CPangoCairo

/// One line of text in any script, shaped by Pango.
final class TextLine {
  /// Inter is what the rest of the product is set in; fontconfig finds what it lacks elsewhere.
  static let family = "Inter, DejaVu Sans, sans-serif"

  enum Weight: UInt32 {
    case regular = 400
    case medium = 500
    case semibold = 600
  }

  let width: Double
  let height: Double
  private let layout: OpaquePointer
  private let offsetX: Double
  private let drawing: Drawing

  /// - Parameters:
  ///   - size: pixels from one line to the next, roughly.
  ///   - maximumWidth: pixels; longer text ends in an ellipsis.
  init(
    _ text: String, size: Double, weight: Weight = .medium, maximumWidth: Double = 4_000
  ) throws(AVError) {
    drawing = try Drawing(width: 1, height: 1)
    guard let layout = pango_cairo_create_layout(drawing.context),
      let description = pango_font_description_new()
    else { throw AVError(-12, "lay out text") }
    self.layout = layout
    pango_font_description_set_family(description, Self.family)
    pango_font_description_set_absolute_size(description, size * Double(PANGO_SCALE))
    pango_font_description_set_weight(description, PangoWeight(weight.rawValue))
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    // Whole pixels per letter look uneven at label sizes.
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options)
    cairo_font_options_destroy(options)
    pango_layout_set_single_paragraph_mode(layout, 1)
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
    pango_layout_set_width(layout, Int32(max(1, min(maximumWidth, 4_000)) * Double(PANGO_SCALE)))
    pango_layout_set_text(layout, text, -1)
    pango_layout_context_changed(layout)
    var logical = PangoRectangle()
    pango_layout_get_extents(layout, nil, &logical)
    width = Double(logical.width) / Double(PANGO_SCALE)
    height = Double(logical.height) / Double(PANGO_SCALE)
    offsetX = Double(logical.x) / Double(PANGO_SCALE)
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

  /// Draws with the drawing's colour; `x` and `y` are the upper left corner.
  func draw(on drawing: Drawing, x: Double, y: Double) {
    cairo_move_to(drawing.context, x - offsetX, y)
    pango_cairo_show_layout(drawing.context, layout)
  }
}
