import Composer
import Testing
import Wire

@Suite struct LayerRequestsTests {
  private func ms(_ n: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: n * 1_000_000) }

  @Test func `small tiles get small layers, after a while`() {
    var layers = LayerRequests()

    #expect(layers.update(["a": .low, "b": .high], at: ms(0)).isEmpty)
    #expect(layers.update(["a": .low, "b": .high], at: ms(1_999)).isEmpty)
    let asked = layers.update(["a": .low, "b": .high], at: ms(2_000))

    #expect(asked == [.init(streamID: "a", layer: .low, previous: .high)])
    #expect(layers.update(["a": .low, "b": .high], at: ms(9_000)).isEmpty)
  }

  @Test func `who becomes large is asked for sooner than who becomes small`() {
    var layers = LayerRequests()
    _ = layers.update(["a": .low], at: ms(0))
    _ = layers.update(["a": .low], at: ms(2_000))

    #expect(layers.update(["a": .high], at: ms(3_000)).isEmpty)
    let asked = layers.update(["a": .high], at: ms(3_250))

    #expect(asked == [.init(streamID: "a", layer: .high, previous: .low)])
  }

  @Test func `a layout that changes back and forth asks for nothing`() {
    var layers = LayerRequests()
    for step in 0..<60 {
      let layer: LayerRequests.Layer = step % 2 == 0 ? .low : .high
      #expect(layers.update(["a": layer], at: ms(Int64(step) * 100)).isEmpty)
    }
  }

  @Test func `what is not drawn is stopped, and comes again`() {
    var layers = LayerRequests()
    _ = layers.update(["a": .none], at: ms(0))
    let stopped = layers.update(["a": .none], at: ms(2_000))
    _ = layers.update(["a": .med], at: ms(3_000))
    let again = layers.update(["a": .med], at: ms(3_300))

    #expect(stopped == [.init(streamID: "a", layer: .none, previous: .high)])
    #expect(again == [.init(streamID: "a", layer: .med, previous: .none)])
  }

  @Test(arguments: [
    (100, LayerRequests.Layer.low), (240, .low), (242, .med), (360, .med), (480, .med),
    (508, .high), (720, .high),
  ])
  func `a drawn height has its layer`(height: Int, layer: LayerRequests.Layer) {
    #expect(LayerRequests.Layer(drawnHeight: height) == layer)
  }
}
