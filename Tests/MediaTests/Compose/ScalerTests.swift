import Media
import Testing

@Suite struct ScalerTests {
  @Test(arguments: [(320, 180), (1280, 720), (98, 54), (640, 360)])
  func `a scaled picture has its colours where they were`(width: Int, height: Int) throws {
    let scaled = try Scaler().scale(quarters(640, 360), width: width, height: height)

    #expect(scaled.color(width / 4, height / 4).isNear(.red, within: 2))
    #expect(scaled.color(width * 3 / 4, height / 4).isNear(.green, within: 2))
    #expect(scaled.color(width / 4, height * 3 / 4).isNear(.blue, within: 2))
    #expect(scaled.color(width * 3 / 4, height * 3 / 4).isNear(.gray, within: 2))
  }

  @Test(arguments: [Scaler.Quality.bilinear, .smooth])
  func `only the part that was asked for is seen`(quality: Scaler.Quality) throws {
    let target = try VideoFrame(width: 200, height: 100)

    try Scaler().scale(
      quarters(640, 360), part: PixelRectangle(x: 320, y: 0, width: 320, height: 180), to: target,
      quality: quality)

    for (x, y) in [(0, 0), (199, 0), (0, 99), (199, 99), (100, 50)] {
      #expect(target.color(x, y).isNear(.green, within: 2))
    }
  }

  @Test func `a part beyond the picture is cut, an empty one refused`() throws {
    let target = try VideoFrame(width: 64, height: 64)
    let source = try quarters(640, 360)

    try Scaler().scale(
      source, part: PixelRectangle(x: 600, y: 300, width: 9_000, height: 9_000), to: target)
    #expect(target.color(32, 32).isNear(.gray, within: 2))
    #expect(throws: AVError.self) {
      try Scaler().scale(
        source, part: PixelRectangle(x: 700, y: 0, width: 10, height: 10), to: target)
    }
  }

  @Test func `more sizes than contexts are kept are scaled all the same`() throws {
    let scaler = Scaler()
    let source = try picture(64, 64, .blue)

    for size in 0..<(Scaler.maximumContexts * 2) {
      let scaled = try scaler.scale(source, width: 16 + size, height: 20)
      #expect(scaled.color(8, 8).isNear(.blue, within: 1))
    }
  }

  @Test func `sizes nobody can hold are refused`() {
    #expect(throws: AVError.self) { try VideoFrame(width: 0, height: 10) }
    #expect(throws: AVError.self) { try VideoFrame(width: 16_384, height: 16_384) }
    #expect(throws: AVError.self) { try VideoFrame(width: 1 << 40, height: 1) }
  }
}
