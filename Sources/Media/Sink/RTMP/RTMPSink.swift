internal import Synchronization

/// Broadcasts packets to RTMP servers, each with a thread and a queue of its own.
///
/// What fails is tried again, for half an hour; no server's trouble reaches another. Keys appear in no event.
package final class RTMPSink: PacketSink {
  /// What happens to each target; `failed` and `ended` are a target's last.
  package let events: SinkEvents<RTMPEvent>

  private let outputs: [RTMPOutput]
  private let threads: [SinkThread]
  private let keyframeWanted: KeyframeWish

  private final class KeyframeWish: Sendable { let isWanted = Atomic<Bool>(false) }

  /// Connects to all targets at once.
  ///
  /// - Parameters:
  ///   - targets: where to.
  ///   - tracks: one of H.264 and one of AAC, or one of them.
  ///   - settings: for all targets.
  ///   - events: where to tell of what happens.
  /// - Throws: if the system has no room for the threads.
  package init(
    targets: [RTMPTarget], tracks: [EncodedTrack], settings: RTMPSettings = RTMPSettings(),
    events: SinkEvents<RTMPEvent> = SinkEvents()
  ) throws(AVError) {
    let wish = KeyframeWish()
    self.events = events
    keyframeWanted = wish
    outputs = targets.enumerated().map { index, target in
      RTMPOutput(
        index: index, target: target, tracks: tracks, settings: settings, events: events,
        wantsKeyframe: { wish.isWanted.store(true, ordering: .relaxed) })
    }
    var threads: [SinkThread] = []
    for (index, output) in outputs.enumerated() {
      do throws(AVError) {
        threads.append(try SinkThread(named: "rtmp \(index)") { output.run() })
      } catch {
        for output in outputs { output.close() }
        throw error
      }
    }
    self.threads = threads
  }

  package func write(_ packet: EncodedPacket) {
    for output in outputs where output.queue.push(packet) {
      keyframeWanted.isWanted.store(true, ordering: .relaxed)
    }
  }

  /// True once after a target has connected or lost packets: the next picture should be a keyframe.
  package func takeKeyframeWish() -> Bool {
    keyframeWanted.isWanted.exchange(false, ordering: .relaxed)
  }

  package func finish() { for output in outputs { output.close() } }

  package var health: SinkHealth {
    var health = SinkHealth()
    for output in outputs {
      health.queuedPackets &+= output.queue.count
      health.droppedPackets &+= output.queue.droppedCount
      health.writtenPackets &+= output.written.load(ordering: .relaxed)
    }
    return health
  }

  /// Waits until all targets have had their last event; for callers with a thread to spare, once.
  package func waitForEnd() { for thread in threads { thread.join() } }
}
