/// How a room is drawn: the same for the whole of an output, or changed while it runs.
package struct CompositionSettings: Sendable, Equatable {
  package enum LayoutKind: String, Codable, CaseIterable, Sendable {
    /// Everybody; a shared screen takes the main area.
    case grid
    /// Who is pinned: the first large, the others beside it.
    case sidebar
    /// Who is pinned, all of them large; a shared screen alone.
    case spotlight
  }

  /// Who comes first where not everybody does.
  package enum Priority: String, Codable, CaseIterable, Sendable { case speaker, pin }

  package enum Theme: String, Codable, CaseIterable, Sendable { case dark, light, `default` }

  package enum Background: Sendable, Equatable {
    /// The theme's own colour.
    case theme
    case color(RGB)
    /// Fills the frame; what does not fit is cut off.
    case image(ImageFile)
  }

  package enum Corner: String, Codable, CaseIterable, Sendable {
    case topLeft, topRight, bottomLeft, bottomRight
  }

  /// A picture, a text or both, side by side, that stay in a corner, above everything.
  package struct Logo: Sendable, Equatable {
    package var image: ImageFile?
    package var text: String?
    package var corner: Corner

    package init(_ image: ImageFile?, text: String? = nil, corner: Corner = .topRight) {
      self.image = image
      self.text = text
      self.corner = corner
    }
  }

  /// Most cameras on one frame that a face can still be told on.
  package static let gridSizes = 1...25

  package var layout: LayoutKind
  package var priority: Priority
  /// Cameras drawn at most; clamped to `gridSizes`.
  package var gridSize: Int { didSet { gridSize = Self.clamped(gridSize) } }
  package var theme: Theme
  /// Pixels, even, 64...4096; others are made so by the compositor.
  package var width: Int
  package var height: Int
  package var framesPerSecond: Int
  package var logo: Logo?
  package var background: Background
  package var showsNames: Bool
  /// What is written while nobody is in the room, and while nobody who is there is to be shown.
  package var emptyText: String
  package var nobodyShownText: String

  package init(
    layout: LayoutKind = .grid, priority: Priority = .speaker, gridSize: Int = 25,
    theme: Theme = .default, width: Int = 1280, height: Int = 720, framesPerSecond: Int = 30,
    logo: Logo? = nil, background: Background = .theme, showsNames: Bool = true,
    emptyText: String = "Waiting for others to join",
    nobodyShownText: String = "Waiting for the presenter"
  ) {
    self.layout = layout
    self.priority = priority
    self.gridSize = Self.clamped(gridSize)
    self.theme = theme
    self.width = width
    self.height = height
    self.framesPerSecond = framesPerSecond
    self.logo = logo
    self.background = background
    self.showsNames = showsNames
    self.emptyText = emptyText
    self.nobodyShownText = nobodyShownText
  }

  private static func clamped(_ size: Int) -> Int {
    min(max(size, gridSizes.lowerBound), gridSizes.upperBound)
  }
}
