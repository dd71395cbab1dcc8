internal import Synchronization

/// Records packets into a folder in such a way that a crash costs less than a second.
///
/// Its thread appends fragments of half a second to a part file, waits until each is on disk, and notes it in
/// `journal.jsonl`. `finish` makes one file of the parts, `recording.mp4` or `recording.webm`. Opened again on the same
/// folder after a crash, it cuts the last part to its last whole fragment and goes on in a next part.
package final class RecordingSink: PacketSink {
  /// Media in a fragment: half of what may be lost.
  static let fragmentNanoseconds: Int64 = 500_000_000
  /// A disk may stall that long at 8 Mbit/s before packets are dropped: a minute.
  static let queueBytes = 64 << 20
  static let queuePackets = 16_384

  /// What happens; ends with `finished`, `inParts` or `failed`.
  package let events: SinkEvents<RecordingEvent>

  private let queue: PacketQueue
  private let progress: RecordingProgress
  private let thread: SinkThread

  /// Begins a recording, or goes on with the one in the folder.
  ///
  /// - Parameters:
  ///   - folder: exists.
  ///   - container: mp4 (H.264, AAC) or webm (VP8, VP9, AV1, Opus).
  ///   - tracks: at most one of video and one of audio.
  ///   - startedAtMilliseconds: Unix time of the packets' zero.
  ///   - reservedBytes: how much of the disk is left free; writing stops there.
  ///   - events: where to tell of what happens.
  /// - Throws: if the folder holds a finished recording or cannot be written to, or libav refuses the tracks.
  package init(
    folder: String, container: FragmentMuxer.Container, tracks: [EncodedTrack],
    startedAtMilliseconds: Int64, reservedBytes: Int = 16 << 20,
    events: SinkEvents<RecordingEvent> = SinkEvents()
  ) throws(RecordingError) {
    let writer = try RecordingWriter(
      folder: folder, container: container, tracks: tracks,
      startedAtMilliseconds: startedAtMilliseconds, reservedBytes: reservedBytes)
    let queue = PacketQueue(
      tracks: tracks, maximumBytes: Self.queueBytes, maximumPackets: Self.queuePackets)
    let progress = RecordingProgress(events: events, queue: queue)
    self.events = events
    self.queue = queue
    self.progress = progress
    // The writer has only its thread from here on.
    nonisolated(unsafe) let owned = writer
    do throws(AVError) {
      thread = try SinkThread(named: "recording") { progress.run(owned) }
    } catch { throw .libav(error) }
  }

  package func write(_ packet: EncodedPacket) { queue.push(packet) }

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

/// The loop of a recording's thread.
private final class RecordingProgress: Sendable {
  let written = Atomic<Int>(0)
  private let events: SinkEvents<RecordingEvent>
  private let queue: PacketQueue

  init(events: SinkEvents<RecordingEvent>, queue: PacketQueue) {
    self.events = events
    self.queue = queue
  }

  func run(_ writer: RecordingWriter) {
    var hasStarted = false
    var droppedBefore = 0
    do throws(RecordingError) {
      while true {
        let taken = queue.take(waitingAtMost: 500)
        if taken.followsDrop {
          let dropped = queue.droppedCount
          events.post(.dropped(packets: dropped &- droppedBefore))
          droppedBefore = dropped
        }
        try writer.write(taken.packets)
        written.add(taken.packets.count, ordering: .relaxed)
        // Nothing came for a while: what is there should not wait for more.
        if taken.packets.isEmpty { try writer.endFragment() }
        if !hasStarted, writer.hasFragments {
          hasStarted = true
          events.post(.started)
        }
        if taken.isLast {
          try writer.drain()
          break
        }
      }
    } catch {
      // Nobody takes from it any more.
      queue.close()
      queue.suspend()
      let isDiskFull =
        switch error {
        case .diskFull: true
        case .file(let error): error.isDiskFull
        case .alreadyFinished, .otherContainer, .empty, .libav: false
        }
      events.post(.interrupted(reason: error.reason, isDiskFull: isDiskFull))
      writer.noteInterruption(error.reason)
    }
    let finisher = RecordingFinisher(folder: writer.folder)
    do throws(RecordingError) {
      events.post(.finished(try finisher.finish()))
    } catch {
      let parts = error == .diskFull ? finisher.parts() : []
      events.post(parts.isEmpty ? .failed(error) : .inParts(parts))
    }
  }
}
