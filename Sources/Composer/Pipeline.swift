internal import Glibc
internal import Media
internal import Signal
internal import StoaClient
internal import UDP
internal import Wire

/// The thread that composes: packets in, pictures and sound out, thirty ticks a second.
///
/// A tick takes what came, decodes what is due, draws each composition once, mixes, encodes once for each
/// rendition, and hands the packets to the sinks, which have threads of their own. It owns everything
/// that is not in a mailbox.
final class Pipeline {
  /// Packets of lines that no event has told of yet are kept this long: events and media race.
  private static let unplacedPatience = Nanoseconds.milliseconds(500)
  private static let maximumUnplaced = 2_048
  /// The supervisor expects a sign of life twice a second.
  private static let pulseTicks: Int64 = 12
  private static let layerTicks: Int64 = 3

  let clock: PipelineClock
  let intake: PacketIntake
  let inputs: Mailbox<ComposerInput>
  private let messages: Mailbox<ComposerMessage>
  /// Brings the connection, which is made elsewhere.
  private let rooms: Mailbox<RoomConnection>
  let room = Room()
  var connection: RoomConnection?
  var configuration: ComposerConfiguration?

  var compositions: [Composition] = []
  var mixes: [Mix] = []
  var outputs: [ComposedOutput] = []
  var recordings: [TrackRecording] = []
  /// Files of earlier processes that are being made whole.
  var unfinished = 0
  /// Outputs asked for before the room was joined.
  var pendingStarts: [OutputSpecification] = []
  var hasJoined = false

  var tick: Int64 = 0
  private var overload = OverloadControl(framesPerSecond: Int(PipelineClock.framesPerSecond))
  private var layers = LayerRequests()
  private var unplaced: [PacketIntake.Item] = []
  /// Tells when to stop waiting for sinks; `nil` while it goes on.
  var endsAt: MonotonicTime?

  init(
    inputs: Mailbox<ComposerInput>, messages: Mailbox<ComposerMessage>, intake: PacketIntake,
    rooms: Mailbox<RoomConnection>
  ) {
    self.inputs = inputs
    self.messages = messages
    self.intake = intake
    self.rooms = rooms
    let now = MonotonicTime.now
    clock = PipelineClock(
      start: now, wallStart: Int64(clamping: Self.unixNanoseconds(NTPTime.now)))
  }

  private static func unixNanoseconds(_ time: NTPTime) -> UInt64 {
    let seconds = (time.rawValue >> 32) &- 2_208_988_800
    return seconds &* 1_000_000_000 &+ ((time.rawValue & 0xFFFF_FFFF) &* 1_000_000_000) >> 32
  }

  /// The way back for what is done on threads of its own.
  var mouth: Mailbox<ComposerMessage> { messages }

  func say(_ event: ComposerEvent) { messages.post(.event(event)) }

  // MARK: The loop

  func run() {
    var poll = PollSet()
    while true {
      poll.removeAll()
      poll.add(inputs.descriptor)
      do { try poll.wait(until: clock.due(tick)) } catch { break }
      if let made = rooms.drain().last { connection = made }
      for input in inputs.drain() { take(input) }
      let now = MonotonicTime.now
      if now >= clock.due(tick) {
        runTick(at: now)
        tick += 1
      }
      let isIdle = outputs.isEmpty && recordings.isEmpty && unfinished == 0
      if let endsAt, isIdle || now >= endsAt { break }
    }
    connection?.leave()
    messages.post(.done)
  }

  private func take(_ input: ComposerInput) {
    switch input {
    case .command(let command): take(command)
    case .joined(let participants, let speaker):
      room.joined(participants, speaker: speaker)
      layers.removeAll()
      hasJoined = true
      say(.ready)
      let starts = pendingStarts
      pendingStarts = []
      for specification in starts { start(specification) }
    case .joinFailed: break  // tried again; the server sees that no `ready` comes
    case .room(let event):
      if case .mediaLost = event { layers.removeAll() }
      room.apply(event)
    case .finished(let event):
      unfinished -= 1
      say(event)
    case .serverGone: end()
    }
  }

  // MARK: A tick

  private func runTick(at now: MonotonicTime) {
    takePackets(at: now)
    let captured = clock.captured(tick)
    playSound(until: captured)
    mixSound()
    let lateness = now - clock.due(tick)
    if overload.draws(tick: tick, lateness: lateness) {
      decodePictures(at: clock.shown(tick))
      drawPictures()
    }
    for recording in recordings { recording.handleTimeouts(at: now) }
    takeNews(at: now)
    requestKeyframes(at: now)
    if tick % Self.layerTicks == 0 { requestLayers(at: now) }
    if tick % Self.pulseTicks == 0 { pulse() }
    let end = MonotonicTime.now
    if let change = overload.finished(took: end - now, at: end) { tell(change) }
  }

  private func takePackets(at now: MonotonicTime) {
    var items: [PacketIntake.Item] = []
    swap(&items, &unplaced)
    intake.drain(into: &items)
    for item in items {
      switch item {
      case .packet(let packet):
        guard let track = room.track(on: packet.mid) else {
          if now - packet.arrival < Self.unplacedPatience, unplaced.count < Self.maximumUnplaced {
            unplaced.append(item)
          }
          continue
        }
        var fresh: [EncodedUnit] = []
        track.take(packet, into: &fresh)
        record(fresh, of: track, at: now)
      case .report(let report, let arrival):
        room.track(on: report.mid)?.take(report, at: arrival)
      }
    }
    for track in room.tracks.values {
      var fresh: [EncodedUnit] = []
      track.handleTimeouts(at: now, into: &fresh)
      record(fresh, of: track, at: now)
    }
  }

  private func record(_ units: [EncodedUnit], of track: RemoteTrack, at now: MonotonicTime) {
    guard !units.isEmpty else { return }
    for recording in recordings where recording.wants(track) {
      for unit in units { recording.take(unit, at: now) }
    }
  }

  /// Decodes a tick ahead, so that the mixer has what the tick needs.
  private func playSound(until captured: MonotonicTime) {
    let until = captured + .milliseconds(60)
    for track in room.tracks.values where track.isAudio {
      guard !mixes.isEmpty else {
        track.passOver(until: until)
        continue
      }
      for piece in track.playSound(until: until, clock: clock) {
        for mix in mixes where mix.includes(track) { mix.take(piece, from: track) }
      }
    }
  }

  private func mixSound() {
    for mix in mixes {
      do { try mix.mix(tick: tick) } catch { fail(outputsOf: mix, "\(error)") }
    }
  }

  private func decodePictures(at captured: MonotonicTime) {
    let heights = drawnHeights()
    for track in room.tracks.values where !track.isAudio {
      if heights[track.drawingName] != nil || track.hasNeverShown && !compositions.isEmpty {
        track.showPicture(at: captured)
      } else {
        track.passOver(until: captured)
      }
    }
  }

  private func drawPictures() {
    for composition in compositions {
      do {
        try composition.draw(room.scene(only: composition.key.only), tick: tick, clock: clock)
      } catch {
        fail(outputsOf: composition, "\(error)")
      }
    }
  }

  // MARK: What the room is asked for

  /// The largest height at which each picture is drawn.
  private func drawnHeights() -> [String: Int] {
    var heights: [String: Int] = [:]
    for composition in compositions {
      heights.merge(composition.drawnHeights) { max($0, $1) }
    }
    return heights
  }

  private func requestKeyframes(at now: MonotonicTime) {
    for track in room.tracks.values {
      let isRecorded = recordings.contains { $0.wants(track) }
      guard let mid = track.mid, track.takeKeyframeRequest(isRecorded: isRecorded, at: now) else {
        continue
      }
      connection?.request(.keyframe(mid))
    }
  }

  private func requestLayers(at now: MonotonicTime) {
    let heights = drawnHeights()
    var wanted: [String: LayerRequests.Layer] = [:]
    for track in room.tracks.values where !track.isAudio {
      var layer = heights[track.drawingName].map(LayerRequests.Layer.init(drawnHeight:)) ?? .none
      // Slides are read, not looked at.
      if layer != .none, track.kind == .share { layer = .high }
      if recordings.contains(where: { $0.wants(track) }) { layer = .high }
      wanted[track.streamID] = layer
    }
    for request in layers.update(wanted, at: now) { connection?.request(.layer(request)) }
  }

  // MARK: Signs of life

  private func tell(_ change: OverloadControl.Change) {
    let detail =
      switch change {
      case .slowed(let divisor): "too slow: \(30 / divisor) pictures a second from now on"
      case .recovered: "30 pictures a second again"
      }
    for output in outputs where output.specification.composition?.mode != .audio {
      say(.warning(outputID: output.specification.id, kind: .overload, detail: detail))
    }
  }

  private func pulse() {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let seconds =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    say(
      .pulse(
        ComposerPulse(
          cpuSeconds: seconds, residentBytes: ProcessMemory.residentBytes,
          outputs: outputs.count + recordings.count)))
  }
}

extension RemoteTrack {
  /// What the compositor calls the picture.
  var drawingName: String { kind == .share ? participantID + "/share" : participantID }
  /// No picture of it was decoded yet.
  var hasNeverShown: Bool { picture == nil }
}

/// What the kernel says of this process's memory.
enum ProcessMemory {
  /// Bytes; 0 if it does not say.
  static var residentBytes: Int64 {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return 0 }
    let words = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
    guard words.count > 1, let pages = Int64(words[1]) else { return 0 }
    return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }
}
