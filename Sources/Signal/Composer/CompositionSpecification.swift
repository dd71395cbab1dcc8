/// How an output is drawn; the strings are those of the REST surface.
///
/// A value is whole: what a caller leaves out has its default here. Outputs with equal ones share a picture.
package struct CompositionSpecification: Codable, Hashable, Sendable {
  package enum Layout: String, Codable, Sendable, CaseIterable {
    case grid = "GRID"
    case sidebar = "SIDEBAR"
    case spotlight = "SPOTLIGHT"
  }
  package enum Priority: String, Codable, Sendable, CaseIterable {
    case speaker = "SPEAKER"
    case pin = "PIN"
  }
  package enum Theme: String, Codable, Sendable, CaseIterable {
    case standard = "DEFAULT"
    case dark = "DARK"
    case light = "LIGHT"
  }
  package enum Mode: String, Codable, Sendable, CaseIterable {
    case videoAndAudio = "video-and-audio"
    case audio
  }
  package enum Quality: String, Codable, Sendable, CaseIterable {
    case low, med, high
  }
  package enum Orientation: String, Codable, Sendable, CaseIterable {
    case landscape, portrait
  }

  package var layout: Layout
  package var priority: Priority
  /// People drawn at once, 1 to 25.
  package var gridSize: Int
  package var theme: Theme
  package var mode: Mode
  package var quality: Quality
  package var orientation: Orientation
  /// Absolute, of a PNG, JPEG or WebP.
  package var logoPath: String?
  package var backgroundPath: String?
  /// Where they are to be fetched; composers never see these.
  package var logoURL: String?
  package var backgroundURL: String?
  /// `#rrggbb`.
  package var backgroundColor: String?

  package init(
    layout: Layout = .grid, priority: Priority = .speaker, gridSize: Int = 25,
    theme: Theme = .standard, mode: Mode = .videoAndAudio, quality: Quality = .med,
    orientation: Orientation = .landscape, logoPath: String? = nil, backgroundPath: String? = nil,
    backgroundColor: String? = nil, logoURL: String? = nil, backgroundURL: String? = nil
  ) {
    self.layout = layout
    self.priority = priority
    self.gridSize = min(max(gridSize, 1), 25)
    self.theme = theme
    self.mode = mode
    self.quality = quality
    self.orientation = orientation
    self.logoPath = logoPath
    self.backgroundPath = backgroundPath
    self.backgroundColor = backgroundColor
    self.logoURL = logoURL
    self.backgroundURL = backgroundURL
  }

  /// Pixels, `orientation` applied: 854×480, 1280×720 or 1920×1080.
  package var width: Int { orientation == .landscape ? longSide : shortSide }
  /// Pixels.
  package var height: Int { orientation == .landscape ? shortSide : longSide }

  private var longSide: Int {
    switch quality {
    case .low: 854
    case .med: 1_280
    case .high: 1_920
    }
  }

  private var shortSide: Int {
    switch quality {
    case .low: 480
    case .med: 720
    case .high: 1_080
    }
  }
}
