import Foundation
import Media
import Testing

@Suite struct RecordingExtrasTests {
  @Test(arguments: [Thumbnail.Format.jpg, .png, .webp])
  func `a thumbnail shows the picture of its time`(format: Thumbnail.Format) throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream()
    let file = try RecordingTests.file(
      RecordingTests.record(stream.next(frames: 90), tracks: stream.tracks, in: folder.path))

    let image = try Thumbnail.image(
      of: file.path, atMilliseconds: 1_340, format: format, width: 160)
    let path = "\(folder.path)/image.\(format.rawValue)"
    try Data(image).write(to: URL(filePath: path))

    #expect(image.count > 50)
    guard FFmpeg.isInstalled else { return }
    let raw = "\(folder.path)/raw"
    _ = try FFmpeg.run(
      "ffmpeg",
      [
        "-v", "error", "-i", path, "-vf", "scale=out_range=tv", "-pix_fmt", "yuv420p", "-f",
        "rawvideo", raw,
      ])
    let bytes = try Data(contentsOf: URL(filePath: raw))
    #expect(bytes.count == 160 * 90 * 3 / 2)
    // The picture's number is in its brightness: frame 40 is on screen at 1.34 s.
    #expect(abs(Int(bytes[7_000]) - (40 + 40 * 3)) <= 4)
  }

  @Test func `a time after the end gives the last picture, a file without any an error`() throws {
    let folder = try TestFolder()
    defer { withExtendedLifetime(folder) {} }
    var stream = try TestStream()
    let file = try RecordingTests.file(
      RecordingTests.record(stream.next(frames: 30), tracks: stream.tracks, in: folder.path))

    #expect(try Thumbnail.image(of: file.path, atMilliseconds: 99_000).count > 100)
    let other = "\(folder.path)/noise"
    try Data((0..<999).map { UInt8($0 % 251) }).write(to: URL(filePath: other))
    #expect(throws: AVError.self) { try Thumbnail.image(of: other, atMilliseconds: 0) }
  }

  @Test func `merged recordings are left and right, each where it began`() throws {
    let folders = try (0..<3).map { _ in try TestFolder() }
    defer { withExtendedLifetime(folders) {} }
    var sources: [RecordingMerge.Source] = []
    for (index, tone) in [400.0, 1000, 2500].enumerated() {
      let audio = try AudioEncoder(codec: index == 1 ? .opus : .aac, trackID: 0)
      let packets = try audio.encode(EncoderTests.tone(frequency: tone, from: 0, count: 96_000))
      let file = try RecordingTests.file(
        RecordingTests.record(
          packets, tracks: [audio.track], in: folders[index].path,
          container: index == 1 ? .webm : .mp4))
      sources.append(
        RecordingMerge.Source(path: file.path, startMilliseconds: index == 2 ? 1_500 : 0))
    }

    let path = "\(folders[0].path)/merged.mp4"
    let file = try RecordingMerge.merge(
      channel1: [sources[0], sources[2]], channel2: [sources[1]], to: path)

    #expect(abs(file.durationMilliseconds - 3500) < 80)
    guard FFmpeg.isInstalled else { return }
    #expect(try FFmpeg.complaints(path) == "")
    let raw = "\(folders[0].path)/raw"
    _ = try FFmpeg.run(
      "ffmpeg", ["-v", "error", "-i", path, "-f", "f32le", "-ac", "2", raw])
    let floats = try Data(contentsOf: URL(filePath: raw)).withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
    func power(_ tone: Double, channel: Int, from second: Double) -> Double {
      let start = Int(second * 48_000)
      var (real, imaginary) = (0.0, 0.0)
      for index in start..<start + 9600 where 2 * index + channel < floats.count {
        let value = Double(floats[2 * index + channel])
        let angle = 2 * Double.pi * tone * Double(index) / 48_000
        real += value * sine(angle)
        imaginary += value * sine(angle + .pi / 2)
      }
      return (real * real + imaginary * imaginary).squareRoot() / 4800
    }
    #expect(power(400, channel: 0, from: 0.5) > 0.3 && power(400, channel: 1, from: 0.5) < 0.02)
    #expect(power(1000, channel: 1, from: 0.5) > 0.3 && power(1000, channel: 0, from: 0.5) < 0.02)
    #expect(power(2500, channel: 0, from: 0.5) < 0.02 && power(2500, channel: 0, from: 2.5) > 0.3)
  }

  @Test func `bytes that are no parameter sets are none`() {
    #expect(H264ParameterSets(annexB: []).annexB == [])
    #expect(H264ParameterSets(annexB: [0, 0, 1]).annexB == [])
    #expect(H264ParameterSets(annexB: [1, 2, 3, 0, 0, 1, 0x65, 9]).units.isEmpty)
    let sets = H264ParameterSets(
      annexB: [0, 0, 0, 1, 0x67, 0x64, 0, 0x1F, 0xAC, 0, 0, 1, 0x68, 0xEE, 0, 0, 1, 0x65, 1])
    #expect(sets.units == [[0x67, 0x64, 0, 0x1F, 0xAC], [0x68, 0xEE]])
    #expect(sets.profile == [0x64, 0, 0x1F])
  }
}
