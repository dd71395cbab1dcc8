import SFU
import Testing
import Wire

@Suite struct FrameContinuityTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func `frames half a second apart are a slow camera, longer is a freeze`() {
    var camera = FrameContinuity()
    camera.frameCompleted(at: at(0))
    camera.frameCompleted(at: at(500))
    #expect(camera.totals(at: at(1_000)).freezes == 0)

    camera.frameCompleted(at: at(1_501))
    let totals = camera.totals(at: at(1_501))
    #expect(totals.freezes == 1)
    #expect(totals.frozen == .milliseconds(1_001))
  }

  @Test func `a camera that has shown nothing yet is not frozen`() {
    #expect(FrameContinuity().totals(at: at(60_000)) == FrameContinuity.Totals())
  }

  @Test func `a freeze that goes on is counted once, and grows`() {
    var camera = FrameContinuity()
    camera.frameCompleted(at: at(0))
    let first = camera.totals(at: at(2_000))
    let second = camera.totals(at: at(3_000))
    camera.frameCompleted(at: at(3_500))
    let third = camera.totals(at: at(3_600))

    #expect([first, second, third].map(\.freezes) == [1, 1, 1])
    #expect(second.since(first).freezes == 0)
    #expect(second.since(first).frozen == .milliseconds(1_000))
    #expect(third.since(second).frozen == .milliseconds(500))
  }
}
