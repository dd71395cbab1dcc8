/// The colours of a theme.
struct Palette: Equatable {
  var background: RGB
  /// Behind a camera that is off, and beside pictures that do not fill their tile.
  var tile: RGB
  var text: RGB
  var faintText: RGB
  var label: RGB
  var labelAlpha: Double
  var labelText: RGB
  /// The microphone that is off.
  var muted: RGB
  /// Around who speaks.
  var speaking: RGB

  /// Behind initials; white letters have a contrast of at least 4.5 on each.
  static let hues: [RGB] = [
    RGB(0x3F63D6), RGB(0x7A4FC9), RGB(0xB3417F), RGB(0xB8532F), RGB(0x8A6A14), RGB(0x3D7D3F),
    RGB(0x17797C), RGB(0x546079),
  ]

  init(_ theme: CompositionSettings.Theme) {
    switch theme {
    case .dark:
      self.init(
        background: RGB(0x0D1015), tile: RGB(0x1F242E), text: RGB(0xEDF0F6),
        faintText: RGB(0xA3ACBF), label: RGB(0x0C0F16), labelAlpha: 0.7, labelText: RGB(0xFFFFFF),
        muted: RGB(0xFF8A96), speaking: RGB(0x38C172))
    case .light:
      self.init(
        background: RGB(0xF1F3F7), tile: RGB(0xDCE1EA), text: RGB(0x161A23),
        faintText: RGB(0x596175), label: RGB(0xFFFFFF), labelAlpha: 0.88, labelText: RGB(0x161A23),
        muted: RGB(0xC0213A), speaking: RGB(0x1FA35C))
    case .default:
      self.init(
        background: RGB(0x151C33), tile: RGB(0x263152), text: RGB(0xEEF1FA),
        faintText: RGB(0xA9B4D3), label: RGB(0x0C1124), labelAlpha: 0.7, labelText: RGB(0xFFFFFF),
        muted: RGB(0xFF8A96), speaking: RGB(0x5CD08D))
    }
  }

  private init(
    background: RGB, tile: RGB, text: RGB, faintText: RGB, label: RGB, labelAlpha: Double,
    labelText: RGB, muted: RGB, speaking: RGB
  ) {
    self.background = background
    self.tile = tile
    self.text = text
    self.faintText = faintText
    self.label = label
    self.labelAlpha = labelAlpha
    self.labelText = labelText
    self.muted = muted
    self.speaking = speaking
  }
}
