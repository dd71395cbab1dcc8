/// A part of a picture, in pixels from its upper left corner.
package struct PixelRectangle: Hashable, Sendable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var right: Int { x &+ width }
  package var bottom: Int { y &+ height }
  package var isEmpty: Bool { width <= 0 || height <= 0 }

  package func contains(_ other: Self) -> Bool {
    other.x >= x && other.y >= y && other.right <= right && other.bottom <= bottom
  }

  /// What both have in common; empty if they do not meet.
  package func intersection(_ other: Self) -> Self {
    let (left, top) = (max(x, other.x), max(y, other.y))
    return Self(
      x: left, y: top, width: max(0, min(right, other.right) &- left),
      height: max(0, min(bottom, other.bottom) &- top))
  }

  /// The nearest rectangle that 4:2:0 can address: all of it even, at least 2x2.
  package var even: Self {
    let (left, top) = (x & ~1, y & ~1)
    return Self(
      x: left, y: top, width: max(2, ((right &+ 1) & ~1) &- left),
      height: max(2, ((bottom &+ 1) & ~1) &- top))
  }
}
