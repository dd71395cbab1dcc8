internal import CPangoCairo

/// Draws what is not video, and keeps it: labels, initials, the logo.
struct Artwork {
  /// Labels of everybody in a large room in two sizes.
  static let maximumLabels = 256

  /// A line at the lower edge of a tile.
  struct Label: Hashable {
    var name: DisplayName
    var isMuted: Bool
    var isScreen: Bool
    /// Pixels.
    var textSize: Int
    var maximumWidth: Int
  }

  let palette: Palette
  /// Pixels for each of 720 lines.
  let unit: Double
  private var labels: [Label: Overlay] = [:]

  init(_ palette: Palette, unit: Double) {
    self.palette = palette
    self.unit = unit
  }

  /// A name in a box with round corners, before it a crossed microphone or a screen; `nil` without room for it.
  mutating func overlay(_ label: Label) throws(AVError) -> Overlay? {
    if let overlay = labels[label] { return overlay }
    let size = Double(label.textSize)
    let (padding, icon, space) = (
      (size * 0.62).rounded(), (size * 1.1).rounded(), (size * 0.36).rounded()
    )
    let icons = label.isMuted || label.isScreen ? icon + space : 0
    let room = Double(label.maximumWidth) - 2 * padding - icons
    guard room >= size * 1.5 || icons > 0 && room >= -space else { return nil }
    let text =
      room >= size * 1.5 ? try TextLine(label.name.text, size: size, maximumWidth: room) : nil
    let height = (size * 1.72).rounded()
    let width =
      text.map { ($0.width.rounded(.up) + 2 * padding + icons) } ?? icons - space + 2 * padding
    let drawing = try Drawing(width: Int(width), height: Int(height))
    drawing.use(palette.label, alpha: palette.labelAlpha)
    drawing.fillRoundedRectangle(
      x: 0, y: 0, width: width, height: height, radius: (size * 0.5).rounded())
    if label.isScreen {
      drawing.use(palette.labelText)
      drawing.strokeScreen(x: padding, y: (height - icon) / 2, size: icon)
    } else if label.isMuted {
      drawing.use(palette.muted)
      drawing.strokeMutedMicrophone(x: padding, y: (height - icon) / 2, size: icon)
    }
    drawing.use(palette.labelText)
    text?.draw(on: drawing, x: padding + icons, y: (height - (text?.height ?? 0)) / 2)
    let overlay = Overlay(drawing)
    if labels.count >= Self.maximumLabels { labels.removeAll(keepingCapacity: true) }
    labels[label] = overlay
    return overlay
  }

  /// The tile of a camera that is off: initials in a circle.
  func placeholder(
    for name: DisplayName, id: String, width: Int, height: Int
  ) throws(AVError) -> VideoFrame {
    let picture = try VideoFrame(width: width, height: height)
    let ground = palette.tile.yuv
    picture.fill(y: ground.y, u: ground.u, v: ground.v)
    let side = Double(min(width, height))
    let diameter = (min(side * 0.44, 190 * unit) / 2).rounded() * 2
    let drawing = try Drawing(width: Int(diameter), height: Int(diameter))
    drawing.use(Palette.hues[DisplayName.hue(of: id)])
    drawing.fillCircle(x: diameter / 2, y: diameter / 2, radius: diameter / 2)
    let text = try TextLine(name.initials, size: diameter * 0.4, weight: .medium)
    drawing.use(RGB(0xFFFFFF))
    text.draw(
      on: drawing, x: (diameter - text.width) / 2, y: (diameter - text.height) / 2)
    picture.blend(
      Overlay(drawing), x: (width - Int(diameter)) / 2, y: (height - Int(diameter)) / 2,
      clip: picture.bounds)
    return picture
  }

  /// What is seen while there is nobody to be seen.
  func emptyState(_ text: String, maximumWidth: Int) throws(AVError) -> Overlay {
    let line = try TextLine(
      text, size: (max(26 * unit, 14)).rounded(), weight: .medium,
      maximumWidth: Double(maximumWidth))
    let diameter = (96 * unit / 2).rounded() * 2
    let space = (24 * unit).rounded()
    let width = max(line.width, diameter).rounded(.up)
    let drawing = try Drawing(
      width: Int(width), height: Int((diameter + space + line.height).rounded(.up)))
    drawing.use(palette.tile)
    drawing.fillCircle(x: width / 2, y: diameter / 2, radius: diameter / 2)
    drawing.use(palette.faintText)
    drawing.fillPeople(x: width / 2, y: diameter / 2, size: diameter * 0.5)
    line.draw(on: drawing, x: (width - line.width) / 2, y: diameter + space)
    return Overlay(drawing)
  }

  /// The logo: its picture at most a sixth of the width and a twelfth of the height, its text half the width.
  func logo(
    _ logo: CompositionSettings.Logo, width: Int, height: Int
  ) throws(AVError) -> Overlay? {
    var (ownWidth, ownHeight) = (0.0, 0.0)
    if let image = logo.image {
      let scale = min(
        Double(width) / 6 / Double(image.width), Double(height) / 12 / Double(image.height))
      ownWidth = max(2, (Double(image.width) * scale).rounded())
      ownHeight = max(2, (Double(image.height) * scale).rounded())
    }
    var line: TextLine?
    if let text = logo.text, !text.isEmpty {
      line = try TextLine(
        DisplayName(text).text, size: max(22 * unit, 12).rounded(), weight: .semibold,
        maximumWidth: Double(width) / 2)
    }
    guard logo.image != nil || line != nil else { return nil }
    let space = logo.image == nil || line == nil ? 0 : (10 * unit).rounded()
    // Of the text's shadow, which makes it readable on white.
    let blur = line == nil ? 0 : max(2 * unit, 1).rounded()
    let full = max(ownHeight, (line?.height ?? 0) + 2 * blur).rounded(.up)
    let drawing = try Drawing(
      width: Int((ownWidth + space + (line?.width ?? 0) + 2 * blur).rounded(.up)),
      height: Int(full))
    if let image = logo.image {
      drawing.draw(
        image, x: 0, y: ((full - ownHeight) / 2).rounded(), width: ownWidth, height: ownHeight)
    }
    if let line {
      let (x, y) = (ownWidth + space + blur, (full - line.height) / 2)
      drawing.use(RGB(0), alpha: 0.35)
      for (right, down) in [(-1.0, 0.0), (1, 0), (0, -1), (0, 1), (0.7, 0.7), (-0.7, 0.7)] {
        line.draw(on: drawing, x: x + right * blur, y: y + down * blur)
      }
      drawing.use(RGB(0xFFFFFF))
      line.draw(on: drawing, x: x, y: y)
    }
    return Overlay(drawing)
  }

  /// What lies behind everything.
  func background(
    _ background: CompositionSettings.Background, width: Int, height: Int
  ) throws(AVError) -> VideoFrame {
    let frame = try VideoFrame(width: width, height: height)
    let color: RGB
    switch background {
    case .color(let own): color = own
    case .theme, .image: color = palette.background
    }
    let (y, u, v) = color.yuv
    frame.fill(y: y, u: u, v: v)
    if case .image(let image) = background {
      let drawing = try Drawing(width: width, height: height)
      let scale = max(
        Double(width) / Double(image.width), Double(height) / Double(image.height))
      let (ownWidth, ownHeight) = (Double(image.width) * scale, Double(image.height) * scale)
      drawing.draw(
        image, x: (Double(width) - ownWidth) / 2, y: (Double(height) - ownHeight) / 2,
        width: ownWidth, height: ownHeight)
      frame.blend(Overlay(drawing), x: 0, y: 0, clip: frame.bounds)
    }
    return frame
  }
}

extension Drawing {
  /// Signs are drawn on a grid of 24, as the meeting page's icons are.
  private func onGrid(x: Double, y: Double, size: Double, _ body: () -> Void) {
    cairo_save(context)
    cairo_translate(context, x, y)
    cairo_scale(context, size / 24, size / 24)
    cairo_set_line_width(context, 2.2)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    // In a group of its own: what a sign takes away is not taken from what lies below it.
    cairo_push_group(context)
    body()
    cairo_pop_group_to_source(context)
    cairo_paint(context)
    cairo_restore(context)
  }

  func strokeMutedMicrophone(x: Double, y: Double, size: Double) {
    onGrid(x: x, y: y, size: size) {
      roundedRectangle(x: 8.6, y: 1.6, width: 6.8, height: 12.4, radius: 3.4)
      cairo_fill(context)
      cairo_new_sub_path(context)
      cairo_arc(context, 12, 10.6, 7.2, 0.05, .pi - 0.05)
      cairo_move_to(context, 12, 17.8)
      cairo_line_to(context, 12, 22)
      cairo_stroke(context)
      // The slash is set off from what it crosses.
      cairo_set_operator(context, CAIRO_OPERATOR_CLEAR)
      cairo_set_line_width(context, 6.4)
      cairo_move_to(context, 4.4, 1.6)
      cairo_line_to(context, 22.6, 19.8)
      cairo_stroke(context)
      cairo_set_operator(context, CAIRO_OPERATOR_OVER)
      cairo_set_line_width(context, 2.4)
      cairo_move_to(context, 3, 3)
      cairo_line_to(context, 21, 21)
      cairo_stroke(context)
    }
  }

  func strokeScreen(x: Double, y: Double, size: Double) {
    onGrid(x: x, y: y, size: size) {
      roundedRectangle(x: 2.5, y: 4, width: 19, height: 13, radius: 2.5)
      cairo_move_to(context, 8, 21)
      cairo_line_to(context, 16, 21)
      cairo_stroke(context)
    }
  }

  /// Three heads with shoulders, centred.
  func fillPeople(x: Double, y: Double, size: Double) {
    onGrid(x: x - size / 2, y: y - size / 2, size: size) {
      fillPerson(x: 4.4, scale: 0.74)
      fillPerson(x: 19.6, scale: 0.74)
      // The one in front is set off from those behind.
      cairo_set_operator(context, CAIRO_OPERATOR_CLEAR)
      fillPerson(x: 12, scale: 1, border: 1.5)
      cairo_set_operator(context, CAIRO_OPERATOR_OVER)
      fillPerson(x: 12, scale: 1)
    }
  }

  private func fillPerson(x: Double, scale: Double, border: Double = 0) {
    let base = 19.0
    fillCircle(x: x, y: base - 12.6 * scale, radius: 3.9 * scale + border)
    let shoulder = 6.4 * scale + border
    let height = 9.6 * scale + 1.34 * border
    cairo_move_to(context, x - shoulder, base)
    cairo_curve_to(
      context, x - shoulder, base - height, x + shoulder, base - height, x + shoulder, base)
    cairo_close_path(context)
    cairo_fill(context)
  }
}
