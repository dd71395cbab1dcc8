import Server
import Testing
import Wire

@Suite struct ShardLifeTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  private func running(since start: Int64 = 0) -> ShardLife {
    var life = ShardLife(at: at(start))
    _ = life.handle(.tick, at: at(start))
    _ = life.handle(.ready, at: at(start))
    return life
  }

  @Test func `starts at once and is announced when it is ready`() {
    var life = ShardLife(at: at(5))

    #expect(life.handle(.tick, at: at(4)) == [])
    #expect(life.handle(.tick, at: at(5)) == [.spawn])
    #expect(life.handle(.tick, at: at(6)) == [])
    #expect(life.handle(.ready, at: at(7)) == [.announceReady])
    #expect(life.wasEverReady && life.isRunning)
  }

  @Test func `an exit is announced and followed by a start at once`() {
    var life = running()

    #expect(life.handle(.exited, at: at(100)) == [.announceDeath])
    #expect(life.deadline == at(100))
    #expect(life.handle(.tick, at: at(100)) == [.spawn])
  }

  @Test func `an ended channel is a death, but the next start waits for the process to end`() {
    var life = running()

    #expect(life.handle(.broken, at: at(100)) == [.kill, .announceDeath])
    #expect(life.handle(.tick, at: at(5_000)) == [])
    #expect(life.handle(.exited, at: at(5_001)) == [])
    #expect(life.handle(.tick, at: at(5_001)) == [.spawn])
  }

  @Test func `two seconds of silence are death, any word puts it off`() {
    var life = running()
    _ = life.handle(.heard, at: at(1_500))

    #expect(life.deadline == at(3_500))
    #expect(life.handle(.tick, at: at(3_499)) == [])
    #expect(life.handle(.tick, at: at(3_500)) == [.kill, .announceDeath])
    #expect(life.handle(.heard, at: at(3_501)) == [])
    #expect(life.handle(.ready, at: at(3_502)) == [])
  }

  @Test func `a start that takes too long is killed without a death nobody knew of`() {
    var life = ShardLife(at: at(0))
    _ = life.handle(.tick, at: at(0))

    #expect(life.handle(.tick, at: at(9_999)) == [])
    #expect(life.handle(.tick, at: at(10_000)) == [.kill])
    #expect(life.handle(.exited, at: at(10_001)) == [])
    #expect(!life.wasEverReady)
  }

  @Test func `deaths in a row are followed by growing pauses, until one lived long`() {
    var life = ShardLife(at: at(0))
    var now = MonotonicTime(nanoseconds: 0)
    var pauses: [Int64] = []
    for _ in 0..<7 {
      _ = life.handle(.tick, at: now)
      _ = life.handle(.ready, at: now)
      _ = life.handle(.exited, at: now)
      pauses.append((life.deadline - now).milliseconds)
      now = life.deadline
    }
    #expect(pauses == [0, 100, 500, 2_000, 5_000, 5_000, 5_000])

    _ = life.handle(.tick, at: now)
    _ = life.handle(.ready, at: now)
    for _ in 0..<30 {
      now = now + .seconds(1)
      _ = life.handle(.heard, at: now)
    }
    _ = life.handle(.exited, at: now)
    #expect(life.deadline == now)
  }

  @Test(arguments: 0..<100)
  func `whatever happens, deaths and readiness take turns and starts wait for ends`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var life = ShardLife(at: at(0))
    var now = at(0)
    var isAnnounced = false
    var hasProcess = false
    for _ in 0..<1_000 {
      now = now + .milliseconds(Int64.random(in: 0...1_500, using: &random))
      let inputs: [ShardLife.Input] =
        hasProcess ? [.ready, .heard, .broken, .exited, .tick, .tick, .heard] : [.tick]
      let input = inputs.randomElement(using: &random) ?? .tick
      if case .exited = input { hasProcess = false }
      for effect in life.handle(input, at: now) {
        switch effect {
        case .spawn:
          #expect(!hasProcess, "seed \(seed)")
          hasProcess = true
        case .kill: #expect(hasProcess, "seed \(seed)")
        case .announceReady:
          #expect(!isAnnounced, "seed \(seed)")
          isAnnounced = true
        case .announceDeath:
          #expect(isAnnounced, "seed \(seed)")
          isAnnounced = false
        }
      }
      if !hasProcess { #expect(!isAnnounced, "seed \(seed)") }
    }
  }
}
