extension VideoFrame {
  var bounds: PixelRectangle { PixelRectangle(x: 0, y: 0, width: width, height: height) }

  /// Draws another picture at a place, without scaling it.
  ///
  /// - Parameters:
  ///   - radius: of the corners; even.
  ///   - under: what shows through at corners and where `level` is less than 255; of this frame's size.
  ///   - level: 0...255, how much of the picture is seen.
  func draw(
    _ picture: VideoFrame, x: Int, y: Int, radius: Int, under: VideoFrame, level: UInt8 = 255
  ) {
    let rectangle = PixelRectangle(x: x, y: y, width: picture.width, height: picture.height)
    guard rectangle.even == rectangle, bounds.contains(rectangle), under.bounds == bounds,
      level > 0
    else { return }
    let radius = max(0, min(radius, picture.width / 2, picture.height / 2)) & ~1
    for index in 0..<3 {
      let shift = index == 0 ? 0 : 1
      let (to, from, below) = (plane(index), picture.plane(index), under.plane(index))
      let radius = radius >> shift
      let mask = CornerMask.cached(radius: radius, ringThickness: 0).coverage
      for row in 0..<from.height {
        let start = (y >> shift &+ row) &* to.stride &+ x >> shift
        let target = to.base + start
        let source = from.base + row &* from.stride
        let ground = below.base + (y >> shift &+ row) &* below.stride + x >> shift
        let edge = min(row, from.height &- 1 &- row)
        guard edge < radius else {
          if level == 255 {
            target.update(from: source, count: from.width)
          } else {
            Raster.mix(
              target, under: ground, over: source, count: from.width, level: UInt16(level))
          }
          continue
        }
        mask.withUnsafeBufferPointer { mask in
          guard let mask = mask.baseAddress.map({ $0 + edge &* radius }) else { return }
          for column in 0..<radius {
            let right = from.width &- 1 &- column
            let own = Raster.scaled(UInt16(mask[column]), UInt16(level))
            target[column] = Self.mixed(ground[column], source[column], own)
            target[right] = Self.mixed(ground[right], source[right], own)
          }
        }
        Raster.mix(
          target + radius, under: ground + radius, over: source + radius,
          count: from.width &- 2 &* radius, level: UInt16(level))
      }
    }
  }

  private static func mixed(_ under: UInt8, _ over: UInt8, _ level: UInt16) -> UInt8 {
    let sum = UInt16(over) &* level &+ UInt16(under) &* (255 &- level) &+ 128
    return UInt8(truncatingIfNeeded: (sum &+ (sum >> 8)) >> 8)
  }

  /// Lays an overlay over the picture; what lies outside of `clip` is left out.
  func blend(_ overlay: Overlay, x: Int, y: Int, clip: PixelRectangle, level: UInt8 = 255) {
    let (x, y) = (x & ~1, y & ~1)
    let place = PixelRectangle(x: x, y: y, width: overlay.width, height: overlay.height)
    let seen = place.intersection(clip).intersection(bounds)
    guard !seen.isEmpty, seen.even == seen, level > 0 else { return }
    for index in 0..<3 {
      let shift = index == 0 ? 0 : 1
      let (samples, alpha) =
        index == 0
        ? (overlay.y, overlay.alpha)
        : (index == 1 ? overlay.u : overlay.v, overlay.chromaAlpha)
      let to = plane(index)
      samples.withUnsafeBufferPointer { samples in
        alpha.withUnsafeBufferPointer { alpha in
          guard let samples = samples.baseAddress, let alpha = alpha.baseAddress else { return }
          for row in (seen.y >> shift)..<(seen.bottom >> shift) {
            let from = (row &- y >> shift) &* (overlay.width >> shift) &+ (seen.x &- x) >> shift
            Raster.blend(
              to.base + row &* to.stride + seen.x >> shift, premultiplied: samples + from,
              alpha: alpha + from, count: seen.width >> shift, level: UInt16(level))
          }
        }
      }
    }
  }

  /// Draws a frame of one colour along the inside of a rounded rectangle.
  func drawRing(
    _ rectangle: PixelRectangle, radius: Int, thickness: Int, color: RGB, level: UInt8
  ) {
    let thickness = thickness & ~1
    guard rectangle.even == rectangle, bounds.contains(rectangle), level > 0, thickness > 0,
      rectangle.width > 4 &* thickness, rectangle.height > 4 &* thickness
    else { return }
    let color = color.yuv
    let radius =
      max(thickness, min(radius, rectangle.width / 2, rectangle.height / 2)) & ~1
    for (index, value) in [color.y, color.u, color.v].enumerated() {
      let shift = index == 0 ? 0 : 1
      let to = plane(index)
      let (width, height) = (rectangle.width >> shift, rectangle.height >> shift)
      let (radius, thickness) = (radius >> shift, thickness >> shift)
      let mask = CornerMask.cached(radius: radius, ringThickness: thickness).ring
      for row in 0..<height {
        let line =
          to.base + (rectangle.y >> shift &+ row) &* to.stride + rectangle.x >> shift
        let edge = min(row, height &- 1 &- row)
        if edge < radius {
          for column in 0..<radius {
            let own = Raster.scaled(UInt16(mask[edge &* radius &+ column]), UInt16(level))
            line[column] = Self.mixed(line[column], value, own)
            let right = width &- 1 &- column
            line[right] = Self.mixed(line[right], value, own)
          }
          if edge < thickness {
            for column in radius..<(width &- radius) {
              line[column] = Self.mixed(line[column], value, UInt16(level))
            }
          }
        } else {
          for column in 0..<thickness {
            line[column] = Self.mixed(line[column], value, UInt16(level))
            let right = width &- 1 &- column
            line[right] = Self.mixed(line[right], value, UInt16(level))
          }
        }
      }
    }
  }

  /// Brings all of the picture nearer to one colour.
  func tint(_ color: RGB, level: UInt8) {
    let color = color.yuv
    for (index, value) in [color.y, color.u, color.v].enumerated() {
      let plane = plane(index)
      for row in 0..<plane.height {
        Raster.mix(
          plane.base + row &* plane.stride, with: value, count: plane.width, level: UInt16(level))
      }
    }
  }

  /// Copies a part of another picture of the same size.
  func copy(_ other: VideoFrame, _ part: PixelRectangle) {
    guard other.bounds == bounds, part.even == part, bounds.contains(part) else { return }
    for index in 0..<3 {
      let shift = index == 0 ? 0 : 1
      let (to, from) = (plane(index), other.plane(index))
      for row in (part.y >> shift)..<(part.bottom >> shift) {
        (to.base + row &* to.stride + part.x >> shift).update(
          from: from.base + row &* from.stride + part.x >> shift, count: part.width >> shift)
      }
    }
  }

  /// Fills this picture with another one that lies on its side or head; their sizes fit.
  func copy(_ other: VideoFrame, turnedBy rotation: Rotation, into part: PixelRectangle) {
    guard part.even == part, bounds.contains(part) else { return }
    let isSideways = rotation == .quarter || rotation == .threeQuarters
    guard other.width == (isSideways ? part.height : part.width),
      other.height == (isSideways ? part.width : part.height)
    else { return }
    for index in 0..<3 {
      let shift = index == 0 ? 0 : 1
      let (to, from) = (plane(index), other.plane(index))
      let (width, height) = (part.width >> shift, part.height >> shift)
      for row in 0..<height {
        let line = to.base + (part.y >> shift &+ row) &* to.stride + part.x >> shift
        // Where the row's first sample is found, and where its next ones are.
        let (first, step) =
          switch rotation {
          case .none: (row &* from.stride, 1)
          case .quarter: ((from.height &- 1) &* from.stride &+ row, -from.stride)
          case .half: ((from.height &- 1 &- row) &* from.stride &+ from.width &- 1, -1)
          case .threeQuarters: (from.width &- 1 &- row, from.stride)
          }
        for column in 0..<width { line[column] = from.base[first &+ column &* step] }
      }
    }
  }
}
