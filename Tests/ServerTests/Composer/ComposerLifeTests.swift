import Control
import Server
import Signal
import Testing
import Wire

@Suite struct ComposerLifeTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  private func started() -> ComposerLife {
    var life = ComposerLife(at: at(0))
    _ = life.handle(.tick, at: at(0))
    _ = life.handle(.heard, at: at(100))
    return life
  }

  @Test func `a process that dies with work is followed by another at once`() {
    var life = started()

    #expect(life.handle(.exited(hasWork: true), at: at(5_000)) == [.announceRestart])
    #expect(life.deadline == at(5_000))
    #expect(life.handle(.tick, at: at(5_000)) == [.spawn])
    #expect(life.starts == 2)
  }

  @Test func `a process that ends without work is followed by none`() {
    var life = started()

    #expect(life.handle(.exited(hasWork: false), at: at(5_000)) == [])
    #expect(life.state == .over)
  }

  @Test func `one that says nothing for four seconds is killed`() {
    var life = started()

    #expect(life.handle(.tick, at: at(4_000)) == [])
    #expect(life.handle(.heard, at: at(4_000)) == [])
    #expect(life.handle(.tick, at: at(7_999)) == [])
    #expect(life.handle(.tick, at: at(8_000)) == [.kill])
    #expect(life.handle(.exited(hasWork: true), at: at(8_010)) == [.announceRestart])
  }

  @Test func `the first word may take longer`() {
    var life = ComposerLife(at: at(0))
    _ = life.handle(.tick, at: at(0))

    #expect(life.handle(.tick, at: at(9_999)) == [])
    #expect(life.handle(.tick, at: at(10_000)) == [.kill])
  }

  @Test func `restarts wait a second at most, and are given up when all die young`() {
    var life = started()
    var now: Int64 = 1_000
    var waits: [Int64] = []
    for _ in 0..<ComposerLife.maximumFailures {
      #expect(life.handle(.exited(hasWork: true), at: at(now)) == [.announceRestart])
      waits.append((life.deadline - at(now)).milliseconds)
      now += 1_000
      #expect(life.handle(.tick, at: at(now)) == [.spawn])
    }

    #expect(waits.allSatisfy { $0 <= 1_000 })
    #expect(waits.first == 0)
    #expect(life.handle(.exited(hasWork: true), at: at(now)) == [.giveUp])
    #expect(life.state == .over)
  }

  @Test func `one that lived long was healthy`() {
    var life = started()
    for round in 1...50 as ClosedRange<Int64> {
      let now = at(round * 40_000)
      #expect(life.handle(.exited(hasWork: true), at: now) == [.announceRestart])
      _ = life.handle(.tick, at: now)
    }
    #expect(life.state != .over)
  }

  @Test func `an end that takes too long is taken over by another process`() {
    var life = started()
    _ = life.handle(.end, at: at(1_000))
    for second in 1...60 as ClosedRange<Int64> { _ = life.handle(.heard, at: at(second * 1_000)) }

    #expect(life.handle(.tick, at: at(61_000)) == [.kill])
    #expect(life.handle(.exited(hasWork: true), at: at(61_001)) == [.announceRestart])
    #expect(life.handle(.tick, at: at(61_001)) == [.spawn])
  }
}

@Suite struct ComposerWorkTests {
  private func specification(_ id: String) -> OutputSpecification {
    OutputSpecification(id: id, kind: .hls(renditions: []), folder: "/f")
  }

  @Test func `a successor is told everything that is not over, one attempt later`() {
    var work = ComposerWork()
    _ = work.note(.start(specification("a")))
    _ = work.note(.start(specification("b")))
    _ = work.note(.start(specification("c")))
    _ = work.note(.stop(outputID: "b"))
    work.note(.stopped(outputID: "a", files: []))
    work.noteDeath()

    var (b, c) = (specification("b"), specification("c"))
    b.attempt = 1
    c.attempt = 1
    #expect(work.commands == [.start(b), .stop(outputID: "b"), .start(c)])
    #expect(work.needsRoom)
  }

  @Test func `a successor draws in the layout that was asked for last`() {
    var work = ComposerWork()
    let layout = CompositionSpecification(layout: .spotlight)
    _ = work.note(.start(specification("a")))
    let order = ComposerOrder.Content.relayout(outputID: "a", composition: layout)
    #expect(work.note(order) == .relayout(outputID: "a", composition: layout))
    #expect(work.note(.relayout(outputID: "b", composition: layout)) == nil)

    var a = specification("a")
    a.composition = layout
    #expect(work.commands == [.start(a)])
  }

  @Test func `after the end a successor only finishes`() {
    var work = ComposerWork()
    _ = work.note(.start(specification("a")))
    #expect(work.note(.end) == .end)
    work.noteDeath()

    var a = specification("a")
    a.attempt = 1
    #expect(work.commands == [.finish(a), .end])
    #expect(!work.needsRoom)
  }

  @Test func `what is over is no work`() {
    var work = ComposerWork()
    _ = work.note(.start(specification("a")))
    work.note(.failed(outputID: "a", code: 5_001, reason: "", files: []))

    #expect(work.isEmpty)
    #expect(work.note(.stop(outputID: "a")) == nil)
  }
}
