/// Loops over planes.
///
/// Callers made sure that all rectangles are even and inside of their pictures.
enum Raster {
  /// `value * factor / 255`, rounded.
  @inline(__always)
  static func scaled(_ value: UInt16, _ factor: UInt16) -> UInt16 {
    let product = value &* factor &+ 128
    return (product &+ (product >> 8)) >> 8
  }

  /// `to = under + (over - under) * level / 255`, for a row.
  @inline(__always)
  static func mix(
    _ to: UnsafeMutablePointer<UInt8>, under: UnsafePointer<UInt8>, over: UnsafePointer<UInt8>,
    count: Int, level: UInt16
  ) {
    let rest = 255 &- level
    for index in 0..<count {
      let sum = UInt16(over[index]) &* level &+ UInt16(under[index]) &* rest &+ 128
      to[index] = UInt8(truncatingIfNeeded: (sum &+ (sum >> 8)) >> 8)
    }
  }

  /// The same with a level for each sample, itself multiplied by `level`.
  @inline(__always)
  static func mix(
    _ to: UnsafeMutablePointer<UInt8>, under: UnsafePointer<UInt8>, over: UnsafePointer<UInt8>,
    mask: UnsafePointer<UInt8>, count: Int, level: UInt16
  ) {
    for index in 0..<count {
      let own = scaled(UInt16(mask[index]), level)
      let sum = UInt16(over[index]) &* own &+ UInt16(under[index]) &* (255 &- own) &+ 128
      to[index] = UInt8(truncatingIfNeeded: (sum &+ (sum >> 8)) >> 8)
    }
  }

  /// Lays premultiplied samples over a row.
  @inline(__always)
  static func blend(
    _ to: UnsafeMutablePointer<UInt8>, premultiplied: UnsafePointer<UInt8>,
    alpha: UnsafePointer<UInt8>, count: Int, level: UInt16
  ) {
    for index in 0..<count {
      let own = scaled(UInt16(alpha[index]), level)
      let sum =
        scaled(UInt16(premultiplied[index]), level) &+ scaled(UInt16(to[index]), 255 &- own)
      to[index] = UInt8(truncatingIfNeeded: min(sum, 255))
    }
  }

  /// Mixes a row with one value.
  @inline(__always)
  static func mix(_ to: UnsafeMutablePointer<UInt8>, with value: UInt8, count: Int, level: UInt16) {
    let (own, rest) = (UInt16(value) &* level &+ 128, 255 &- level)
    for index in 0..<count {
      let sum = UInt16(to[index]) &* rest &+ own
      to[index] = UInt8(truncatingIfNeeded: (sum &+ (sum >> 8)) >> 8)
    }
  }

  /// BT.601 to BT.709 in limited range, in place: a change of basis, so one step without RGB.
  ///
  /// Luma changes by what chroma adds; the same for the four pixels that share it.
  static func convertToBT709(_ frame: VideoFrame, _ rectangle: PixelRectangle) {
    let (luma, blue, red) = (frame.plane(0), frame.plane(1), frame.plane(2))
    let half = rectangle.width / 2
    withUnsafeTemporaryAllocation(of: Int16.self, capacity: rectangle.width) { buffer in
      guard let change = buffer.baseAddress else { return }
      for row in 0..<(rectangle.height / 2) {
        let offset = rectangle.x / 2
        let u = blue.base + (rectangle.y / 2 &+ row) &* blue.stride + offset
        let v = red.base + (rectangle.y / 2 &+ row) &* red.stride + offset
        for index in 0..<half {
          let (cb, cr) = (Int16(u[index]) &- 128, Int16(v[index]) &- 128)
          // Y' = Y - 0.1182 Cb - 0.2126 Cr; Cb' = 1.0186 Cb + 0.1147 Cr; Cr' = 0.0750 Cb + 1.0253 Cr.
          // Times 128, in 16 bits: a SIMD lane each.
          let delta = (cb &* -15 &+ cr &* -27 &+ 64) >> 7
          change[2 &* index] = delta
          change[2 &* index &+ 1] = delta
          let newU = ((cb &* 2 &+ cr &* 15 &+ 64) >> 7) &+ cb &+ 128
          let newV = ((cb &* 10 &+ cr &* 3 &+ 64) >> 7) &+ cr &+ 128
          u[index] = UInt8(truncatingIfNeeded: min(max(newU, 0), 255))
          v[index] = UInt8(truncatingIfNeeded: min(max(newV, 0), 255))
        }
        for line in 0..<2 {
          let y =
            luma.base + (rectangle.y &+ 2 &* row &+ line) &* luma.stride + rectangle.x
          for index in 0..<rectangle.width {
            let value = Int16(y[index]) &+ change[index]
            y[index] = UInt8(truncatingIfNeeded: min(max(value, 0), 255))
          }
        }
      }
    }
  }
}
