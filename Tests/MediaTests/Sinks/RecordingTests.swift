import Foundation
import Media
import Testing

@Suite struct RecordingTests {
  /// Records into a folder and returns the last event.
  static func record(
    _ packets: [EncodedPacket], tracks: [EncodedTrack], in folder: String,
    container: FragmentMuxer.Container = .mp4, startedAt: Int64 = 1_000_000
  ) throws -> RecordingEvent? {
    let sink = try RecordingSink(
      folder: folder, container: container, tracks: tracks, startedAtMilliseconds: startedAt,
      reservedBytes: 0)
    for packet in packets { sink.write(packet) }
    sink.finish()
    sink.waitForEnd()
    return sink.events.drain().last
  }

  static func file(_ event: RecordingEvent?) throws -> RecordedFile {
    guard case .finished(let file) = event else {
      throw AVError(-1, "finish: \(String(describing: event))")
    }
    return file
  }

  @Test(arguments: [FragmentMuxer.Container.mp4, .webm])
  func `a recording becomes one file with its index in front`(
    container: FragmentMuxer.Container
  ) throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream(webm: container == .webm)
    let packets = try stream.next(frames: 90)

    let file = try Self.file(
      Self.record(packets, tracks: stream.tracks, in: folder.path, container: container))

    #expect(file.path == "\(folder.path)/recording.\(container.rawValue)")
    #expect(folder.names() == ["journal.jsonl", "recording.\(container.rawValue)"])
    #expect((2900...3100).contains(file.durationMilliseconds))
    #expect(file.width == 320 && file.height == 180)
    let bytes = try Data(contentsOf: URL(filePath: file.path))
    #expect(bytes.count == file.size)
    if container == .mp4 {
      let index = try #require(bytes.range(of: Data("moov".utf8))).lowerBound
      let media = try #require(bytes.range(of: Data("mdat".utf8))).lowerBound
      #expect(index < media)
      #expect(bytes.range(of: Data("moof".utf8)) == nil)
    } else {
      let cues = try #require(bytes.range(of: Data([0x1C, 0x53, 0xBB, 0x6B]))).lowerBound
      let cluster = try #require(bytes.range(of: Data([0x1F, 0x43, 0xB6, 0x75]))).lowerBound
      #expect(cues < cluster)
    }
    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(file.path) == "")
    #expect(try FFmpeg.packets(file.path, "v").count == 90)
    #expect(abs(try FFmpeg.duration(file.path) - 3) < 0.1)
  }

  @Test func `sound alone becomes a file too`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let audio = try AudioEncoder(codec: .aac, trackID: 0)
    let packets = try audio.encode(EncoderTests.tone(frequency: 440, from: 0, count: 96_000))

    let file = try Self.file(Self.record(packets, tracks: [audio.track], in: folder.path))

    #expect(file.width == nil)
    #expect((1900...2050).contains(file.durationMilliseconds))
    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(file.path) == "")
  }

  @Test func `after a crash the same recording goes on, with the gap as long as it was`() throws {
    for container in [FragmentMuxer.Container.mp4, .webm] {
      let folder = try TestFolder()
      defer { withExtendedLifetime(folder) {} }
      var again = try TestStream(webm: container == .webm)
      let part = try CrashedRecording.part(
        again.next(frames: 60), tracks: again.tracks, container: container)
      try CrashedRecording.write(
        Array(part.bytes.dropLast(1000)), tracks: again.tracks, container: container,
        to: folder.path)

      var second = try TestStream(webm: container == .webm)
      let file = try Self.file(
        Self.record(
          second.next(frames: 60, tone: 880), tracks: second.tracks, in: folder.path,
          container: container, startedAt: 1_005_011))

      #expect((6900...7100).contains(file.durationMilliseconds))
      guard FFmpeg.isInstalled else { return }
      #expect(try FFmpeg.complaints(file.path) == "")
      let video = try FFmpeg.packets(file.path, "v")
      let audio = try FFmpeg.packets(file.path, "a")
      #expect(video.filter { $0.time > 2 && $0.time < 4.99 }.isEmpty)
      // On the grid of 30 pictures a second, so that the file's rate is still that.
      #expect(video.contains { abs($0.time - 151.0 / 30) < 0.002 })
      let holes = zip(audio, audio.dropFirst()).filter { $1.time - $0.time > 0.05 }
      #expect(holes.isEmpty, "silence fills the gap: \(holes)")
      let silence = try FFmpeg.run(
        "ffmpeg",
        ["-nostdin", "-i", file.path, "-af", "silencedetect=n=-50dB:d=1", "-f", "null", "-"]
      ).error
      #expect(silence.contains("silence_start: 1.") || silence.contains("silence_start: 2"))
      #expect(silence.contains("silence_end: 5") || silence.contains("silence_end: 4.9"))
    }
  }

  @Test func `a finished folder is not recorded into again, and is finished as often as one likes`()
    throws
  {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream()
    let file = try Self.file(
      Self.record(stream.next(frames: 30), tracks: stream.tracks, in: folder.path))

    #expect(throws: RecordingError.alreadyFinished(file)) {
      try RecordingSink(
        folder: folder.path, container: .mp4, tracks: stream.tracks, startedAtMilliseconds: 0)
    }
    #expect(try RecordingRecovery.finish(folder: folder.path) == file)
    #expect(!RecordingRecovery.isUnfinished(folder: folder.path))
  }

  @Test func `nothing recorded is said to be nothing`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let stream = try TestStream()

    #expect(try Self.record([], tracks: stream.tracks, in: folder.path) == .failed(.empty))
    let other = try TestFolder()
    #expect(throws: RecordingError.empty) { try RecordingRecovery.finish(folder: other.path) }
  }

  @Test
  func `cut anywhere in its last fragment, a part opens, decodes and lacks less than a second`()
    throws
  {
    for container in [FragmentMuxer.Container.mp4, .webm] {
      let folder = try TestFolder()
      defer { withExtendedLifetime(folder) {} }
      var stream = try TestStream(webm: container == .webm, width: 96, height: 54, bitrate: 40_000)
      let packets = try stream.next(frames: 60)
      let part = try CrashedRecording.part(packets, tracks: stream.tracks, container: container)
      let start = part.ends[part.ends.count - 2]

      // Every length is scanned; decoding what is the same every time would take minutes.
      try CrashedRecording.write(
        part.bytes, tracks: stream.tracks, container: container, to: folder.path)
      let path = "\(folder.path)/part-0.\(container.rawValue)"
      let handle = try FileHandle(forUpdating: URL(filePath: path))
      for length in (start..<part.bytes.count).reversed() {
        try handle.truncate(atOffset: UInt64(length))
        #expect(try FragmentScanner(path: path, container: container).wholeLength == start)
      }
      for length in stride(from: start, to: part.bytes.count, by: (part.bytes.count - start) / 5) {
        try CrashedRecording.write(
          Array(part.bytes[..<length]), tracks: stream.tracks, container: container,
          to: folder.path)
        let file = try RecordingRecovery.finish(folder: folder.path)
        #expect(file.durationMilliseconds >= 1_000)
        if FFmpeg.isInstalled { #expect(try FFmpeg.complaints(file.path) == "") }
      }
    }
  }

  @Test func `a part of zeros, noise or nothing is survived`() throws {
    var random = SystemRandomNumberGenerator()
    for container in [FragmentMuxer.Container.mp4, .webm] {
      let folder = try TestFolder()
      defer { withExtendedLifetime(folder) {} }
      var stream = try TestStream(webm: container == .webm, width: 96, height: 54)
      let part = try CrashedRecording.part(
        stream.next(frames: 45), tracks: stream.tracks, container: container)
      let tails: [[UInt8]] = [
        [], [UInt8](repeating: 0, count: 4096),
        (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) },
      ]
      for tail in tails {
        try CrashedRecording.write(
          part.bytes + tail, tracks: stream.tracks, container: container, to: folder.path)
        let file = try RecordingRecovery.finish(folder: folder.path)
        if FFmpeg.isInstalled { #expect(try FFmpeg.complaints(file.path) == "") }
        try CrashedRecording.write(
          tail, tracks: stream.tracks, container: container, to: folder.path)
        #expect(throws: RecordingError.empty) {
          try RecordingRecovery.finish(folder: folder.path)
        }
      }
    }
  }

  @Test func `a disk without room ends the recording in words, and the sink takes nothing more`()
    throws
  {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream()
    let sink = try RecordingSink(
      folder: folder.path, container: .mp4, tracks: stream.tracks, startedAtMilliseconds: 0,
      reservedBytes: 1 << 60)
    let packets = try stream.next(frames: 45)
    for packet in packets { sink.write(packet) }
    sink.waitForEnd()
    for packet in packets { sink.write(packet) }

    let events = sink.events.drain()
    #expect(events.count == 2)
    guard case .interrupted(let reason, let isDiskFull) = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(isDiskFull && reason.contains("disk is full"))
    #expect(events.last == .failed(.empty))
    #expect(sink.health.queuedPackets == 0)
  }

  @Test func `a part of another size than the first is decoded with its own parameter sets`() throws
  {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var first = try TestStream()
    let part = try CrashedRecording.part(
      first.next(frames: 30), tracks: first.tracks, container: .mp4)
    try CrashedRecording.write(
      part.bytes, tracks: first.tracks, container: .mp4, to: folder.path)
    var second = try TestStream(width: 640, height: 360)
    let file = try Self.file(
      Self.record(
        second.next(frames: 30), tracks: second.tracks, in: folder.path, startedAt: 1_001_000))

    #expect((1950...2100).contains(file.durationMilliseconds))
    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(file.path) == "")
    let sizes = try FFmpeg.run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", "v", "-show_entries", "frame=width", "-of", "csv=p=0",
        file.path,
      ]
    ).output
    let widths = sizes.split(separator: "\n").map { $0.prefix { $0.isNumber } }
    #expect(widths.count == 60)
    #expect(widths.filter { $0 == "640" }.count == 30)
  }

  @Test(arguments: [FragmentMuxer.Container.mp4, .webm])
  func `a picture alone becomes a file too`(container: FragmentMuxer.Container) throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream(webm: container == .webm)
    let packets = try stream.next(frames: 60).filter { $0.trackID == 0 }
    let file = try Self.file(
      Self.record(
        packets, tracks: [stream.video.track], in: folder.path, container: container))

    #expect((1950...2050).contains(file.durationMilliseconds))
    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(file.path) == "")
    #expect(try FFmpeg.packets(file.path, "v").count == 60)
  }

  @Test(arguments: [FragmentMuxer.Container.mp4, .webm])
  func `pictures closer together than their packets say are all there, at their times`(
    container: FragmentMuxer.Container
  ) throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream(webm: container == .webm)
    let sent = try stream.next(frames: 90).filter { $0.trackID == 0 }
    // 32, 17, 10 and 80 ms apart, as cameras deliver them; each says that it lasts 33 ms.
    var time: Int64 = 0
    var packets: [EncodedPacket] = []
    for (index, packet) in sent.enumerated() {
      packets.append(
        try EncodedPacket(
          trackID: 0, pts: time, dts: time, duration: 3_000, isKeyframe: packet.isKeyframe,
          bytes: packet.bytes))
      time += index < 60 ? 2_880 : [1_530, 900, 7_200][index % 3]
    }
    let file = try Self.file(
      Self.record(
        packets, tracks: [stream.video.track], in: folder.path, container: container))

    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(file.path) == "")
    let times = try FFmpeg.packets(file.path, "v").map(\.time)
    let wanted = packets.map { Double($0.pts) / 90_000 }
    #expect(times.count == wanted.count)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    // In MP4, the first of a fragment begins where the last one of the fragment before says that it ends.
    let tolerance = container == .mp4 ? 0.0234 : 0.0011
    #expect(zip(times, wanted).allSatisfy { abs($0 - $1) < tolerance })
  }

  @Test func `sound that came late or with a hole has silence in its place`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    let track = EncodedTrack(
      id: 1, kind: .audio(codec: .opus, sampleRate: 48_000, channels: 2),
      extradata: EncodedTrack.opusHead(channels: 2))
    var stream = try TestStream(webm: true)
    var packets = try stream.next(frames: 90).filter { $0.trackID == 0 }
    let sound = try AudioEncoder(codec: .opus).encode(
      EncoderTests.tone(frequency: 440, from: 0, count: 144_000))
    for (index, packet) in sound.enumerated() where index >= 50 && !(80..<110).contains(index) {
      packets.append(
        try EncodedPacket(
          trackID: 1, pts: Int64(index) * 960, dts: Int64(index) * 960, duration: 960,
          isKeyframe: true, bytes: packet.bytes))
    }
    let file = try Self.file(
      Self.record(
        packets, tracks: [stream.video.track, track], in: folder.path, container: .webm))

    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(file.path) == "")
    let times = try FFmpeg.packets(file.path, "a").map(\.time)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 < 0.04 }, "no hole of a whole frame")
    #expect((times.first ?? 9) < 0.03)
  }
}
