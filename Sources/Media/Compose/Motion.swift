internal import Wire

/// A tile's way from where it was to where it belongs.
struct Motion: Equatable {
  /// Long enough to be followed with the eye, short enough not to be waited for.
  static let duration = Nanoseconds.milliseconds(300)
  /// Tiles come and go a little smaller than they are.
  static let entryScale = 0.9
  /// Of the duration.
  static let entryDelay = 0.3

  /// A rectangle between pixels, and how much of the tile is seen: 0...1.
  struct Pose: Equatable {
    var x, y, width, height, opacity: Double

    init(_ rectangle: PixelRectangle, scale: Double = 1, opacity: Double = 1) {
      width = Double(rectangle.width) * scale
      height = Double(rectangle.height) * scale
      x = Double(rectangle.x) + (Double(rectangle.width) - width) / 2
      y = Double(rectangle.y) + (Double(rectangle.height) - height) / 2
      self.opacity = opacity
    }

    init(from: Pose, to: Pose, progress: Double) {
      func between(_ a: Double, _ b: Double) -> Double { a + (b - a) * progress }
      x = between(from.x, to.x)
      y = between(from.y, to.y)
      width = between(from.width, to.width)
      height = between(from.height, to.height)
      opacity = between(from.opacity, to.opacity)
    }

    /// Even, and cut to the frame.
    func rectangle(in bounds: PixelRectangle) -> PixelRectangle {
      func even(_ value: Double) -> Int { Int((value / 2).rounded()) * 2 }
      return PixelRectangle(
        x: even(x), y: even(y), width: max(2, even(width)), height: max(2, even(height))
      ).intersection(bounds)
    }
  }

  var from: Pose
  var to: Pose
  var start: MediaTime

  func isOver(at time: MediaTime) -> Bool { time - start >= Self.duration || from == to }

  func pose(at time: MediaTime) -> Pose {
    guard !isOver(at: time) else { return to }
    let linear = Double(max(0, (time - start).count)) / Double(Self.duration.count)
    // Fast at first, slow at its end.
    let rest = 1 - linear
    var pose = Pose(from: from, to: to, progress: 1 - rest * rest * rest)
    // Who comes is seen when the others have made room.
    if to.opacity > from.opacity {
      let progress = max(0, (linear - Self.entryDelay) / (1 - Self.entryDelay))
      pose.opacity = from.opacity + (to.opacity - from.opacity) * progress
    }
    return pose
  }
}
