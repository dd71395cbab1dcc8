extension Layout {
  /// Measures of a frame: everything grows with its shorter side.
  struct Geometry {
    let width: Int
    let height: Int
    /// Pixels for each of the 720 lines that the measures below are made for.
    let unit: Double
    let hasCaptions: Bool

    init(width: Int, height: Int, hasCaptions: Bool = true) {
      self.width = width & ~1
      self.height = height & ~1
      unit = Double(min(width, height)) / 720
      self.hasCaptions = hasCaptions
    }

    var isPortrait: Bool { height > width }
    var gap: Int { Self.even(12 * unit) }
    var margin: Int { Self.even(16 * unit) }
    /// The line below a screen, with the space above it.
    var captionHeight: Int { hasCaptions ? Self.even(max(40 * unit, 28)) : 0 }

    /// Rounder the larger the tile, as far as it looks like one family.
    func cornerRadius(_ rectangle: PixelRectangle) -> Int {
      let side = Double(min(rectangle.width, rectangle.height))
      return min(Self.even(14 * unit), max(4, Self.even(side * 0.08)))
    }

    static func even(_ value: Double) -> Int { max(2, Int(value / 2) &* 2) }

    /// The frame without its margin.
    var content: PixelRectangle {
      PixelRectangle(x: margin, y: margin, width: width - 2 * margin, height: height - 2 * margin)
    }

    /// How far cameras may be cropped, width by height; one alone less than several that share the frame.
    func cameraAspects(count: Int) -> ClosedRange<Double> {
      let narrowest = !isPortrait ? 4.0 / 3 : count == 1 ? 3.0 / 4 : 2.0 / 3
      return narrowest...16 / 9
    }

    func place(_ selection: Selection, fillsFrame: Bool) -> [Tile] {
      if selection.side.isEmpty {
        return fillsFrame && selection.main.count == 1
          ? filling(selection.main[0]) : area(selection.main, in: content)
      }
      let (mainArea, sideArea) = split(selection)
      let main = area(selection.main, in: mainArea)
      let side = grid(selection.side, in: sideArea, aspects: 1...16.0 / 9)
      return together(main, side)
    }

    /// Moves both so that only one gap is between them, and the whole is centred.
    private func together(_ main: [Tile], _ side: [Tile]) -> [Tile] {
      func edges(_ tiles: [Tile]) -> (start: Int, end: Int) {
        let areas = tiles.flatMap { [$0.rectangle] + ($0.caption.map { [$0] } ?? []) }
        let starts = areas.map { isPortrait ? $0.y : $0.x }
        let ends = areas.map { isPortrait ? $0.bottom : $0.right }
        return (starts.min() ?? 0, ends.max() ?? 0)
      }
      func moved(_ tiles: [Tile], by distance: Int) -> [Tile] {
        tiles.map { tile in
          var tile = tile
          if isPortrait {
            tile.rectangle.y += distance
            tile.caption?.y += distance
          } else {
            tile.rectangle.x += distance
            tile.caption?.x += distance
          }
          return tile
        }
      }
      let (first, second) = (edges(main), edges(side))
      let total = first.end - first.start + gap + second.end - second.start
      let start = ((isPortrait ? height : width) - total) / 2 & ~1
      return moved(main, by: start - first.start)
        + moved(side, by: start + first.end - first.start + gap - second.start)
    }

    /// One thing as large as the frame, with nothing around it, where its shape allows that.
    private func filling(_ item: Selection.Item) -> [Tile] {
      let whole = PixelRectangle(x: 0, y: 0, width: width, height: height)
      let shape = Double(width) / Double(height)
      let rectangle = item.aspect.map { fitted($0...$0, in: whole) } ?? whole
      let isFilled =
        item.aspect == nil
        ? (1.2...2).contains(shape)
        : rectangle.width * rectangle.height * 10 >= width * height * 8
      guard isFilled else { return area([item], in: content) }
      return [Tile(id: item.id, rectangle: rectangle, cornerRadius: 0, z: 0)]
    }

    /// The main area and the panel beside it, or below it in portrait.
    private func split(_ selection: Selection) -> (main: PixelRectangle, side: PixelRectangle) {
      let count = selection.side.count
      var (main, side) = (content, content)
      if isPortrait {
        let aspect = selection.main.count == 1 ? selection.main[0].aspect ?? 1.1 : 1
        let most = Double(content.height) * (count <= 3 ? 0.66 : count <= 8 ? 0.56 : 0.46)
        let screen = selection.main[0].aspect == nil ? 0 : captionHeight
        main.height = Self.even(min(most, Double(content.width) / aspect + Double(screen)))
        side.y = main.bottom + gap
        side.height = content.bottom - side.y
      } else {
        // One column as long as its tiles stay wide; then more of them.
        let share = count <= 4 ? 0.22 : count <= 12 ? 0.27 : 0.31
        side.width = Self.even(Double(content.width) * share)
        side.x = content.right - side.width
        main.width = content.width - side.width - gap
      }
      return (main, side)
    }

    /// The main area: screens in their own shape, cameras as a grid.
    private func area(_ items: [Selection.Item], in area: PixelRectangle) -> [Tile] {
      if items.count == 1, let aspect = items[0].aspect {
        return [screen(items[0].id, aspect, in: area)]
      }
      let tiles = grid(items, in: area, aspects: cameraAspects(count: items.count))
      return zip(items, tiles).map { item, tile in
        item.aspect.map { screen(item.id, $0, in: tile.rectangle) } ?? tile
      }
    }

    private func screen(_ id: TileID, _ aspect: Double, in area: PixelRectangle) -> Tile {
      var area = area
      area.height = max(2, area.height - captionHeight)
      var result = tile(id, fitted(aspect...aspect, in: area))
      if hasCaptions {
        let rectangle = result.rectangle
        result.caption = PixelRectangle(
          x: rectangle.x, y: rectangle.bottom, width: rectangle.width, height: captionHeight)
      }
      return result
    }

    private func tile(_ id: TileID, _ rectangle: PixelRectangle) -> Tile {
      Tile(id: id, rectangle: rectangle, cornerRadius: cornerRadius(rectangle), z: 0)
    }

    /// The largest rectangle of such a shape, centred.
    private func fitted(_ aspects: ClosedRange<Double>, in area: PixelRectangle) -> PixelRectangle {
      var (width, height) = (Double(area.width), Double(area.height))
      if width / height > aspects.upperBound { width = height * aspects.upperBound }
      if width / height < aspects.lowerBound { height = width / aspects.lowerBound }
      let (evenWidth, evenHeight) = (
        min(Self.even(width + 1), area.width), min(Self.even(height + 1), area.height)
      )
      return PixelRectangle(
        x: area.x + ((area.width - evenWidth) / 2 & ~1),
        y: area.y + ((area.height - evenHeight) / 2 & ~1), width: evenWidth, height: evenHeight)
    }

    /// Tiles of one size, as large as they can be; a last row that is not full is centred.
    private func grid(
      _ items: [Selection.Item], in area: PixelRectangle, aspects: ClosedRange<Double>
    ) -> [Tile] {
      guard !items.isEmpty else { return [] }
      var best = (columns: 1, size: PixelRectangle(x: 0, y: 0, width: 2, height: 2), score: -1.0)
      for columns in 1...items.count {
        let rows = (items.count + columns - 1) / columns
        let cell = PixelRectangle(
          x: 0, y: 0, width: (area.width - (columns - 1) * gap) / columns & ~1,
          height: (area.height - (rows - 1) * gap) / rows & ~1)
        guard cell.width >= 2, cell.height >= 2 else { continue }
        let size = fitted(aspects, in: cell)
        // Of two grids with tiles almost as large, the fuller one is calmer.
        let fullness = Double(items.count) / Double(columns * rows)
        let score = Double(size.width * size.height) * (0.7 + 0.3 * fullness)
        if score > best.score { best = (columns, size, score) }
      }

      let (columns, size) = (best.columns, best.size)
      let rows = (items.count + columns - 1) / columns
      let blockHeight = rows * size.height + (rows - 1) * gap
      let top = area.y + ((area.height - blockHeight) / 2 & ~1)
      return items.enumerated().map { index, item in
        let (row, column) = index.quotientAndRemainder(dividingBy: columns)
        let inRow = min(columns, items.count - row * columns)
        let rowWidth = inRow * size.width + (inRow - 1) * gap
        let left = area.x + ((area.width - rowWidth) / 2 & ~1)
        return tile(
          item.id,
          PixelRectangle(
            x: left + column * (size.width + gap), y: top + row * (size.height + gap),
            width: size.width, height: size.height))
      }
    }
  }
}
