/// Which part of a picture is seen in a tile, and where in it.
package struct Framing: Equatable {
  /// At most so much of the sides is cut away: faces are in the middle.
  package static let leastWidth = 0.36
  /// At most so much of top and bottom: there is a head and a chin.
  package static let leastHeight = 0.56
  /// Of what is cut away from the height, this much at the top: eyes are above the middle.
  package static let shareOfTop = 0.38
  /// A picture that would be scaled down no further than this loses its edges instead: it stays sharp, and costs less.
  package static let leastScale = 0.92

  /// Of the picture, even.
  package var part: PixelRectangle
  /// Of the tile, even; less than all of it where a picture would be cropped too much.
  package var place: PixelRectangle

  /// Fills the tile as far as the picture's shape permits.
  ///
  /// - Parameter share: of what is seen of each side, so much is left; see `sharpShare`.
  package static func cover(
    width: Int, height: Int, tileWidth: Int, tileHeight: Int, share: Double = 1
  ) -> Framing {
    let (sourceWidth, sourceHeight) = (Double(max(width, 1)), Double(max(height, 1)))
    let scale = coverScale(sourceWidth, sourceHeight, tileWidth, tileHeight)
    let seenWidth = min(sourceWidth, Double(tileWidth) / scale)
    let seenHeight = min(sourceHeight, Double(tileHeight) / scale)
    // Rounded, for where nothing is scaled it is the tile's size.
    let (leftWidth, leftHeight) =
      share == 1
      ? (seenWidth, seenHeight) : ((seenWidth * share).rounded(), (seenHeight * share).rounded())
    let part = PixelRectangle(
      x: Int((sourceWidth - leftWidth) / 2), y: Int((sourceHeight - leftHeight) * shareOfTop),
      width: Int(leftWidth), height: Int(leftHeight))
    return Framing(
      part: inner(part, width: width, height: height),
      place: centered(
        width: seenWidth * scale, height: seenHeight * scale, tileWidth, tileHeight))
  }

  /// How much to leave of the sides of a picture that covers a tile of this size, so that it need not be scaled.
  ///
  /// 1 where the picture has to be scaled anyway, or would not fill the tile.
  package static func sharpShare(
    width: Int, height: Int, tileWidth: Int, tileHeight: Int
  ) -> Double {
    let (sourceWidth, sourceHeight) = (Double(max(width, 1)), Double(max(height, 1)))
    let scale = coverScale(sourceWidth, sourceHeight, tileWidth, tileHeight)
    let isFilled =
      sourceWidth * scale >= Double(tileWidth) && sourceHeight * scale >= Double(tileHeight)
    return isFilled && (leastScale..<1).contains(scale) ? scale : 1
  }

  private static func coverScale(
    _ sourceWidth: Double, _ sourceHeight: Double, _ tileWidth: Int, _ tileHeight: Int
  ) -> Double {
    let scales = (Double(tileWidth) / sourceWidth, Double(tileHeight) / sourceHeight)
    let isWidthCut = scales.1 > scales.0
    return min(
      max(scales.0, scales.1),
      isWidthCut ? scales.0 / leastWidth : scales.1 / leastHeight)
  }

  /// Shows all of the picture.
  package static func contain(width: Int, height: Int, tileWidth: Int, tileHeight: Int) -> Framing {
    let (width, height) = (max(width, 1), max(height, 1))
    let scale = min(Double(tileWidth) / Double(width), Double(tileHeight) / Double(height))
    return Framing(
      part: PixelRectangle(x: 0, y: 0, width: width, height: height),
      place: centered(
        width: Double(width) * scale, height: Double(height) * scale, tileWidth, tileHeight))
  }

  private static func inner(_ part: PixelRectangle, width: Int, height: Int) -> PixelRectangle {
    let (x, y) = (part.x & ~1, part.y & ~1)
    return PixelRectangle(
      x: x, y: y, width: max(1, min(part.width, width - x)),
      height: max(1, min(part.height, height - y)))
  }

  private static func centered(
    width: Double, height: Double, _ tileWidth: Int, _ tileHeight: Int
  ) -> PixelRectangle {
    // A bar of a pixel or two is a mistake, not a bar.
    var (evenWidth, evenHeight) = ((Int(width + 1) & ~1), (Int(height + 1) & ~1))
    if tileWidth - evenWidth < 6 { evenWidth = tileWidth }
    if tileHeight - evenHeight < 6 { evenHeight = tileHeight }
    evenWidth = max(2, min(evenWidth, tileWidth))
    evenHeight = max(2, min(evenHeight, tileHeight))
    return PixelRectangle(
      x: (tileWidth - evenWidth) / 2 & ~1, y: (tileHeight - evenHeight) / 2 & ~1,
      width: evenWidth, height: evenHeight)
  }
}
