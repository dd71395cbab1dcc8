import SFU
import Testing
import Wire

@Suite struct ActiveSpeakerTests {
  /// What the detector said, driven by packets every 20 ms from each talker.
  private struct Meeting {
    var detector = ActiveSpeaker()
    var now = MonotonicTime.ms(0)
    var changes: [(at: Int64, speaker: Int32?)] = []

    /// - Parameter levels: dB below overload of each talker during the time; 127 is silence.
    mutating func pass(_ milliseconds: Int64, _ levels: [Int32: UInt8]) {
      let end = now.nanoseconds + milliseconds * 1_000_000
      while now.nanoseconds < end {
        for (talker, level) in levels {
          detector.levelReceived(
            AudioLevel(wireByte: level), from: talker, at: now)
        }
        if detector.evaluate(at: now) {
          changes.append((now.nanoseconds / 1_000_000, detector.current))
        }
        now = now + .milliseconds(20)
      }
    }
  }

  @Test func `a new speaker is followed within 400 ms`() throws {
    var meeting = Meeting()
    meeting.pass(3_000, [1: 25, 2: 127])
    #expect(try #require(meeting.changes.first).at <= 400)
    #expect(meeting.detector.current == 1)

    meeting.pass(1_000, [1: 127, 2: 25])

    let change = try #require(meeting.changes.last)
    #expect(change.speaker == 2)
    #expect(change.at - 3_000 <= 400)
  }

  @Test func `a cough does not take the turn`() {
    var meeting = Meeting()
    meeting.pass(2_000, [1: 30, 2: 127])
    meeting.pass(200, [1: 30, 2: 5])
    meeting.pass(2_000, [1: 30, 2: 127])

    #expect(meeting.changes.map(\.speaker) == [1])
  }

  @Test func `two who talk at the same level do not flicker`() {
    var meeting = Meeting()
    meeting.pass(10_000, [1: 30, 2: 31, 3: 30])

    #expect(meeting.changes.count == 1)
  }

  @Test func `room noise is nobody, and silence ends a turn`() {
    var meeting = Meeting()
    meeting.pass(2_000, [1: 70, 2: 65])
    #expect(meeting.changes.isEmpty)

    meeting.pass(2_000, [1: 30])
    meeting.pass(4_000, [1: 127])

    #expect(meeting.changes.map(\.speaker) == [1, nil])
    #expect(meeting.detector.deadline == nil, "nothing to do while nobody is heard")
  }

  @Test func `who leaves does not speak any more`() {
    var meeting = Meeting()
    meeting.pass(1_000, [1: 30])
    meeting.detector.remove(1)
    meeting.pass(100, [:])

    #expect(meeting.detector.current == nil)
  }
}
