import ArgumentParser
import Glibc
import StoaClient
import UDP

/// `stoa load media`: many participants at once.
struct MediaLoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "media",
    abstract: "Many participants who send and receive video; what `stoa load` does by itself.",
    discussion: """
      Makes rooms, joins participants, sends for a while and prints join times, loss and delay.
      Publishers of a room see each other; subscribers only receive.

      Delay is from the publisher's send to the subscriber's receive, on this machine's clock: it
      holds only if the server runs here too.

      Examples:
        stoa load --publishers 1 --subscribers 200 --duration 60
        stoa load --rooms 30 --publishers 4 --duration 60 --json
        stoa load --publishers 1 --subscribers 3 --video clip.ivf --audio clip.opus
      """)

  @OptionGroup var target: LoadTarget
  @Option(help: "Rooms to make.") var rooms = 1
  @Option(help: "Use this room instead of making some.") var room: String?
  @Option(help: "Participants of each room that send and receive.") var publishers = 1
  @Option(help: "Participants of each room that only receive.") var subscribers = 0
  @Option(help: "Seconds to measure.") var duration = 30.0
  @Option(help: "Bits per second of each publisher's video, as 800k or 1.5M.") var bitrate = "1M"
  @Option(help: "Frames per second of each publisher's video.") var frameRate = 30.0
  @Option(help: "Bytes of a video packet with its RTP header.") var packetSize = 1_200
  @Option(help: "Send this many evenly spaced packets a second instead of frames.") var pps: Double?
  @Option(help: "With --pps: packets sent at once (1, 2 or 4).") var burst = 1
  @Option(help: "Publish this IVF or H.264 file instead of generated packets.") var video: String?
  @Option(help: "Publish this Ogg Opus file too.") var audio: String?
  @Option(help: "Joins per second.") var joinRate = 20.0
  @Option(help: "Threads for media.") var threads = 1
  @Option(help: "Decrypt only one packet in so many, and count the others.") var verifyOneIn = 1
  @Option(help: ArgumentHelp("By how much the publishers' clocks run fast.", visibility: .hidden))
  var clockSkew = 0.0
  @Flag(help: "Subscribers stop reading once media flows, so that they cost nothing.")
  var stopReceivers = false
  @Flag(help: "Send nothing until a line is read; each further line stops or goes on.")
  var controlled = false

  func validate() throws {
    try LoadTarget.require((1...1_000).contains(rooms), "--rooms must be 1 to 1000.")
    try LoadTarget.require((0...100).contains(publishers), "--publishers must be 0 to 100.")
    try LoadTarget.require((0...5_000).contains(subscribers), "--subscribers must be 0 to 5000.")
    try LoadTarget.require(publishers + subscribers > 0, "Somebody must join.")
    try LoadTarget.require(
      duration > 0 && duration <= 86_400, "--duration must be 1 to 86400 seconds.")
    try LoadTarget.require((200...1_400).contains(packetSize), "--packet-size must be 200 to 1400.")
    try LoadTarget.require((1...120).contains(frameRate), "--frame-rate must be 1 to 120.")
    try LoadTarget.require((0.1...1_000).contains(joinRate), "--join-rate must be 0.1 to 1000.")
    try LoadTarget.require((1...64).contains(threads), "--threads must be 1 to 64.")
    try LoadTarget.require((1...1_024).contains(verifyOneIn), "--verify-one-in must be 1 to 1024.")
    try LoadTarget.require(abs(clockSkew) <= 0.05, "--clock-skew must be -0.05 to 0.05.")
    try LoadTarget.require([1, 2, 4].contains(burst), "--burst must be 1, 2 or 4.")
    try LoadTarget.require(
      pps.map { (1...20_000).contains($0) } ?? true, "--pps must be 1 to 20000.")
    try LoadTarget.require(
      (10_000...50_000_000).contains(Self.bitsPerSecond(bitrate) ?? 0),
      "--bitrate must be 10k to 50M.")
  }

  /// Reads `250000`, `800k`, `1.5M`.
  private static func bitsPerSecond(_ text: String) -> Double? {
    switch text.last {
    case "k", "K": Double(text.dropLast()).map { $0 * 1_000 }
    case "m", "M": Double(text.dropLast()).map { $0 * 1_000_000 }
    default: Double(text)
    }
  }

  func run() async throws {
    FileDescriptorLimit.raise()
    let json = target.json
    await Failure.reporting {
      let run = try LoadRun(try await plan())
      let display = LoadDisplay(isQuiet: json)
      let report = try await run.run(gate: controlled ? Self.inputLines() : nil) {
        display.show($0)
      }
      if json { print(LoadDisplay.json(report)) } else { display.finish(report) }
      if report.connected < report.participants { Glibc.exit(EXIT_FAILURE) }
    }
  }

  private func plan() async throws -> LoadPlan {
    var plan = LoadPlan(
      server: try target.url, token: try await target.token(validFor: duration),
      rooms: room.map { .existing($0) } ?? .new(rooms),
      publishers: publishers, subscribers: subscribers, seconds: duration,
      video: try videoSource())
    plan.audio = try audio.map { try Self.file($0) }
    plan.verifyOneIn = verifyOneIn
    plan.clockRate = 1 + clockSkew
    plan.joinsPerSecond = joinRate
    plan.threads = threads
    plan.stopsReceivers = stopReceivers
    return plan
  }

  private func videoSource() throws -> LoadPlan.Video {
    if let video { return .file(try Self.file(video, frameRate: frameRate)) }
    let flow: SyntheticVideo.Flow =
      if let pps {
        .packets(perSecond: pps, burst: burst)
      } else {
        .frames(perSecond: frameRate, bitsPerSecond: Self.bitsPerSecond(bitrate) ?? 1_000_000)
      }
    return .synthetic(flow, packetSize: packetSize)
  }

  private static func file(_ path: String, frameRate: Double = 30) throws -> MediaFileSource {
    do {
      return try MediaFileSource(contentsOf: path, frameRate: frameRate)
    } catch {
      throw ValidationError("\(path) \(error)")
    }
  }

  /// One element for each line of standard input; ends with it.
  private static func inputLines() throws -> AsyncStream<Void> {
    let (lines, continuation) = AsyncStream.makeStream(of: Void.self)
    try OSThread.start(named: "stoa-input") {
      while readLine() != nil { continuation.yield() }
      continuation.finish()
    }
    return lines
  }
}
