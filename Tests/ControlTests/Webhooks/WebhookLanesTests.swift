import Control
import Testing
import Wire

@Suite struct WebhookLanesTests {
  private func lane(_ room: Int, _ host: String = "a.example") -> WebhookLane {
    WebhookLane(roomID: RoomID("r\(room)"), endPoint: "https://\(host)/hook?room=\(room)")
  }
  private func time(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: milliseconds * 1_000_000)
  }

  /// All that may be served now.
  private func take(_ lanes: inout WebhookLanes, at now: MonotonicTime) -> [WebhookLane] {
    var taken: [WebhookLane] = []
    while let lane = lanes.next(at: now) { taken.append(lane) }
    return taken
  }

  @Test func `a lane is served by one at a time, and again for what came meanwhile`() {
    var lanes = WebhookLanes()
    lanes.add(lane(1))
    #expect(take(&lanes, at: time(0)) == [lane(1)])
    lanes.add(lane(1))
    #expect(take(&lanes, at: time(0)) == [])

    lanes.finished(lane(1), .nothing, failed: false, at: time(1))
    #expect(take(&lanes, at: time(1)) == [lane(1)])
    lanes.finished(lane(1), .nothing, failed: nil, at: time(2))
    #expect(take(&lanes, at: time(2)) == [])
    #expect(lanes.count == 0)
  }

  @Test func `a lane that waits for a retry is not hurried by news, but by a redelivery`() {
    var lanes = WebhookLanes()
    lanes.add(lane(1))
    _ = take(&lanes, at: time(0))
    lanes.finished(lane(1), .later(time(5_000)), failed: true, at: time(0))
    lanes.add(lane(1))
    #expect(take(&lanes, at: time(4_999)) == [])
    #expect(lanes.nextDue == time(5_000))
    #expect(take(&lanes, at: time(5_000)) == [lane(1)])

    lanes.finished(lane(1), .later(time(35_000)), failed: true, at: time(5_000))
    lanes.set(lane(1), due: time(5_001), at: time(5_001))
    #expect(take(&lanes, at: time(5_001)) == [lane(1)])
    lanes.finished(lane(1), .nothing, failed: false, at: time(5_002))
    // The timer of the time before is still there, and means nothing.
    #expect(take(&lanes, at: time(40_000)) == [])
  }

  @Test func `one host has few at a time, whatever paths it has, and others their turn`() {
    var limits = WebhookLanes.Limits()
    limits.inAll = 10
    var lanes = WebhookLanes(limits: limits)
    for room in 0..<100 { lanes.add(lane(room, "stuck.example")) }
    for room in 100..<102 { lanes.add(lane(room, "good.example")) }
    let taken = take(&lanes, at: time(0))
    #expect(taken.count == 10)
    #expect(taken.filter { $0.endPoint.contains("stuck") }.count == 8)
    #expect(taken.filter { $0.endPoint.contains("good") }.count == 2)
  }

  @Test func `a host that fails has fewer at a time until it answers`() {
    var lanes = WebhookLanes()
    for room in 0..<20 { lanes.add(lane(room)) }
    let first = take(&lanes, at: time(0))
    #expect(first.count == 8)
    for lane in first { lanes.finished(lane, .later(time(60_000)), failed: true, at: time(1)) }
    let second = take(&lanes, at: time(1))
    #expect(second.count == 2)
    lanes.finished(second[0], .nothing, failed: false, at: time(2))
    #expect(take(&lanes, at: time(2)).count == 7)
  }

  @Test func `lanes beyond the limit are asked for again when there is room`() {
    var limits = WebhookLanes.Limits()
    limits.lanes = 4
    var lanes = WebhookLanes(limits: limits)
    for room in 0..<6 { lanes.add(lane(room)) }
    #expect(lanes.count == 4 && !lanes.wantsMore)
    for lane in take(&lanes, at: time(0)) {
      lanes.finished(lane, .nothing, failed: false, at: time(1))
    }
    #expect(lanes.wantsMore)
    lanes.beginReload()
    #expect(!lanes.wantsMore)
  }

  @Test(arguments: 0..<20)
  func `whatever happens, nothing is served twice at once and nothing is forgotten`(
    seed: UInt64
  ) {
    var random = SeededRandom(seed: seed)
    var lanes = WebhookLanes()
    var pending: [WebhookLane: Int] = [:]
    var running: Set<WebhookLane> = []
    var now = time(0)
    for _ in 0..<2_000 {
      now = now + .milliseconds(Int64.random(in: 0...50, using: &random))
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let lane = lane(
          Int.random(in: 0..<30, using: &random), "h\(Int.random(in: 0..<4, using: &random))")
        pending[lane, default: 0] += 1
        lanes.add(lane)
      case 1:
        guard let lane = lanes.next(at: now) else { continue }
        #expect(running.insert(lane).inserted, "seed \(seed)")
      default:
        guard let lane = running.sorted(by: { $0.endPoint < $1.endPoint }).first else { continue }
        running.remove(lane)
        if Bool.random(using: &random) {
          pending[lane] = nil
          lanes.finished(lane, .nothing, failed: false, at: now)
        } else {
          lanes.finished(lane, .later(now + .milliseconds(200)), failed: true, at: now)
        }
      }
    }
    // From here on everything succeeds.
    for _ in 0..<10_000 where !(pending.isEmpty && running.isEmpty) {
      now = now + .milliseconds(50)
      while let lane = lanes.next(at: now) { running.insert(lane) }
      for lane in running {
        pending[lane] = nil
        lanes.finished(lane, .nothing, failed: false, at: now)
      }
      running = []
    }
    #expect(pending.isEmpty, "seed \(seed)")
    while let lane = lanes.next(at: now) {
      lanes.finished(lane, .nothing, failed: nil, at: now)
    }
    #expect(lanes.count == 0, "seed \(seed)")
  }
}
