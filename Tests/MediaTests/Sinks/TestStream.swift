import Foundation
import Media

/// Encoded picture and sound of a known content: the brightness counts frames, the tone is 440 Hz.
struct TestStream {
  static let framesPerSecond = 30

  let video: VideoEncoder
  let audio: AudioEncoder
  private var frameNumber = 0
  private var sampleNumber = 0

  var tracks: [EncodedTrack] { [video.track, audio.track] }

  init(
    webm: Bool = false, width: Int = 320, height: Int = 180, keyframeInterval: Int = 30,
    bitrate: Int = 300_000
  ) throws {
    video = try VideoEncoder(
      codec: webm ? .vp8 : .h264, width: width, height: height,
      framesPerSecond: Self.framesPerSecond, bitrate: bitrate, preset: .ultrafast,
      keyframeInterval: keyframeInterval)
    audio = try AudioEncoder(codec: webm ? .opus : .aac)
  }

  /// The packets of so many frames, each followed by its sound.
  mutating func next(frames: Int, tone: Double = 440) throws -> [EncodedPacket] {
    guard case .video(_, let width, let height, _) = video.track.kind else { return [] }
    var packets: [EncodedPacket] = []
    for _ in 0..<frames {
      packets += try video.encode(
        EncoderTests.picture(frameNumber, width: width, height: height),
        number: Int64(frameNumber))
      frameNumber += 1
      packets += try audio.encode(
        EncoderTests.tone(frequency: tone, from: sampleNumber, count: 1600))
      sampleNumber += 1600
    }
    return packets
  }
}

/// A folder that is removed with the test.
final class TestFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "stoa-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func names() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// ffmpeg and ffprobe as judges of files; absent, such tests are skipped.
enum FFmpeg {
  static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

  static func run(_ tool: String, _ arguments: [String]) throws -> (output: String, error: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/\(tool)")
    process.arguments = arguments
    let folder = try TestFolder()
    let output = URL(filePath: folder.path + "/out")
    let error = URL(filePath: folder.path + "/err")
    for url in [output, error] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: error)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (
      try String(contentsOf: output, encoding: .utf8),
      try String(contentsOf: error, encoding: .utf8)
    )
  }

  /// What is wrong with a file when all of it is decoded; empty if nothing is.
  static func complaints(_ path: String) throws -> String {
    try run(
      "ffmpeg",
      // Pictures may be closer together than the tool's guess of a rate, and are decoded all the same.
      ["-nostdin", "-v", "error", "-i", path, "-fps_mode", "vfr", "-f", "null", "-"]
    ).error
  }

  /// Times of a stream's packets in seconds, with their durations.
  static func packets(_ path: String, _ stream: String) throws -> [(time: Double, duration: Double)]
  {
    try run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,duration_time",
        "-of", "csv=p=0", path,
      ]
    ).output.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ",")
      guard fields.count >= 2, let time = Double(fields[0]) else { return nil }
      return (time, Double(fields[1]) ?? 0)
    }
  }

  static func duration(_ path: String) throws -> Double {
    let output = try run(
      "ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path]
    ).output
    return Double(output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }
}
