internal import Synchronization

/// How much of each pixel of a rounded corner belongs to the tile.
struct CornerMask {
  let radius: Int
  /// The upper left corner, row by row; 255 is inside.
  let coverage: [UInt8]
  /// Inside, but not inside of a circle smaller by the ring's thickness.
  let ring: [UInt8]

  private struct Key: Hashable {
    var radius: Int
    var ringThickness: Int
  }

  /// Corners come in a few sizes; while tiles move, in some more.
  private static let maximumCached = 256
  private static let cache = Mutex<[Key: CornerMask]>([:])

  static func cached(radius: Int, ringThickness: Int) -> CornerMask {
    cache.withLock { cache in
      let key = Key(radius: radius, ringThickness: ringThickness)
      if let mask = cache[key] { return mask }
      if cache.count >= maximumCached { cache.removeAll() }
      let mask = CornerMask(radius: radius, ringThickness: ringThickness)
      cache[key] = mask
      return mask
    }
  }

  private init(radius: Int, ringThickness: Int) {
    self.radius = radius
    var coverage = [UInt8](repeating: 255, count: radius * radius)
    var ring = coverage
    for row in 0..<radius {
      for column in 0..<radius {
        let (x, y) = (Double(radius - column) - 0.5, Double(radius - row) - 0.5)
        let distance = (x * x + y * y).squareRoot()
        let outer = min(max(Double(radius) - distance + 0.5, 0), 1)
        let inner = min(max(Double(radius - ringThickness) - distance + 0.5, 0), 1)
        coverage[row * radius + column] = UInt8(outer * 255)
        ring[row * radius + column] = UInt8((outer - inner) * 255)
      }
    }
    self.coverage = coverage
    self.ring = ring
  }
}
