import Foundation
import Media
import Testing

@Suite struct HLSTests {
  /// Two renditions and their sound, fed frame by frame.
  final class Broadcast {
    static let renditions = [
      HLSRendition(name: "180p", trackIDs: [0, 2], bitrate: 428_000),
      HLSRendition(name: "90p", trackIDs: [1, 2], bitrate: 228_000),
    ]
    let large: VideoEncoder
    let small: VideoEncoder
    let audio: AudioEncoder
    var samples = 0

    init(framesPerSecond: Int = 30) throws {
      large = try VideoEncoder(
        codec: .h264, trackID: 0, width: 320, height: 180, framesPerSecond: framesPerSecond,
        bitrate: 300_000, preset: .ultrafast, keyframeInterval: 2 * framesPerSecond)
      small = try VideoEncoder(
        codec: .h264, trackID: 1, width: 160, height: 90, framesPerSecond: framesPerSecond,
        bitrate: 100_000, preset: .ultrafast, keyframeInterval: 2 * framesPerSecond)
      audio = try AudioEncoder(codec: .aac, trackID: 2)
      self.framesPerSecond = framesPerSecond
    }
    let framesPerSecond: Int
    var tracks: [EncodedTrack] { [large.track, small.track, audio.track] }

    func packets(frame: Int, isLeftOut: Bool = false) throws -> [EncodedPacket] {
      var packets: [EncodedPacket] = []
      if !isLeftOut {
        packets += try large.encode(EncoderTests.picture(frame), number: Int64(frame))
        packets += try small.encode(
          EncoderTests.picture(frame, width: 160, height: 90), number: Int64(frame))
      }
      let until = (frame + 1) * 48_000 / framesPerSecond
      packets += try audio.encode(
        EncoderTests.tone(frequency: 440, from: samples, count: until - samples))
      samples = until
      return packets
    }
  }

  static let playlists = ["180p", "90p"].flatMap { ["\($0)/index.m3u8", "\($0)/live.m3u8"] }

  static func writer(
    _ broadcast: Broadcast, _ folder: String, startedAt: Int64 = 1_700_000_000_000
  ) throws -> HLSWriter {
    try HLSWriter(
      folder: folder, renditions: Broadcast.renditions, tracks: broadcast.tracks,
      startedAtMilliseconds: startedAt)
  }

  final class Checker {
    var validator = HLSValidator()
    func check(_ folder: String) {
      for name in playlists where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
        validator.check("\(folder)/\(name)")
      }
    }
  }

  @Test(arguments: [30, 25, 24, 15])
  func `every state of every playlist keeps the rules, also when pictures are left out`(
    framesPerSecond: Int
  ) throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let broadcast = try Broadcast(framesPerSecond: framesPerSecond)
    let writer = try Self.writer(broadcast, folder.path)
    let checker = Checker()
    writer.didPublish = { checker.check(folder.path) }
    for frame in 0..<(30 * framesPerSecond) {
      let leftOut = [7, 8, 60, 61, 120, 299].contains(frame)
      try writer.write(try broadcast.packets(frame: frame, isLeftOut: leftOut))
    }
    try writer.end()

    #expect(checker.validator.problems.prefix(2) == [])
    #expect(checker.validator.statesChecked > 200)
    #expect(abs(writer.durationMilliseconds - 30_000) < 300)
    let index = try String(contentsOfFile: folder.path + "/180p/index.m3u8", encoding: .utf8)
    #expect(index.contains("#EXT-X-PLAYLIST-TYPE:VOD") && index.hasSuffix("#EXT-X-ENDLIST\n"))
    #expect(HLSValidator.parse(index)?.entries.count == 15)
    let live = try String(contentsOfFile: folder.path + "/90p/live.m3u8", encoding: .utf8)
    #expect(HLSValidator.parse(live)?.entries.count == 6)
    let top = try String(contentsOfFile: folder.path + "/index.m3u8", encoding: .utf8)
    #expect(top.contains("RESOLUTION=320x180") && top.contains("CODECS=\"avc1."))
    #expect(top.contains("180p/index.m3u8\n") && top.contains("mp4a.40.2"))
    guard FFmpeg.isInstalled else { return }
    for name in ["180p", "90p"] {
      let path = "\(folder.path)/\(name)/index.m3u8"
      #expect(try FFmpeg.complaints(path) == "")
      #expect(abs(try FFmpeg.packets(path, "v").count - 30 * framesPerSecond) <= 6)
    }
  }

  @Test func `the rules of this test are kept by no playlist that was tampered with`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let broadcast = try Broadcast()
    let writer = try Self.writer(broadcast, folder.path)
    for frame in 0..<500 { try writer.write(try broadcast.packets(frame: frame)) }
    let path = folder.path + "/180p/live.m3u8"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let changes: [(from: String, to: String)] = [
      ("#EXTINF:2.00000", "#EXTINF:2.50000"), ("segment-4.m4s", "segment-999.m4s"),
      ("MEDIA-SEQUENCE:2", "MEDIA-SEQUENCE:1"), ("TARGETDURATION:2", "TARGETDURATION:3"),
      ("PART-TARGET=0.55000", "PART-TARGET=0.45000"), ("DURATION=0.50000", "DURATION=0.40000"),
      (",INDEPENDENT=YES", ""), ("PART-HOLD-BACK=1.65", "PART-HOLD-BACK=1.05"),
      ("part-6.0.m4s", "part-6.9.m4s"), ("#EXT-X-PRELOAD-HINT", "#EXT-X-NOTHING"),
    ]
    for change in changes {
      var validator = HLSValidator()
      validator.check(path)
      #expect(validator.problems == [])
      try Data(text.replacing(change.from, with: change.to).utf8).write(to: URL(filePath: path))
      validator.check(path)
      #expect(validator.problems != [], "\(change.to) was not noticed")
      try Data(text.utf8).write(to: URL(filePath: path))
    }
  }

  @Test func `it is playable after two seconds, and not before`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let broadcast = try Broadcast()
    let writer = try Self.writer(broadcast, folder.path)
    for frame in 0..<58 { try writer.write(try broadcast.packets(frame: frame)) }
    #expect(!writer.isPlayable)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/index.m3u8"))
    for frame in 58..<64 { try writer.write(try broadcast.packets(frame: frame)) }
    #expect(writer.isPlayable)
  }

  @Test func `for players that need three segments it is playable later`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let broadcast = try Broadcast()
    let writer = try HLSWriter(
      folder: folder.path, renditions: Broadcast.renditions, tracks: broadcast.tracks,
      startedAtMilliseconds: 1_700_000_000_000, segmentsBeforePlayable: 3)
    for frame in 0..<170 { try writer.write(try broadcast.packets(frame: frame)) }
    #expect(!writer.isPlayable)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/index.m3u8"))
    for frame in 170..<190 { try writer.write(try broadcast.packets(frame: frame)) }
    #expect(writer.isPlayable)
  }

  @Test func `after a crash it goes on with a discontinuity, and nothing listed is lost`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let checker = Checker()
    var frames = 0
    for (attempt, count) in [200, 95, 640].enumerated() {
      let broadcast = try Broadcast()
      let writer = try Self.writer(
        broadcast, folder.path, startedAt: 1_700_000_000_000 + Int64(attempt) * 60_000)
      checker.check(folder.path)
      writer.didPublish = { checker.check(folder.path) }
      for frame in 0..<count { try writer.write(try broadcast.packets(frame: frame)) }
      frames += count
      if attempt == 2 { try writer.end() }
    }

    #expect(checker.validator.problems.prefix(2) == [])
    let text = try String(contentsOfFile: folder.path + "/90p/index.m3u8", encoding: .utf8)
    let index = try #require(HLSValidator.parse(text))
    #expect(index.entries.filter(\.isDiscontinuity).count == 2)
    #expect(Set(index.entries.map(\.map)) == ["init-0.mp4", "init-1.mp4", "init-2.mp4"])
    let total = index.entries.reduce(0) { $0 + $1.duration }
    #expect(total > Double(frames) / 30 - 1.6, "at most an unlisted part is lost at each crash")
    let live = try String(contentsOfFile: folder.path + "/180p/live.m3u8", encoding: .utf8)
    #expect(live.contains("#EXT-X-DISCONTINUITY-SEQUENCE:2\n"))
  }

  @Test func `a rendition that was published later than another catches up after a crash`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let first = try Broadcast()
    let writer = try Self.writer(first, folder.path)
    for frame in 0..<200 { try writer.write(try first.packets(frame: frame)) }
    // As if the process had died between the two renditions.
    let log = folder.path + "/90p/segments.jsonl"
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    try Data(lines.dropLast().joined(separator: "\n").utf8).write(to: URL(filePath: log))
    try FileManager.default.removeItem(atPath: folder.path + "/90p/state.json")

    let second = try Broadcast()
    let again = try Self.writer(second, folder.path)
    try again.end()

    let texts = try ["180p", "90p"].map {
      try String(contentsOfFile: "\(folder.path)/\($0)/index.m3u8", encoding: .utf8)
    }
    #expect(texts[0] == texts[1])
    #expect(HLSValidator.parse(texts[0])?.entries.count == 4)
  }

  @Test func `a hole in the stream is a discontinuity, not a segment that is too long`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let broadcast = try Broadcast()
    let writer = try Self.writer(broadcast, folder.path)
    let checker = Checker()
    writer.didPublish = { checker.check(folder.path) }
    for frame in 0..<360 {
      let packets = try broadcast.packets(frame: frame)
      // Neither picture nor sound for 1.5 s.
      if !(100..<145).contains(frame) { try writer.write(packets) }
    }
    try writer.end()

    #expect(checker.validator.problems.prefix(2) == [])
    let text = try String(contentsOfFile: folder.path + "/180p/index.m3u8", encoding: .utf8)
    #expect(HLSValidator.parse(text)?.entries.filter(\.isDiscontinuity).count == 1)
    #expect(writer.takeKeyframeWish())
  }

  @Test func `sound alone is broadcast too, through the sink's own thread`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let audio = try AudioEncoder(codec: .aac, trackID: 0)
    let sink = try HLSSink(
      folder: folder.path,
      renditions: [HLSRendition(name: "audio", trackIDs: [0], bitrate: 128_000)],
      tracks: [audio.track], startedAtMilliseconds: 1_700_000_000_000)
    for second in 0..<9 {
      for packet in try audio.encode(
        EncoderTests.tone(frequency: 440, from: second * 48_000, count: 48_000))
      { sink.write(packet) }
    }
    sink.finish()
    sink.waitForEnd()

    let events = sink.events.drain()
    #expect(events.first == .playable)
    guard case .finished(let duration, let bytes) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(abs(duration - 9000) < 100 && bytes > 50_000)
    var validator = HLSValidator()
    validator.check(folder.path + "/audio/index.m3u8")
    validator.check(folder.path + "/audio/live.m3u8")
    #expect(validator.problems == [])
    if FFmpeg.isInstalled {
      #expect(try FFmpeg.complaints(folder.path + "/audio/index.m3u8") == "")
    }
  }

  @Test func `times and dates are written as the RFC wants them`() {
    var playlist = HLSPlaylist(
      kind: .window, targetDuration: 2, partTargetNanoseconds: 500_000_000)
    playlist.segments = [
      HLSPlaylist.Segment(
        sequence: 41, uri: "segment-41.m4s", nanoseconds: 1_966_666_666,
        startedAtMilliseconds: 1_709_210_096_007, isDiscontinuity: true, map: "init-1.mp4")
    ]
    playlist.discontinuitySequence = 3
    playlist.preloadHint = "part-42.0.m4s"
    playlist.renditionReports = [
      HLSPlaylist.RenditionReport(uri: "../90p/live.m3u8", lastSequence: 41, lastPart: 3)
    ]
    #expect(
      playlist.text == """
        #EXTM3U
        #EXT-X-VERSION:9
        #EXT-X-TARGETDURATION:2
        #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.50000,HOLD-BACK=6.00000
        #EXT-X-PART-INF:PART-TARGET=0.50000
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MEDIA-SEQUENCE:41
        #EXT-X-DISCONTINUITY-SEQUENCE:3
        #EXT-X-DISCONTINUITY
        #EXT-X-MAP:URI="init-1.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2024-02-29T12:34:56.007Z
        #EXTINF:1.96667,
        segment-41.m4s
        #EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-42.0.m4s"
        #EXT-X-RENDITION-REPORT:URI="../90p/live.m3u8",LAST-MSN=41,LAST-PART=3

        """)
  }
}
