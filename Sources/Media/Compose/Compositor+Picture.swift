extension Compositor {
  /// The small picture that is blurred by enlarging it.
  private static let backdropSize = (width: 16, height: 12)
  /// How much of a backdrop is the tile's colour: it must not be mistaken for the picture.
  private static let backdropTint: UInt8 = 130

  /// A tile's content in this size, from the last time if it is the same.
  func picture(of tile: Tile, width: Int, height: Int) throws(AVError) -> VideoFrame {
    if let picture = tile.picture, picture.width == width, picture.height == height,
      tile.isPictureCurrent
    {
      return picture
    }
    let picture = try content(of: tile, width: width, height: height)
    counters.scaledPictures += 1
    tile.picture = picture
    tile.pictureLook = tile.look
    return picture
  }

  private func content(of tile: Tile, width: Int, height: Int) throws(AVError) -> VideoFrame {
    if let source = tile.look.source {
      let picture = try reusable(tile, width: width, height: height)
      // A picture that cannot be scaled, one pixel high perhaps, must not end the composition.
      if (try? fill(picture, with: source, of: tile)) != nil { return picture }
    }
    let placeholder = try tile.placeholder(artwork)
    return width == placeholder.width && height == placeholder.height
      ? placeholder : try scaler.scale(placeholder, width: width, height: height)
  }

  /// The picture of the last time is free to be drawn over, unless it is a placeholder that is kept.
  private func reusable(_ tile: Tile, width: Int, height: Int) throws(AVError) -> VideoFrame {
    if let last = tile.picture, last.width == width, last.height == height,
      tile.pictureLook?.source != nil, !tile.isPlaceholder(last)
    {
      return last
    }
    return try VideoFrame(width: width, height: height)
  }

  private func fill(
    _ picture: VideoFrame, with source: VideoFrame, of tile: Tile
  ) throws(AVError) {
    let isSideways = source.rotation == .quarter || source.rotation == .threeQuarters
    let (width, height) =
      isSideways ? (source.height, source.width) : (source.width, source.height)
    let framing =
      switch tile.id.kind {
      case .camera:
        // As at rest, so that nothing jumps when a tile arrives.
        Framing.cover(
          width: width, height: height, tileWidth: picture.width, tileHeight: picture.height,
          share: Framing.sharpShare(
            width: width, height: height, tileWidth: tile.target.rectangle.width,
            tileHeight: tile.target.rectangle.height))
      case .screen:
        Framing.contain(
          width: width, height: height, tileWidth: picture.width, tileHeight: picture.height)
      }
    if source.rotation == .none, framing.place == picture.bounds {
      try scaler.scale(source, part: framing.part, to: picture)
      if source.colorMatrix == .bt601 { Raster.convertToBT709(picture, picture.bounds) }
      return
    }
    if framing.place != picture.bounds {
      try fillBackdrop(picture, source, isBlurred: tile.id.kind == .camera)
    }
    let part = framing.part.turnedBack(source.rotation, width: source.width, height: source.height)
    let scaled = try VideoFrame(
      width: isSideways ? framing.place.height : framing.place.width,
      height: isSideways ? framing.place.width : framing.place.height)
    try scaler.scale(source, part: part, to: scaled)
    if source.colorMatrix == .bt601 { Raster.convertToBT709(scaled, scaled.bounds) }
    picture.copy(scaled, turnedBy: source.rotation, into: framing.place)
  }

  /// Behind a picture that does not fill its tile: for a camera the picture itself, blurred and dim.
  private func fillBackdrop(
    _ picture: VideoFrame, _ source: VideoFrame, isBlurred: Bool
  ) throws(AVError) {
    let ground = artwork.palette.tile
    guard isBlurred else {
      let (y, u, v) = ground.yuv
      return picture.fill(y: y, u: u, v: v)
    }
    let small = try VideoFrame(width: Self.backdropSize.width, height: Self.backdropSize.height)
    try scaler.scale(source, to: small)
    if source.colorMatrix == .bt601 { Raster.convertToBT709(small, small.bounds) }
    let upright = try VideoFrame(width: small.width, height: small.height)
    switch source.rotation {
    case .none: upright.copy(small)
    case .half: upright.copy(small, turnedBy: .half, into: upright.bounds)
    case .quarter, .threeQuarters:
      let sideways = try scaler.scale(small, width: small.height, height: small.width)
      upright.copy(sideways, turnedBy: source.rotation, into: upright.bounds)
    }
    try scaler.scale(upright, to: picture, quality: .smooth)
    picture.tint(ground, level: Self.backdropTint)
  }
}
