/// A small picture with transparency, in the planes of the canvas: drawn once, blended often.
struct Overlay {
  /// Pixels, even.
  let width: Int
  let height: Int
  /// Premultiplied, limited range; chroma and its alpha at half the size.
  let y: [UInt8]
  let alpha: [UInt8]
  let u: [UInt8]
  let v: [UInt8]
  let chromaAlpha: [UInt8]

  /// Converts a drawing to BT.709; an odd last row or column gains an empty one.
  init(_ drawing: Drawing) {
    let (width, height) = ((drawing.width + 1) & ~1, (drawing.height + 1) & ~1)
    self.width = width
    self.height = height
    var y = [UInt8](repeating: 0, count: width * height)
    var alpha = y
    var u = [UInt8](repeating: 0, count: width * height / 4)
    var (v, chromaAlpha) = (u, u)
    _ = drawing.withPixels { pixels, stride in
      // Sums of the four pixels that share a sample of chroma.
      var sums = [SIMD4<Int>](repeating: .zero, count: width / 2)
      for row in 0..<height {
        for column in 0..<drawing.width where row < drawing.height {
          let pixel = pixels + row * stride + column * 4
          let (b, g, r, a) = (Int(pixel[0]), Int(pixel[1]), Int(pixel[2]), Int(pixel[3]))
          y[row * width + column] = UInt8(
            clamping: (16 * 257 * a + 11_966 * r + 40_254 * g + 4_064 * b + 32_768) >> 16)
          alpha[row * width + column] = UInt8(a)
          sums[column / 2] &+= SIMD4(r, g, b, a)
        }
        guard row % 2 == 1 else { continue }
        for column in 0..<(width / 2) {
          let (r, g, b, a) = (sums[column].x, sums[column].y, sums[column].z, sums[column].w)
          let index = row / 2 * (width / 2) + column
          u[index] = UInt8(
            clamping: (128 * 257 * a - 6_596 * r - 22_189 * g + 28_785 * b + 131_072) >> 18)
          v[index] = UInt8(
            clamping: (128 * 257 * a + 28_785 * r - 26_145 * g - 2_639 * b + 131_072) >> 18)
          chromaAlpha[index] = UInt8((a + 2) / 4)
          sums[column] = .zero
        }
      }
    }
    self.y = y
    self.alpha = alpha
    self.u = u
    self.v = v
    self.chromaAlpha = chromaAlpha
  }
}
