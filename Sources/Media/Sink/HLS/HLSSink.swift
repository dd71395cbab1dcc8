internal import Synchronization

/// Broadcasts packets as HLS: files in a folder that any web server can serve.
///
/// `index.m3u8` has everything since the start and ends as a recording; `live.m3u8` has the last seconds, in parts for low
/// latency. Opened again on the same folder after a crash, it goes on there with a discontinuity.
package final class HLSSink: PacketSink {
  /// A disk may stall that long before packets are dropped: half a minute of three renditions.
  static let queueBytes = 32 << 20
  static let queuePackets = 8192

  /// What happens; `finished` or `failed` is the last.
  package let events: SinkEvents<HLSEvent>

  private let queue: PacketQueue
  private let progress: HLSProgress
  private let thread: SinkThread

  /// Begins a broadcast, or goes on with the one in the folder.
  ///
  /// - Parameters:
  ///   - folder: exists.
  ///   - renditions: the largest first; their keyframes align, two seconds apart.
  ///   - tracks: all that the renditions name: H.264 and AAC.
  ///   - startedAtMilliseconds: Unix time of the packets' zero.
  ///   - segmentsBeforePlayable: when `playable` is said: 1 is after two seconds, 3 when Chromium's own player can begin too.
  ///   - events: where to tell of what happens.
  /// - Throws: `FileError` or `AVError`, if the folder cannot be written to or libav refuses the tracks.
  package init(
    folder: String, renditions: [HLSRendition], tracks: [EncodedTrack],
    startedAtMilliseconds: Int64, segmentsBeforePlayable: Int = 1,
    events: SinkEvents<HLSEvent> = SinkEvents()
  ) throws {
    let writer = try HLSWriter(
      folder: folder, renditions: renditions, tracks: tracks,
      startedAtMilliseconds: startedAtMilliseconds,
      segmentsBeforePlayable: segmentsBeforePlayable)
    let queue = PacketQueue(
      tracks: tracks, maximumBytes: Self.queueBytes, maximumPackets: Self.queuePackets)
    let progress = HLSProgress(events: events, queue: queue)
    self.events = events
    self.queue = queue
    self.progress = progress
    // The writer has only its thread from here on.
    nonisolated(unsafe) let owned = writer
    thread = try SinkThread(named: "hls") { progress.run(owned) }
  }

  package func write(_ packet: EncodedPacket) { queue.push(packet) }

  /// True once after packets were lost: the next picture of all renditions should be a keyframe.
  package func takeKeyframeWish() -> Bool {
    progress.wantsKeyframe.exchange(false, ordering: .relaxed)
  }

  package func finish() { queue.close() }

  package var health: SinkHealth {
    var health = SinkHealth()
    health.queuedPackets = queue.count
    health.droppedPackets = queue.droppedCount
    health.writtenPackets = progress.written.load(ordering: .relaxed)
    return health
  }

  /// Waits for the last event; for callers with a thread to spare, once.
  package func waitForEnd() { thread.join() }
}

/// The loop of a broadcast's thread.
private final class HLSProgress: Sendable {
  let written = Atomic<Int>(0)
  let wantsKeyframe = Atomic<Bool>(false)
  private let events: SinkEvents<HLSEvent>
  private let queue: PacketQueue

  init(events: SinkEvents<HLSEvent>, queue: PacketQueue) {
    self.events = events
    self.queue = queue
  }

  func run(_ writer: HLSWriter) {
    var wasPlayable = false
    var droppedBefore = 0
    do {
      while true {
        let taken = queue.take(waitingAtMost: 1000)
        if taken.followsDrop {
          let dropped = queue.droppedCount
          events.post(.dropped(packets: dropped &- droppedBefore))
          droppedBefore = dropped
        }
        try writer.write(taken.packets)
        written.add(taken.packets.count, ordering: .relaxed)
        if writer.takeKeyframeWish() { wantsKeyframe.store(true, ordering: .relaxed) }
        if taken.isLast { try writer.end() }
        if !wasPlayable, writer.isPlayable {
          wasPlayable = true
          events.post(.playable)
        }
        if taken.isLast {
          events.post(
            .finished(
              durationMilliseconds: writer.durationMilliseconds, bytes: writer.totalBytes))
          return
        }
      }
    } catch {
      // Nobody takes from it any more.
      queue.close()
      queue.suspend()
      // What is on disk should be playable to its end.
      try? writer.end()
      let isDiskFull =
        (error as? FileError)?.isDiskFull == true || (error as? AVError)?.isDiskFull == true
      events.post(.failed(reason: "\(error)", isDiskFull: isDiskFull))
    }
  }
}
