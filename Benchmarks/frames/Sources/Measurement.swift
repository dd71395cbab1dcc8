import Foundation
import Glibc
import Media
import Wire

/// Processor time of drawing, without decoding and encoding.
enum Measurement {
  struct Case {
    var name: String
    var people: Int
    var width: Int
    var height: Int
    /// In a second, of the sources; the composition has 30.
    var sourceRate: Int
    /// Every ten frames the layout changes, so that something moves always.
    var isMoving = false
  }

  static let cases = [
    Case(name: "4x360p-720p", people: 4, width: 1_280, height: 720, sourceRate: 30),
    Case(name: "4x360p-720p-15fps", people: 4, width: 1_280, height: 720, sourceRate: 15),
    Case(name: "9x360p-720p", people: 9, width: 1_280, height: 720, sourceRate: 30),
    Case(name: "4x360p-1080p", people: 4, width: 1_920, height: 1_080, sourceRate: 30),
    Case(name: "4-still-720p", people: 4, width: 1_280, height: 720, sourceRate: 0),
    Case(
      name: "9x360p-720p-moving", people: 9, width: 1_280, height: 720, sourceRate: 30,
      isMoving: true),
  ]

  static func run(only name: String?) throws {
    print("case                  frames  µs CPU/frame  tiles drawn/frame  scaled/frame")
    for test in cases where name == nil || test.name == name { try run(test) }
    if name == nil { mix() }
  }

  private static func run(_ test: Case) throws {
    let pictures = try (0..<test.people).map { person in
      try (0..<6).map { try People.portrait(person, sway: Double($0) * 2) }
    }
    let compositor = try Compositor(
      CompositionSettings(width: test.width, height: test.height))
    func scene(_ number: Int) -> Scene {
      let step = test.sourceRate == 0 ? 0 : number * test.sourceRate / 30
      let people = (0..<test.people).map { person in
        SceneParticipant(
          id: "\(person)", name: People.names[person], camera: pictures[person][step % 6],
          isCameraOn: true, isMicOn: person % 2 == 0, isSpeaking: person == 1)
      }
      return Scene(participants: people, activeSpeaker: "1")
    }
    for number in 0..<30 {
      _ = try compositor.draw(scene(number), at: MediaTime(number: Int64(number), rate: 30))
    }
    let (before, start) = (compositor.counters, cpuSeconds())
    let count = 600
    for number in 30..<(30 + count) {
      if test.isMoving { compositor.settings.layout = number / 10 % 2 == 0 ? .grid : .sidebar }
      _ = try compositor.draw(scene(number), at: MediaTime(number: Int64(number), rate: 30))
    }
    let microseconds = (cpuSeconds() - start) * 1e6 / Double(count)
    let after = compositor.counters
    func perFrame(_ value: Int) -> String { String(format: "%.2f", Double(value) / Double(count)) }
    print(
      test.name.padding(toLength: 22, withPad: " ", startingAt: 0),
      String(format: "%6d  %12.0f", count, microseconds),
      "", perFrame(after.drawnTiles - before.drawnTiles).leftPadded(17),
      perFrame(after.scaledPictures - before.scaledPictures).leftPadded(13))
  }

  /// Sixteen people who talk at once, two of them with clocks that drift.
  private static func mix() {
    var mixer = AudioMixer()
    let packet = AudioSamples(
      interleaved: (0..<1_920).map { Float(sin(Double($0 / 2) * 0.05)) * 0.3 })
    let start = cpuSeconds()
    let count = 1_000
    for number in 0..<count {
      for person in 0..<16 {
        let time = Double(number) * 20e6 * (person < 2 ? 0.998 : 1)
        mixer.add(packet, from: "\(person)", at: MediaTime(nanoseconds: Int64(time) + 60_000_000))
      }
      _ = mixer.mix(frameCount: 960, at: MediaTime(number: Int64(number) * 960, rate: 48_000))
    }
    print(
      "mixing 16 voices:",
      String(format: "%.0f µs CPU for 20 ms", (cpuSeconds() - start) * 1e6 / Double(count)))
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension String {
  fileprivate func leftPadded(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
